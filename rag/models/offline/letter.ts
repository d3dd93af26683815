import type { ComposedBody } from '../../draft.ts'
import { phrases, relationOf } from './intents.ts'
import { partsOf, type Part } from './parts.ts'
import {
  buttonOf, courtesy, datesOfOffer, listed, paragraph, pick, sourced, toldOffer, type Blocks, type Material,
} from './pieces.ts' // prettier-ignore
import { subjectOf, summaryOf } from './titles.ts'

export const greetingSlot = '{{ person.given_name | default: "there" }}'

/** How the reader is greeted: in the brand's words, where it has its own. */
export const greetingOf = (material: Material): string[] =>
  pick([...brandWords(material.request.brand.greeting), ...phrases.greetings.map((text) => text.replace('$', greetingSlot))], material) // prettier-ignore

const brandWords = (words: string | undefined): string[] => (words === undefined ? [] : [words])

/** What comes first to a reader whose relation to the business its segment tells. */
export function openerOf(material: Material): string[] {
  const { brief } = material.request
  if (brief.idea !== undefined && brief.idea !== 'story-first') return []
  const relation = relationOf(`${brief.segment.name}. ${brief.segment.description ?? ''}`)
  return pick(phrases.openers(material.intent, relation), material)
}

/** Lays a letter out: greeting, what it is about, what there is to choose, how that works, where to go, close. */
export function letterOf(material: Material): ComposedBody {
  const subject = subjectOf(material)
  const isShort = material.request.brief.idea === 'short'
  const parts = partsOf(material)
  const closings = [...brandWords(material.request.brand.closing), ...phrases.closings]
  const blocks: Blocks = [
    ...paragraph(greetingOf(material).map(courtesy)),
    ...paragraph(openerOf(material).map(courtesy)),
    ...parts.flatMap((part, at) => blocksOf(part, material, parts.slice(0, at))),
    ...buttonOf(material),
    ...paragraph(isShort ? [] : pick(phrases.help, material).map(courtesy)),
    ...paragraph(pick(closings, material).map(courtesy)),
  ]
  const preheader = summaryOf(material, subject, { most: 100, courtesies: phrases.preheaders })
  return { subject, preheader, blocks }
}

/** A part as a letter or a message has it: texts in paragraphs, several offers or days as a list with its lead. */
export function blocksOf(part: Part, material: Material, before: readonly Part[]): Blocks {
  const { offers, intent, dates } = material
  if (part.kind === 'question') return paragraph([part.sentence])
  if (part.kind === 'passage') return paragraph(sourced(part.passage))
  if (part.kind === 'dates') return listOf(datesOfOffer(dates), pick(phrases.dateLeads, material))
  const [only] = offers
  if (offers.length === 1 && only) return paragraph(toldOffer(only))
  const said = before.flatMap((one) => (one.kind === 'passage' ? [one.passage] : []))
  const items = listed(offers, said)
  const lead = pick(phrases.listLeads(intent), material).map(courtesy)
  return items.length === 0 ? [] : [...paragraph(lead), { kind: 'list', items }]
}

/** A single day is a sentence, several are a list. */
const listOf = (items: ReturnType<typeof datesOfOffer>, lead: string[]): Blocks =>
  items.length < 2 ? paragraph(items) : [...paragraph(lead.map(courtesy)), { kind: 'list', items }]
