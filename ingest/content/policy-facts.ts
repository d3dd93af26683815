import { plainText, sentencesOf, slug, type Block } from './markdown.ts'
import type { Found } from './price-facts.ts'

/** Pages that bind the business; a story in a journal promises nothing. */
const binding = /faq|question|return|refund|deliver|ship|terms|polic|guarantee|about|workshop|subscription|warrant/i

/** True of what was written for a day, not to hold. */
export const isStory = (uri: string): boolean => /blog|journal|news/i.test(uri)

/** True of what tells how the business writes: it says nothing of what is sold or promised, and is evidence of nothing. */
export const isAboutVoice = (uri: string): boolean =>
  /(?:^|[/_-])(?:brand|tone-of-voice|voice|style-guide)\.md$/i.test(uri)

const period = String.raw`\d+(?:\s?[–-]\s?\d+)?[\s-](?:working\s+|business\s+)?(?:days?|hours?|weeks?|months?)`
const promises = new RegExp(
  String.raw`\b(?:within|for|up to|until|at least|after|before|lasts|takes?)\b[^.!?]{0,40}\b${period}\b|\b${period}\b[^.!?]{0,30}\b(?:before|after|of|right)\b|money back|without (?:charge|notice|a fee)|free of charge|no fee\b`,
  'i',
)

/**
 * Policies: sentences of binding pages with a period or a promise. The predicate is the beginning of the sentence without
 * its numbers, so that a changed period is a changed value of the same fact.
 */
export function policiesInText(uri: string, body: string, block: Block): Found[] {
  if (!binding.test(uri) || isStory(uri)) return []
  const heading = block.headings.at(-1) ?? ''
  return sentencesOf(body, block)
    .filter(
      ({ text }) =>
        promises.test(text) &&
        /^\p{Lu}/u.test(text) &&
        /[.!]$/.test(text) &&
        (heading.endsWith('?') || !leaning.test(text)),
    )
    .map((span) => {
      const statement = alone(plainText(span.text.replaceAll(/\s+/g, ' ')), heading)
      const found = /(\d+)(?:\s?[–-]\s?(\d+))?[\s-](?:(working|business)\s+)?(day|hour|week|month)/i.exec(statement)
      const [least, most, working, unit] = found?.slice(1) ?? []
      const value = {
        text: statement,
        ...(found
          ? { least: Number(least), most: Number(most ?? least), unit: working ? `working ${unit}` : unit }
          : {}),
      }
      const subject = `policy:${slug(heading === '' ? uri : heading)}`
      return { subject, predicate: predicateOf(span.text), value, statement, span }
    })
}

/** A sentence that leans on the one before it says nothing alone; an answer is told with its question. */
const leaning = /^(yes|no|it|this|that|they|these|those|otherwise|later|then)\b/i

const alone = (sentence: string, heading: string): string =>
  leaning.test(sentence) && heading.endsWith('?') ? `${heading} ${sentence}` : sentence

const predicateOf = (statement: string): string =>
  slug(statement.replaceAll(/\d+([.,]\d+)?/g, ' '))
    .split('-')
    .slice(0, 8)
    .join('-')
