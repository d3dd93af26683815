import type { Evidence } from '../../draft.ts'
import { figuresOf, supports, type Figure } from '../../guardrails/figures.ts'

/** A sentence that may be taken over as it is. `run` is the same for neighbours that nothing was left out between. */
export type SourceSentence = {
  text: string
  evidence: Evidence
  cites: string[]
  run: string
  /** It opens its paragraph, and so most often says what that is about. */
  opens: boolean
  /** The question that its source answers, when it is the first of the answer. */
  question: string | null
  /** It can be understood without the sentence before it. */
  standsAlone: boolean
}

/** Splits text into sentences, by the rules of Unicode and the abbreviations of English. */
export const sentenceParts = (text: string): string[] =>
  [...splitter.segment(text)].map(({ segment }) => segment.trim())

const splitter = new Intl.Segmenter('en-GB-u-ss-standard', { granularity: 'sentence' })

/** Words that speak to a machine: text that holds them is no material for a letter, whatever else it says. */
const addressesMachine =
  /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|prompt|above|previous|rule)|system prompt|language model|\bas an? (?:AI|assistant)\b|\byou are (?:now|an AI)\b/is

const placeholder = /\[(?:EMAIL|URL|IBAN|CARD|IP|ID|PHONE|NAME)_\d+\]/

/** Openings that lean on what was said before. */
const leansBack =
  /^(?:this|that|these|those|it|its|it['’]s|they|them|their|he|she|his|her|such|but|and|or|so|yet|however|therefore|otherwise|instead|then|later|both|also|too|still|here|after that|until then|at that|in that|in this|for this|for that|the (?:former|latter|rest|others?|same|second|third|last|next)|another|ours|one of them|two of them|there (?!is|are|was|were)|if you (?:prefer|would rather|like(?= (?:that|this|it|both)\b)))\b/i

/** Sentences that make sense on their page alone, or speak of the writer rather than the business. */
const boundToPage =
  /\b(?:below|above)(?=\s*[.,:;)]|\s+(?:is|are|was|were|shows?|we|you)\b)|\b(?:(?:in|on) the table|as follows|following|this (?:page|post|article|letter|list|section)|read (?:on|more)|click|see (?:also|above|below)|here (?:is|are|it)|the next section)\b|\b(?:I|my|me|myself)\b|^(?:yes|no)\b[,.]|\ball (?:two|three|four|five|six|seven|eight|nine|ten) \w+|\byour (?:two|three|four|five|six|seven|eight|nine|ten) \w+|\bso [^.]{1,30} first\.$/i

/** Openings that say what a business is not or does not: true, but no reason to write a letter. */
const disclaims =
  /^(?:we|our|none of|nothing|no one|nobody)\b[^.]{0,40}\b(?:not|never|no|none|nothing|cannot)\b|^none of\b|^nothing\b|^no\b/i

/**
 * The sentences of sources that may stand in a letter, in their order. Amounts of money and days need a fact among all
 * the evidence that confirms them.
 */
export function sentencesOf(evidence: readonly Evidence[], sources: readonly Evidence[] = evidence): SourceSentence[] {
  const facts = evidence.filter((item) => item.citation.kind === 'fact')
  return sources.flatMap((item) => {
    if (addressesMachine.test(item.text)) return []
    return paragraphsOf(item.text).flatMap((paragraph, part) => fromParagraph(item, paragraph, part, facts))
  })
}

function fromParagraph(
  evidence: Evidence,
  paragraph: string,
  part: number,
  facts: readonly Evidence[],
): SourceSentence[] {
  const texts = sentenceParts(paragraph)
  const heading = headingOf(evidence.title)
  const question = part === 0 && heading.endsWith('?') ? heading : null
  // What answers by yes or no is about the question, and a no is no reason to write.
  if (question === null ? /^(?:yes|no)\b/i.test(paragraph) : /^no\b/i.test(paragraph)) return []
  let gaps = 0
  return texts.flatMap((text, at) => {
    const backed = backing(text, evidence, facts)
    if (!isUsable(text, at === 0 && question !== null) || backed === null) {
      gaps += 1
      return []
    }
    // What follows a sentence that was left out may lean on it in smaller ways than by its opening.
    const leans = leansBack.test(text) || (gaps > 0 && /\b(?:both|it|they|them|that one|these|those)\b/i.test(text))
    const run = `${part}.${gaps}`
    const cites = [evidence.id, ...backed]
    const answers = at === 0 ? question : null
    return [
      { text, evidence, cites, run, opens: at === 0, question: answers, standsAlone: !leans && !/^yes\b/i.test(text) },
    ]
  })
}

const isUsable = (text: string, answers: boolean): boolean =>
  /^[“‘(]?[\p{Lu}\d]/u.test(text) &&
  /[.!]$/.test(text) &&
  !/!/.test(text) &&
  text.length <= 260 &&
  text.split(/\s+/).length >= 4 &&
  !/\{\{|\{%|[<>|@{}`]|https?:|www\./i.test(text) &&
  !placeholder.test(text) &&
  !boundToPage.test(answers ? text.replace(/^yes,\s*/i, '') : text) &&
  !disclaims.test(text) &&
  !/["“”]/.test(text)

/**
 * The facts that confirm the amounts and days of a sentence from a document, which may be old; null when one is not
 * confirmed. A fact confirms itself.
 */
function backing(text: string, evidence: Evidence, facts: readonly Evidence[]): string[] | null {
  if (evidence.citation.kind === 'fact') return []
  const ids: string[] = []
  for (const figure of figuresOf(text)) {
    if (!ages(figure)) continue
    const fact = facts.find((item) => figuresOf(item.text).some((known) => supports(known, figure)))
    if (!fact) return null
    ids.push(fact.id)
  }
  return [...new Set(ids)]
}

const ages = ({ kind }: Figure): boolean => kind === 'money' || kind === 'date' || kind === 'numeric-date'

/** The running text of a source, without what only its layout means; a list item is a paragraph of its own. */
export function paragraphsOf(markdown: string): string[] {
  const lines = markdown
    .replace(/^---\n.*?\n---\n/s, '')
    .replace(/```.*?```/gs, '\n\n')
    .replace(/<!--.*?-->/gs, '')
    .split('\n')
    .map((line) => {
      if (/^\s*(?:\||#{1,6}\s|!\[|-{3,}\s*$|\*[^*]+\*\s*$|_[^_]+_\s*$)/.test(line)) return '\n'
      return line.replace(/^\s*(?:>+|[-*+]|\d+[.)])\s+/, '\n').replace(/^\s*>\s*$/, '\n')
    })
  return plain(lines.join('\n'))
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
}

/** Text without inline markup. */
export const plain = (markdown: string): string =>
  markdown
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\[\^[^\]]+\]/g, '')
    .replace(/(\*\*|__|~~)(.+?)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]+?)\*(?![\p{L}\p{N}])/gu, '$1')
    .replace(/(?<![\p{L}\p{N}_])_(?!\s)([^_\n]+?)_(?![\p{L}\p{N}])/gu, '$1')
    .replace(/`([^`]*)`/g, '$1')

/** What a text is about by its title: of "Document: chapter › heading" the heading. */
export const headingOf = (title: string | undefined): string =>
  title
    ?.split(/: | › /)
    .at(-1)
    ?.trim() ?? ''
