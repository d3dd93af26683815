import { figuresOf } from './figures.ts'
import { block, type Copy, type GuardContext, type Rule, type Trouble } from './rule.ts'
import { wordsOf } from './words.ts'

/** Ways of speaking that state nothing: what a sentence may be without evidence. */
const soft: readonly RegExp[] = [
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b/i,
  /^(?:see you|(?:warm(?:est)?|kind|best) (?:wishes|regards)|regards|yours|cheers|thanks?\b|thank you|until (?:then|soon|next)|with (?:love|thanks)|sincerely|all the best|happy \p{L}+ing)/iu,
  /^(?:we|i)(?:['’](?:d|ve|re|m)| would| have| are| am)?\s+(?:only |just )?(?:hope|thought|wanted|want|would love|love|like|miss(?:ed)?|look forward|glad|happy|pleased|writing|here|thinking)\b/iu,
  /^(?:please |just |simply )?(?:have|take|come|order|read|reply|write|tell|try|book|join|see|find|visit|look|choose|pick|ask|call|browse|discover|explore|treat|share|meet|taste|brew|stay|drop|pop|enjoy|welcome|remember)\b/i,
  /^(?:if|when|whenever|should) you\b.*\b(?:reply|write|call|ask|tell us|let us know|get in touch)\b/i,
  /^it(?:['’]s| has) been (?:a while|some time|a long time)\b/i,
  /^(?:a|one|some) (?:note|word|letter|thought|idea|invitation|few words|quick (?:note|question))\b/i,
  /^(?:from|for) (?:all of us|you|the team|our)\b/i,
  /\?\s*$/,
]

/** Every sentence that states something cites the evidence for it. A greeting, a wish or a question need not, nor the lines that the brand opens and closes with. */
export const cited: Rule = {
  name: 'cited',
  version: 2,
  what: 'Every factual sentence cites evidence that holds now',
  why: 'A sentence without evidence is an opinion of the writer, and nobody can check it',
  check: (subject) => [
    ...subject.broken.map(({ where, why }) => block({ where }, null, why, 'Cite evidence that holds now, or rewrite')),
    ...subject.copies.flatMap((copy) => uncited(copy, subject.context)),
  ],
}

function uncited(copy: Copy, { business, courtesies = [] }: GuardContext): Trouble[] {
  if (copy.kind === 'heading' || copy.kind === 'label' || copy.cited > 0) return []
  if (courtesies.some((line) => alike(line) === alike(copy.raw))) return []
  const claim = claimOf(copy, business.name)
  return claim === null
    ? []
    : [block(copy, claim.span, claim.why, 'Cite the evidence, or turn it into a question or a wish')]
}

/** A line without the signs at its end. */
const alike = (line: string): string => line.replace(/[\s.,!]+$/u, '').toLowerCase()

/** What makes a text a statement; null when it is none. */
export function claimOf(
  copy: Pick<Copy, 'text' | 'kind'>,
  business: string,
): { why: string; span: Trouble['span'] } | null {
  const [figure] = figuresOf(copy.text)
  if (figure)
    return { why: `“${figure.text}” is stated without evidence`, span: { start: figure.start, end: figure.end } }
  const [name] = namesIn(copy.text, business)
  if (name) return { why: `“${name.text}” is named without evidence`, span: { start: name.start, end: name.end } }
  const text = copy.text.trim()
  if (text === '' || soft.some((pattern) => pattern.test(text))) return null
  return { why: 'This states something without evidence', span: null }
}

/** Capitalised words that name something: not the first of a sentence, not the business itself. */
export function namesIn(text: string, business: string): { text: string; start: number; end: number }[] {
  const own = new Set(wordsOf(business).map((word) => word.stem))
  return wordsOf(text).filter((word) => {
    if (!/^\p{Lu}/u.test(word.text) || /^I(?:['’]|$)/.test(word.text) || own.has(word.stem)) return false
    const before = text.slice(0, word.start).trimEnd()
    return before !== '' && !/[.!?:–—“"(|]$/.test(before)
  })
}
