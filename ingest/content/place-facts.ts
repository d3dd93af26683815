import { dayOf } from './catalogue.ts'
import { dateOf } from './dates.ts'
import type { Found, Written } from './fact.ts'
import { sentencesOf, slug, type Block } from './markdown.ts'
import { mentionsOf, type Names } from './price-facts.ts'

const left = /\b(\d{1,4}|no)\s+(?:more\s+)?(?:places?|seats?|spots?|tickets?|plaats(?:en)?|kaarten|plätze?|karten)\s+(?:left|free|available|remaining|over|vrij|frei|übrig)\b/i // prettier-ignore

/** Sentences that count what is left of something with a name: `3 places left for Latte Art on 12 September 2026`. */
export function placesInText(body: string, block: Block, names: Names, { written }: Written): Found[] {
  return sentencesOf(body, block).flatMap((span) => {
    const found = left.exec(span.text)
    if (!found) return []
    const heading = block.headings.at(-1) ?? ''
    const name = mentionsOf(span.text, names)[0]?.name ?? (names.variants.has(heading) ? heading : undefined)
    if (name === undefined || (names.variants.get(name) ?? []).length > 0) return []
    const date = dateOf(span.text, written.toISOString().slice(0, 10))
    const count = /^\d/.test(found[1]!) ? Number(found[1]) : 0
    const called = date === null ? name : `${name} on ${dayOf(date)}`
    return [
      {
        subject: `${names.kind === 'workshop' ? 'workshop' : 'event'}:${slug(name)}${date === null ? '' : `/${date}`}`,
        predicate: 'places-left',
        value: count,
        statement: `${called} has ${count} ${count === 1 ? 'place' : 'places'} left.`,
        span,
      },
    ]
  })
}
