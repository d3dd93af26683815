import type { Found } from './fact.ts'
import { plainText, sentencesOf, slug, type Block } from './markdown.ts'

/** Pages that bind the business; a story in a journal promises nothing. */
const binding = /faq|question|return|refund|deliver|ship|terms|polic|guarantee|about|workshop|subscription|warrant|cancel|voorwaarden|retour|garanti|agb|versand|widerruf/i // prettier-ignore

/** True of what was written for a day, not to hold. */
export const isStory = (uri: string): boolean => /blog|journal|news/i.test(uri)

/** True of what tells how the business writes: it says nothing of what is sold or promised, and is evidence of nothing. */
export const isAboutVoice = (uri: string): boolean =>
  /(?:^|[/_-])(?:brand|tone-of-voice|voice|style-guide)\.(?:md|html?|pdf|txt)$/i.test(uri)

const unit = String.raw`(?:days?|hours?|weeks?|months?|years?|dagen|dag|uur|weken|maanden|jaar|tagen?|stunden|wochen|monaten?|jahren?)`
const period = String.raw`\d+(?:\s?[–-]\s?\d+)?[\s-](?:working\s+|business\s+|calendar\s+|werk)?${unit}`
const promises = new RegExp(
  String.raw`\b(?:within|for|up to|until|at least|after|before|lasts|takes?|binnen|innerhalb|tot|bis)\b[^.!?]{0,40}\b${period}\b|\b${period}\b[^.!?]{0,30}\b(?:before|after|of|right|warranty|guarantee|garantie)\b|money back|without (?:charge|notice|a fee)|free of charge|no fee\b`,
  'i',
)

/**
 * Policies: sentences of binding pages, and below headings that speak of a policy, with a period or a promise. What is
 * promised of a kind we know, with a period, goes by the name of the kind; else, and where the page says more than one
 * thing of it, by the beginning of the sentence without its numbers. Either way a changed period is a changed value of
 * the same fact.
 */
export function policiesInText(uri: string, body: string, block: Block): Found[] {
  const heading = block.headings.at(-1) ?? ''
  if (isStory(uri) || !(binding.test(uri) || kindOf(heading))) return []
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
      const denies = denial.test(span.text.replace(/^If\b[^,]*,/, ''))
      const kind = denies ? undefined : (kindOf(span.text) ?? kindOf(heading))
      const lasts = denies ? null : periodIn(statement)
      const value = { text: statement, ...(kind ? { kind } : {}), ...lasts }
      const subject = `policy:${aboutOf(heading) ?? slug(heading === '' ? uri : heading)}`
      const inWords = predicateOf(span.text)
      if (!kind || !lasts) return { subject, predicate: inWords, value, statement, span }
      return { subject, predicate: kind, otherwise: inWords, value, statement, span }
    })
}

/** A kind of policy, and the words that speak of it. */
const kinds = {
  withdrawal: /\bwithdraw|herroep|widerruf/i,
  refunds: /\brefund|money back|terugbetal|rückerstatt|erstatt/i,
  returns: /\breturn|(?:come|send|bring|sent) (?:it |them )?back|exchange|retour|terugstur|rückgabe|zurücksend/i,
  warranty: /\bwarrant|guarantee|garantie|gewährleistung/i,
  cancellation: /\bcancel|opzeg|annuleer|kündig|stornier/i,
  shipping: /\bship|deliver|dispatch|verzend|bezorg|levering|versand|liefer/i,
} as const
const kindNames = Object.keys(kinds) as (keyof typeof kinds)[]

/** What a sentence denies is no promise: its number says nothing. */
const denial = /\b(?:not|never|cannot|niet|geen|nicht|keine?)\b/i
const sinceDelivery = /\b(?:of|after|from|since|na|nach) (?:the )?(?:delivery|shipping|levering|lieferung)\b/gi

/** The kind that a text speaks of first. */
function kindOf(text: string): keyof typeof kinds | undefined {
  const said = text.replaceAll(sinceDelivery, ' ')
  const found = kindNames.map((kind) => ({ kind, at: said.search(kinds[kind]) })).filter(({ at }) => at >= 0)
  return found.toSorted((a, b) => a.at - b.at)[0]?.kind
}

const fillers = new Set('what is are your our the can i how do does policy policies and a an my long to have you it something products product item items order orders of for conditions'.split(' ')) // prettier-ignore

/** The kind that a heading speaks of and nothing else: `Returns` and `What is your return policy?` are about the same. */
function aboutOf(heading: string): string | undefined {
  const words = slug(heading).split('-').filter((word) => word !== '' && !fillers.has(word)) // prettier-ignore
  const about = words.map(kindOf)
  return about.every((kind) => kind === about[0]) ? about[0] : undefined
}

const unitOf: readonly [RegExp, string][] = [
  [/^(?:day|dag|tag)/i, 'days'],
  [/^(?:hour|uur|stunde)/i, 'hours'],
  [/^(?:week|weken|woche)/i, 'weeks'],
  [/^(?:month|maand|monat)/i, 'months'],
  [/^(?:year|jaar|jahr)/i, 'years'],
]
const stated = new RegExp(
  String.raw`(\d+)(?:\s?[–-]\s?(\d+))?[\s-](?:(working|business|werk)\s*|calendar\s+)?(${unit})\b`,
  'i',
)

/** `{days: 30}` of "within 30 days", `{atLeast: 1, workingDays: 2}` of "1–2 working days". */
function periodIn(text: string): Record<string, number> | null {
  const [, first, last, working, word = ''] = stated.exec(text) ?? []
  const name = unitOf.find(([pattern]) => pattern.test(word))?.[1]
  if (first === undefined || name === undefined) return null
  const key = working === undefined ? name : `working${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
  return last === undefined ? { [key]: Number(first) } : { atLeast: Number(first), [key]: Number(last) }
}

/** A sentence that leans on the one before it says nothing alone; an answer is told with its question. */
const leaning = /^(yes|no|it|this|that|they|these|those|otherwise|later|then|ja|nee|nein|dit|dat|das|es)\b/i

const alone = (sentence: string, heading: string): string =>
  leaning.test(sentence) && heading.endsWith('?') ? `${heading} ${sentence}` : sentence

const predicateOf = (statement: string): string =>
  slug(statement.replaceAll(/\d+([.,]\d+)?/g, ' '))
    .split('-')
    .slice(0, 8)
    .join('-')
