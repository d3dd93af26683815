import { contradiction } from '../claims/contradiction.ts'
import { missingTerms } from '../claims/features.ts'
import { judge } from '../claims/judge.ts'
import { readClaim, readEvidence } from '../claims/readings.ts'
import { claimOf, namesIn } from './cited.ts'
import { figuresOf } from './figures.ts'
import { block, spanOf, warn, type Copy, type Rule, type Trouble } from './rule.ts'
import { sentencesOf, wordsOf } from './words.ts'

/** Below the first a sentence says something else than its evidence; below the second a person should look. */
const score = { block: 0.25, warn: 0.5 }

/** Two sentences of copy and of evidence, both short, speak of the same when they share this much. */
const same = 0.4

/**
 * What a sentence says stands in what it cites: its names, its parts, and whether it affirms or denies. The judge of
 * claims decides (`claims/judge.ts`), by words: the same sentence and evidence have the same answer.
 */
export const supported: Rule = {
  name: 'supported',
  version: 3,
  what: 'The cited evidence says what the sentence says: names, words, and yes or no',
  why: 'A citation proves nothing unless what is cited says the same',
  check: ({ copies, context }) =>
    copies.filter((copy) => copy.support.length > 0).flatMap((copy) => unsupported(copy, context.business.name)),
}

function unsupported(copy: Copy, business: string): Trouble[] {
  const sentences = copy.support.flatMap((item) => [
    ...(item.title === undefined ? [] : [item.title]),
    ...sentencesOf(item.text),
  ])
  const strangers = unknownNames(copy, sentences.join('\n'), business)
  if (copy.kind === 'heading' || copy.kind === 'label') return strangers
  if (claimOf(copy, business) === null) return strangers
  return [...strangers, ...saidOtherwise(copy, sentences, business), ...untold(copy, sentences), ...turnedRound(copy)]
}

function unknownNames(copy: Copy, support: string, business: string): Trouble[] {
  const names = namesIn(copy.text, business).filter((name) => !calendar.test(name.text))
  if (names.length === 0) return []
  const known = new Set(wordsOf(support).map((word) => word.stem))
  return names
    .filter((name) => !known.has(wordsOf(name.text)[0]?.stem ?? ''))
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

/** Figures are the business of figures-match, and the business may name itself: neither is judged here. */
function saidOtherwise(copy: Copy, sentences: readonly string[], business: string): Trouble[] {
  const own = new Set(wordsOf(business).map((word) => word.stem))
  const left = [...figuresOf(copy.text), ...wordsOf(copy.text).filter((word) => own.has(word.stem))]
  const words = left.reduce(
    (text, { start, end }) => text.slice(0, start) + ' '.repeat(end - start) + text.slice(end),
    copy.text,
  )
  if (wordsOf(words).length === 0) return []
  const said = words.replace(/\s+/g, ' ').trim()
  const found = judge(said, sentences)
  if (found.score >= score.warn && !mostlyNew(said, sentences)) return []
  const verdict = found.score < score.block ? block : warn
  return [verdict(copy, null, found.reasons.join('. '), 'Say it in the words of the evidence, or cite what says it')]
}

/** Names alone may carry a short sentence to a good score: two words or more, and half of all, that the evidence lacks tell. */
function mostlyNew(text: string, sentences: readonly string[]): boolean {
  const claim = readClaim(text)
  const plain = claim.terms.filter((term) => !term.name)
  const missing = missingTerms({ terms: plain }, readEvidence(claim, sentences))
  return missing.length > 1 && missing.length >= plain.length / 2
}

/** How a sentence comes to what something tastes or smells of. */
const tasting = /\b(?:tast(?:es?|ing)|notes?|hints?|flavou?rs?|aromas?|scents?|smells?) (?:of|like) ([^.;:!?]+)/gi

/** What something tastes of is in its evidence, word for word: near words are another taste. */
const untold = (copy: Copy, sentences: readonly string[]): Trouble[] =>
  [...copy.text.matchAll(tasting)].flatMap((match) => {
    const claim = readClaim(match[1]!)
    const missing = missingTerms(claim, readEvidence(claim, sentences)).filter((term) => !term.name)
    const words = missing.map(({ text }) => `“${text}”`).join(', ')
    return missing.length === 0
      ? []
      : [block(copy, spanOf(match), `The evidence says nothing of ${words}`, 'Name the tastes that the evidence names')]
  })

const turnedRound = (copy: Copy): Trouble[] => {
  const known = copy.support.flatMap((item) => sentencesOf(item.text))
  return sentencesOf(copy.text).flatMap((sentence) => {
    const opposite = contradiction(sentence, known, same)
    return opposite === null
      ? []
      : [block(copy, null, `The evidence says the opposite: “${opposite}”`, 'Say what the evidence says')]
  })
}
