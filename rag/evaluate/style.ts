import { sentencesOf, wordsOf } from '../guardrails/words.ts'

/** What can be counted of how somebody writes, whatever it is about. */
type Traits = Record<'sentence' | 'word' | 'exclaims' | 'asks' | 'you' | 'we' | 'contracts', number>
const traitNames = ['sentence', 'word', 'exclaims', 'asks', 'you', 'we', 'contracts'] as const

/** Texts of one hand differ at least so much in each trait: words, letters, then shares. */
const leastSpread: Traits = { sentence: 2, word: 0.3, exclaims: 0.1, asks: 0.1, you: 0.02, we: 0.02, contracts: 0.02 }

const readers = new Set('you your yours je jij jou jouw u uw du dein deine dir dich ihr ihre ihnen sie vous votre vos tu ton ta tes te su'.split(' ')) // prettier-ignore
const writers = new Set('we us our ours wij we ons onze wir uns unser unsere nous notre nos nosotros nuestro nuestra noi nostro nostra'.split(' ')) // prettier-ignore

function traitsOf(text: string): Traits {
  const words = wordsOf(text).map((word) => word.text.toLowerCase())
  const sentences = Math.max(1, sentencesOf(text).length)
  const share = (some: readonly string[]): number => some.length / Math.max(1, words.length)
  return {
    sentence: words.length / sentences,
    word: words.join('').length / Math.max(1, words.length),
    exclaims: (text.match(/!/g)?.length ?? 0) / sentences,
    asks: (text.match(/\?/g)?.length ?? 0) / sentences,
    you: share(words.filter((word) => readers.has(word))),
    we: share(words.filter((word) => writers.has(word))),
    contracts: share(words.filter((word) => /['’](?:s|t|re|ve|ll|d|m)$/.test(word))),
  }
}

/** How a business writes: the mean of each trait over its texts, and how far its own texts lie from that. */
export type OwnStyle = Readonly<Record<keyof Traits, { mean: number; spread: number }>>

const [fewestTexts, fewestWords] = [5, 40]

/** Learns how a business writes from its own texts; null where there are too few of some length. */
export function ownStyle(texts: readonly string[]): OwnStyle | null {
  const long = texts.filter((text) => wordsOf(text).length >= fewestWords).map(traitsOf)
  if (long.length < fewestTexts) return null
  const spreadOf = (name: keyof Traits) => {
    const values = long.map((traits) => traits[name])
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    return { mean, spread: Math.max(leastSpread[name], Math.sqrt(variance)) }
  }
  return {
    sentence: spreadOf('sentence'),
    word: spreadOf('word'),
    exclaims: spreadOf('exclaims'),
    asks: spreadOf('asks'),
    you: spreadOf('you'),
    we: spreadOf('we'),
    contracts: spreadOf('contracts'),
  }
}

/**
 * How near a text is to how its business writes, on [0, 1]: each trait counts in full within the spread of the own
 * texts, and not at all from four times that on. Where nothing is known of how it writes, nothing is far from it.
 */
export function styleScore(text: string, own: OwnStyle | null): number {
  if (own === null) return 1
  const traits = traitsOf(text)
  const near = traitNames.map((name) => {
    const away = Math.abs(traits[name] - own[name].mean) / own[name].spread
    return 1 - Math.min(1, Math.max(0, away - 1) / 3)
  })
  return near.reduce((sum, one) => sum + one, 0) / near.length
}
