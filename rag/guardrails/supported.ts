import { claimOf, namesIn } from './cited.ts'
import { figuresOf } from './figures.ts'
import { block, warn, type Copy, type Rule, type Trouble } from './rule.ts'
import { contentWords, coverage, denies, sentencesOf, wordsOf } from './words.ts'

/** Below the first a sentence says something else than its evidence; below the second a person should look. */
const share = { block: 0.4, warn: 0.6 }

/** Words that turn a statement round: evidence for one is evidence against the other. */
const opposites: readonly [RegExp, RegExp][] = [
  [/\b(?:open|opens)\b/i, /\b(?:closed|closes|shut)\b/i],
  [/\bin stock\b|\bavailable\b/i, /\bout of stock\b|\bsold out\b|\bunavailable\b/i],
  [/\bcaffeinated\b/i, /\bdecaf(?:feinated)?\b/i],
  [/\bincluded\b/i, /\bexcluded\b|\bnot included\b/i],
  [/\bmore than\b|\bat least\b|\bover\b/i, /\bless than\b|\bat most\b|\bup to\b|\bunder\b/i],
  [/\bbefore\b/i, /\bafter\b/i],
]

/**
 * What a sentence says stands in what it cites: its names, most of its words, and whether it affirms or denies.
 * Deterministic and so rough: it sees other words, not other meanings.
 */
export const supported: Rule = {
  name: 'supported',
  version: 1,
  about: 'The cited evidence says what the sentence says: names, words, and yes or no',
  check: ({ copies, context }) =>
    copies.filter((copy) => copy.support.length > 0).flatMap((copy) => unsupported(copy, context.business.name)),
}

function unsupported(copy: Copy, business: string): Trouble[] {
  const support = copy.support.map((item) => `${item.title ?? ''} ${item.text}`).join('\n')
  const strangers = unknownNames(copy, support, business)
  if (copy.kind === 'heading' || copy.kind === 'label') return strangers
  if (claimOf(copy, business) === null) return strangers
  return [...strangers, ...otherWords(copy, support, business), ...turnedRound(copy)]
}

function unknownNames(copy: Copy, support: string, business: string): Trouble[] {
  const known = new Set(wordsOf(support).map((word) => word.stem))
  return namesIn(copy.text, business)
    .filter((name) => !known.has(wordsOf(name.text)[0]?.stem ?? '') && !calendar.test(name.text))
    .map((name) =>
      block(
        copy,
        { start: name.start, end: name.end },
        `The evidence does not speak of “${name.text}”`,
        'Cite evidence that does, or leave the name out',
      ),
    )
}

/** Days and months are the business of figures-match, which knows that a date has a weekday. */
const calendar =
  /^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|January|February|March|April|May|June|July|August|September|October|November|December)$/

function otherWords(copy: Copy, support: string, business: string): Trouble[] {
  const own = new Set(wordsOf(business).map((word) => word.stem))
  const figures = figuresOf(copy.text)
  const text = contentWords(copy.text)
    .filter((word) => !own.has(word.stem) && !figures.some(({ start, end }) => word.start >= start && word.end <= end))
    .map((word) => word.text)
    .join(' ')
  const covered = coverage(text, support)
  if (covered >= share.warn) return []
  const percent = Math.round(covered * 100)
  const fix = 'Say it in the words of the evidence, or cite what says it'
  const why = `Only ${percent}% of its words stand in the evidence it cites`
  return [covered < share.block ? block(copy, null, why, fix) : warn(copy, null, why, fix)]
}

function turnedRound(copy: Copy): Trouble[] {
  const said = sentencesOf(copy.text)
  const known = copy.support.flatMap((item) => sentencesOf(item.text))
  return said.flatMap((sentence) => {
    const nearest = known.toSorted((a, b) => coverage(sentence, b) - coverage(sentence, a))[0]
    if (nearest === undefined || coverage(sentence, nearest) < share.block) return []
    const turned = denies(sentence) !== denies(nearest) || opposites.some((pair) => opposed(pair, sentence, nearest))
    const why = `The evidence says the opposite: “${nearest.trim()}”`
    return turned ? [block(copy, null, why, 'Say what the evidence says')] : []
  })
}

function opposed([one, other]: readonly [RegExp, RegExp], said: string, known: string): boolean {
  const says = (text: string) => [one.test(text), other.test(text)] as const
  const [a, b] = says(said)
  const [knownA, knownB] = says(known)
  return (a && !b && knownB && !knownA) || (b && !a && knownA && !knownB)
}
