import { block, formIn, warn, type Rule, type Subject } from './rule.ts'
import { wordsOf } from './words.ts'

/** What mail filters count: each sign and what it weighs. From the first sum on a person is warned, from the second it is stopped. */
const limits = { warn: 3, block: 6 }

const phrases = /\b(?:100 ?% free|act now|apply now|amazing|as seen on|be your own boss|best price|cash bonus|cheap|click (?:here|below)|congratulations|dear friend|double your|earn (?:extra|money|\$|€)|exclusive deal|fast cash|free (?:access|gift|money|trial)|get (?:it )?now|guarantee\w*|incredible|increase sales|instant|limited time|lowest price|make money|miracle|no (?:catch|cost|fees|obligation|purchase)|once in a lifetime|order now|risk[- ]free|satisfaction|special promotion|this is not spam|unlimited|urgent|while supplies last|winner|you have been selected)\b/giu // prettier-ignore
const shorteners =
  /\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly|shorturl\.at)\b/giu

type Sign = { weight: number; why: string }

/** The signs of spam in what a form publishes of a body, with their weights. */
function signsOf({ body, copies, context }: Subject): Sign[] {
  const form = formIn(context)
  const subject = form.headline === null ? '' : body.subject.text
  const text = copies.map((copy) => copy.text).join('\n')
  const words = wordsOf(text)
  const capitals = words.filter((word) => /^\p{Lu}{3,}$/u.test(word.text)).length
  const found = text.match(phrases) ?? []
  const buttons = body.blocks.filter((item) => item.kind === 'button').length
  const signs: [number, string][] = [
    [Math.min(4, found.length), `phrases of spam: ${[...new Set(found)].slice(0, 4).join(', ')}`],
    [Math.min(3, 2 * (text.match(shorteners)?.length ?? 0)), 'shortened links'],
    [words.length > 20 && capitals / words.length > 0.15 ? 2 : 0, 'many words in capitals'],
    [Math.min(3, text.match(/[!?]{2,}/g)?.length ?? 0), 'rows of exclamation or question marks'],
    [
      Math.min(2, text.match(/[$€£]{2,}|\p{Extended_Pictographic}{3,}/gu)?.length ?? 0),
      'rows of money signs or pictures',
    ],
    [/^\s*(?:re|fwd?)\s*:/i.test(subject) ? 3 : 0, 'a subject that pretends to answer'],
    [/^[^\p{Ll}]*\p{Lu}[^\p{Ll}]{7,}$/u.test(subject) ? 2 : 0, 'a subject in capitals'],
    [buttons > 4 ? 1 : 0, `${buttons} buttons`],
    [
      form.name === 'email' && words.length > 0 && words.length < 12 && buttons > 0 ? 1 : 0,
      'hardly a word beside the links',
    ],
  ]
  return signs.flatMap(([weight, why]) => (weight > 0 ? [{ weight, why }] : []))
}

/** Little in it that mail filters take for spam. */
export const spam: Rule = {
  name: 'spam',
  version: 2,
  what: 'Few of the signs that filters of mail, messages and ads count',
  why: 'A mail in the spam folder is not read, and those after it go there too; an ad of the kind is refused',
  check: (subject) => {
    const signs = signsOf(subject)
    const sum = signs.reduce((total, sign) => total + sign.weight, 0)
    if (sum < limits.warn) return []
    const verdict = sum >= limits.block ? block : warn
    const why = `Filters may take this for spam: ${signs.map((sign) => sign.why).join('; ')}`
    return [verdict({ where: 'body' }, null, why, 'Say it calmly, in your own words')]
  },
}
