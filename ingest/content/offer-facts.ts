import { amountsIn } from './amounts.ts'
import { validityIn } from './dates.ts'
import type { Found, Written } from './fact.ts'
import { plainText, sentencesOf, slug, type Block } from './markdown.ts'

const percent = /\b(\d{1,2}(?:[.,]\d)?|100)\s?%\s*(?:off|discount|reduction|korting|rabatt|nachlass)|(?:save|discount of|korting van|rabatt von|spar\w*)\s+(\d{1,2})\s?%/i // prettier-ignore
const off = /^\s*(?:off|discount|korting|rabatt|nachlass)\b/i
const codeWord =
  /\b(?:code|coupon|voucher|kortingscode|gutscheincode|rabattcode)\b[^\p{L}\d]{0,3}(?:is\s+)?(?=\S*[A-Z\d])([A-Z\d][A-Z\d_-]{2,19})\b/u
const over = /\b(?:over|above|from|of at least|vanaf|ab)\s*$/i

/**
 * Discounts: `10 % off until 30 June 2026`, `€5.00 off with the code FRIEND5`. One without a code and without an end is an
 * invitation, not an offer that can be kept to. A discount goes by its code, else by the words of its sentence.
 */
export function discountsInText(body: string, block: Block, given: Written): Found[] {
  return sentencesOf(body, block).flatMap((span) => {
    const { text } = span
    const amounts = amountsIn(text)
    const share = percent.exec(text)
    const money = amounts.find((amount) => off.test(text.slice(amount.end)))?.money
    if (!share && !money) return []
    const code = codeWord.exec(text)?.[1]
    const { from, to } = validityIn(text, given)
    if (code === undefined && to === null) return []
    const least = amounts.find((amount) => over.test(text.slice(0, amount.start)))?.money
    const statement = plainText(text.replaceAll(/\s+/g, ' '))
    const value = {
      ...(share ? { percent: Number((share[1] ?? share[2] ?? '').replace(',', '.')) } : { off: money }),
      ...(code === undefined ? {} : { code }),
      ...(least ? { orderFrom: least } : {}),
    }
    const subject = `discount:${code === undefined ? named(text) : slug(code)}`
    return [{ subject, predicate: 'discount', value, statement, span, from, until: to }]
  })
}

const named = (text: string): string =>
  slug(text.replaceAll(/\d+([.,]\d+)?\s?%?/g, ' '))
    .split('-')
    .slice(0, 6)
    .join('-')
