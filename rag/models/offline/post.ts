import type { ComposedBody, ComposedSentence } from '../../draft.ts'
import { sizeOf } from '../../form-size.ts'
import { formText } from '../../form-text.ts'
import { forms, type Form, type FormName } from '../../forms.ts'
import { partsOf, type Part } from './parts.ts'
import {
  buttonOf, citesOf, datesOfOffer, itemOf, paragraph, sourced, tells, toldOffer, type Blocks, type Material,
} from './pieces.ts' // prettier-ignore
import { subjectOf } from './titles.ts'

/** How much a reader of a form takes in, in its characters: less than the platform does. */
const enough: Partial<Record<FormName, number>> = { linkedin: 900, facebook: 470, instagram: 700 }

/** Sentences that belong together; what is offered has its place before the others are fitted in. */
export type Paragraph = { sentences: ComposedSentence[]; isOffer: boolean }

/** A post: the parts as paragraphs, as many as its readers take in, and where to go. */
export function postOf(material: Material): ComposedBody | null {
  const { channel, idea } = material.request.brief
  const form: Form = forms[channel]
  const parts = (channel === 'x' ? brief : inFull)(partsOf(material), material)
  const said = idea === 'short' ? parts.slice(0, 1) : parts
  const blocks = fitted(said, material, { ...form, most: enough[channel] ?? form.most })
  return blocks && { subject: subjectOf(material), preheader: { text: '', cites: [] }, blocks }
}

const text = (sentences: ComposedSentence[]): Paragraph[] =>
  sentences.length === 0 ? [] : [{ sentences, isOffer: false }]
const sale = (sentences: ComposedSentence[]): Paragraph => ({ sentences, isOffer: true })

/** The parts in running text: each offer is a paragraph of its own, days stand in a row. */
export const inFull = (parts: readonly Part[], { offers, dates }: Material): Paragraph[] =>
  parts.flatMap((part): Paragraph[] => {
    if (part.kind === 'question') return text([part.sentence])
    if (part.kind === 'passage') return text(sourced(part.passage))
    if (part.kind === 'dates') return text(datesOfOffer(dates))
    const [only] = offers
    return offers.length === 1 && only ? [sale(toldOffer(only))] : offers.map((offer) => sale([itemOf(offer)]))
  })

/** The parts where every letter counts: of a text its opening, of several offers the names and prices, of days the next. */
export const brief = (parts: readonly Part[], { offers, dates }: Material): Paragraph[] =>
  parts.flatMap((part, at): Paragraph[] => {
    if (part.kind === 'question') return text([part.sentence])
    if (part.kind === 'passage') return text(sourced(part.passage).slice(0, part.passage.question === null ? 1 : 2))
    if (part.kind === 'dates') return text(datesOfOffer(dates).slice(0, 1))
    const [only] = offers
    if (offers.length === 1 && only) return [sale(toldOffer(only))]
    const before = parts.slice(0, at).flatMap((one) => (one.kind === 'passage' ? [one.passage] : []))
    const open = offers.filter((offer) => !before.some((passage) => tells(passage, offer)))
    return open.length === 0 ? [] : [sale(open.map(({ short, ...offer }) => ({ text: short, cites: citesOf(offer) })))]
  })

/**
 * As many paragraphs, each as much of it, as the form has room for beside its link and `reserved` letters; what is offered
 * is fitted in first. Null where nothing that says something has room.
 */
export function fitted(paragraphs: readonly Paragraph[], material: Material, form: Form, reserved = 0): Blocks | null {
  const link = form.link === null ? [] : buttonOf(material, form.link.label)
  const blocks = filledUp(paragraphs, link, { form, reserved })
  if (blocks === null || material.offers.length === 0 || form.link === null) return blocks
  const cites = blocks.flatMap((block) => (block.kind === 'paragraph' ? block.sentences.flatMap((one) => one.cites) : []))
  const isTold = material.offers.some(({ priceId, like }) => cites.includes(priceId) || cites.includes(like?.id ?? priceId))
  // A link to what there was no room to speak of leads nobody.
  return isTold ? blocks : filledUp(paragraphs, buttonOf({ ...material, offers: [] }, form.link.label), { form, reserved })
} // prettier-ignore

function filledUp(
  paragraphs: readonly Paragraph[],
  link: Blocks,
  { form, reserved }: { form: Form; reserved: number },
): Blocks | null {
  const kept = paragraphs.map(() => 0)
  const blocks = (): Blocks => [...paragraphs.flatMap(({ sentences }, at) => paragraph(sentences.slice(0, kept[at]))), ...link] // prettier-ignore
  const fits = (): boolean => !sizeOf(formText({ blocks: blocks() }, form).text + 'x'.repeat(reserved), form).isOver
  const order = [...paragraphs.keys()].toSorted((a, b) => Number(paragraphs[b]?.isOffer) - Number(paragraphs[a]?.isOffer))
  for (const at of order) {
    const sentences = paragraphs[at]?.sentences ?? []
    // A question without its answer says nothing.
    const least = sentences.length > 1 && sentences[0]?.text.endsWith('?') === true ? 2 : 1
    const counts = sentences.flatMap((_, index) => (index + 1 >= least ? [index + 1] : [])).toReversed()
    kept[at] = counts.find((count) => ((kept[at] = count), fits())) ?? 0
  }
  const says = paragraphs.some(({ sentences }, at) => sentences.slice(0, kept[at]).some(({ cites }) => cites.length > 0))
  return says ? blocks() : null
} // prettier-ignore
