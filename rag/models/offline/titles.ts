import type { ComposedSentence } from '../../draft.ts'
import { contentWords } from '../../guardrails/words.ts'
import { phrases } from './intents.ts'
import { courtesy, isTitle, titleOf, type Material } from './pieces.ts'

/** Fills a bank's `$`, `%`, `€`, `#` and `?`; null where the material has nothing to fill them with. */
export function filled(text: string, { request, offers, passages }: Material): ComposedSentence | null {
  const [first, second] = offers
  const source = passages[0]?.sentences[0]?.evidence
  const title = text === '?' ? (passages.flatMap(({ question }) => question ?? [])[0] ?? '') : titleOf(source)
  const isTitled = text === '?' || text.includes('#')
  if ((/[$€]/.test(text) && !first) || (text.includes('%') && !second)) return null
  if (isTitled && (!source || !isTitle(title))) return null
  const asking = passages.find(({ question }) => question === title)?.sentences[0]?.evidence ?? source
  const cites = [
    ...(/[$€]/.test(text) && first ? [first.priceId] : []),
    ...(text.includes('%') && second ? [second.priceId] : []),
    ...(isTitled && asking ? [asking.id] : []),
  ]
  const words = text
    .replace(/^\?$/, () => title)
    .replace(/[@$%€#]/g, (sign) => {
      if (sign === '@') return request.business.name
      if (sign === '#') return title
      return (sign === '$' ? first?.name : sign === '%' ? second?.name : first?.short.replace(/\.$/, '')) ?? ''
    })
    .replace('a subscription', () => subscriptionIn(request.brief.goal))
  return { text: words, cites }
}

/** `a coffee subscription` where the goal says of what. */
function subscriptionIn(goal: string): string {
  const of = /\ban? (\p{L}+) subscription\b/iu.exec(goal)?.[1]?.toLowerCase()
  if (of === undefined || contentWords(of).length === 0) return 'a subscription'
  return `${/^[aeiou]/.test(of) ? 'an' : 'a'} ${of} subscription`
}

/** Lines that can be filled and may stand, the best first: those of the idea, then those of the bank. */
export function linesOf(bank: readonly string[], material: Material): ComposedSentence[] {
  const { idea } = material.request.brief
  const ofIdea = idea === undefined ? [] : phrases.titles(idea)
  const lines = [...ofIdea, ...bank].flatMap((text) => filled(text, material) ?? [])
  return lines.filter(({ text }) => material.mayStand(text))
}

/** The first line that fits in so many letters; else the first. */
export const titleIn = (lines: readonly ComposedSentence[], most: number): ComposedSentence | undefined =>
  lines.find(({ text }) => text.length <= most) ?? lines[0]

/** What copy goes by at the desk, and a mail's subject. */
export const subjectOf = (material: Material): ComposedSentence =>
  titleIn(linesOf(phrases.subjects(material.intent), material), 50) ?? courtesy(material.request.business.name)

/** What it holds, in at most so many characters, and never the title again. */
export function summaryOf(
  { offers, passages, mayStand, request }: Material,
  title: ComposedSentence,
  { most, courtesies }: { most: number; courtesies: readonly string[] },
): ComposedSentence {
  const priced = [3, 2, 1]
    .filter((count) => count <= offers.length)
    .map((count) => {
      const told = offers.slice(0, count)
      return { text: told.map(({ short }) => short).join(' '), cites: told.map(({ priceId }) => priceId) }
    })
  const openings = passages
    .filter(({ question }) => question === null)
    .flatMap(({ sentences }) => sentences.slice(0, 1).map(({ text, cites }) => ({ text, cites })))
  const polite = courtesies.map((text) => courtesy(text.replaceAll('@', request.business.name)))
  const isNew = (text: string): boolean => !title.text.startsWith(text.replace(/\.$/, ''))
  const all = [...priced, ...openings, ...polite].filter(({ text }) => mayStand(text) && isNew(text))
  return all.find(({ text }) => text.length <= most) ?? all[0] ?? courtesy(request.business.name)
}
