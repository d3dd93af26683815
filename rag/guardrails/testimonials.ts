import { block, spanOf, type Copy, type Rule, type Trouble } from './rule.ts'

/** Words that somebody is said to have said: four words or more in quotation marks. */
const quotation = /[“"«„]([^”"»“\n]{12,}?)[”"»“]/gu
const praise = /\b(?:(?:our )?(?:customers|clients|readers|guests|users|reviewers|experts|critics|people|everyone|everybody|thousands|hundreds|millions)(?: everywhere)? (?:say|says|said|love|loves|rave|agree|agrees|recommend|swear|trust|trusts|prefer|call it)|(?:rated|voted|awarded|reviewed|recommended by)\b|\d(?:[.,]\d)?\s?(?:\/\s?5|out of (?:5|five)|stars?)\b|five[- ]star|(?:trusted|loved|chosen|preferred) by (?:\d|thousands|hundreds|millions|our|many)|(?:\d+ ?%|(?:\d|two|three|four|five|six|seven|eight|nine) (?:out of|in) (?:\d|three|four|five|ten)) (?:of )?(?:our |all )?(?:customers|guests|readers|clients|users|subscribers|drinkers)|(?:onze|unsere|nos|nuestros|i nostri) (?:klanten|kunden|clients|clientes|clienti) (?:\p{L}+ )?(?:geven|houden|zeggen|lieben|sagen|geben|schwören|adorent|disent|aiment|dicen|aman|adoran|dicono|amano|adorano)|★{2,}|⭐{2,}|testimonials?|reviews? (?:say|says|speak))/giu // prettier-ignore

/** Nobody is quoted, and no praise is counted, that the evidence does not have word for word. */
export const testimonials: Rule = {
  name: 'testimonials',
  version: 2,
  what: 'Quotations, ratings and praise stand word for word in the evidence',
  why: 'An invented testimonial deceives, and is forbidden in every country we know',
  check: ({ copies }) => copies.flatMap((copy) => [...quoted(copy), ...praised(copy)]),
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

function quoted(copy: Copy): Trouble[] {
  const known = copy.support.map((item) => plain(`${item.title ?? ''} ${item.text}`))
  return [...copy.text.matchAll(quotation)].flatMap((match) => {
    const words = plain(match[1]!)
    if (words.split(' ').length < 4 || known.some((text) => text.includes(words))) return []
    return [
      block(
        copy,
        spanOf(match),
        'Nobody in the evidence says these words',
        'Quote the source exactly, or say it without quotation marks',
      ),
    ]
  })
}

function praised(copy: Copy): Trouble[] {
  const known = copy.support.map((item) => plain(item.text))
  return [...copy.text.matchAll(praise)].flatMap((match) => {
    const words = plain(match[0])
    if (words !== '' && known.some((text) => text.includes(words))) return []
    return [
      block(
        copy,
        spanOf(match),
        `No evidence of this praise: “${match[0]}”`,
        'Cite the review or the rating, or leave it out',
      ),
    ]
  })
}
