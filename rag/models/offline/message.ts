import type { ComposedBody, ComposedSentence } from '../../draft.ts'
import { forms } from '../../forms.ts'
import { phrases } from './intents.ts'
import { blocksOf, greetingOf, greetingSlot, openerOf } from './letter.ts'
import { partsOf } from './parts.ts'
import { buttonOf, courtesy, paragraph, pick, shortened, type Blocks, type Material } from './pieces.ts'
import { brief, fitted, inFull } from './post.ts'
import { linesOf, subjectOf, titleIn } from './titles.ts'

const nothing: ComposedSentence = { text: '', cites: [] }
const headerLetters = 60
const longName = 20

/** Two SMS, with room for who writes and how to stop, which are added when it is sent. */
const smsLetters = { most: 306, reserved: 60 }

/** An SMS: what is offered, in the letters of a plain phone, and where. */
export function smsOf(material: Material): ComposedBody | null {
  const { sms } = forms
  const order = partsOf(material)
  const sold = order.filter(({ kind }) => kind === 'offers' || kind === 'dates')
  const isFree = material.request.brief.idea === undefined
  const parts = isFree ? [...sold, ...order.filter((part) => !sold.includes(part))] : order
  const said = brief(parts, material).map((one) => ({ ...one, sentences: one.sentences.map(inPlainLetters) }))
  const blocks = fitted(said.slice(0, 3), material, { ...sms, most: smsLetters.most }, smsLetters.reserved)
  return blocks && { subject: subjectOf(material), preheader: nothing, blocks }
}

/** What print has and plain phones have not; any other letter stays, whatever the message then costs. */
const inPlainLetters = ({ text, cites }: ComposedSentence): ComposedSentence => ({ text: plainLetters(text), cites })
const plainLetters = (text: string): string =>
  text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, '-').replace(/…/g, '...').replace(/[\u00a0\u202f]/g, ' ').replace(/×/g, 'x') // prettier-ignore

/** A proposal for a template: a header, who writes to whom, what there is, and a button. */
export function whatsappOf(material: Material): ComposedBody | null {
  const form = forms['whatsapp-template']
  const lines = linesOf(phrases.subjects(material.intent), material).filter(({ text }) => text.length <= headerLetters)
  const order = partsOf(material).map((part) => (part.kind === 'passage' ? { ...part, passage: shortened(part.passage) } : part)) // prettier-ignore
  const parts = inFull(order, material)
  const opening = [...introduction(material), ...openerOf(material)].map(courtesy)
  const help = pick(phrases.answers, material).map(courtesy)
  const around = [...opening, ...help].reduce((sum, { text }) => sum + text.length + 2, 0)
  const blocks = fitted(parts.slice(0, 3), material, form, around + 2 * longName)
  const subject = lines[0] ?? courtesy(material.request.business.name.slice(0, headerLetters))
  if (!blocks) return null
  const said = blocks.filter(({ kind }) => kind !== 'button')
  const button = blocks.filter(({ kind }) => kind === 'button')
  return { subject, preheader: nothing, blocks: [...paragraph(opening), ...said, ...paragraph(help), ...button] }
}

const introduction = (material: Material): string[] =>
  pick(
    phrases.introductions.map((text) => text.replace('$', greetingSlot)),
    material,
  )

/** A Telegram message: a short letter without a subject. */
export function telegramOf(material: Material): ComposedBody {
  const parts = partsOf(material).slice(0, 3)
  const blocks: Blocks = [
    ...paragraph(greetingOf(material).map(courtesy)),
    ...paragraph(openerOf(material).map(courtesy)),
    ...parts.flatMap((part, at) => blocksOf(part, material, parts.slice(0, at))),
    ...paragraph(pick(phrases.answers, material).map(courtesy)),
    ...buttonOf(material, forms.telegram.link.label),
  ]
  return { subject: titleIn(linesOf(phrases.subjects(material.intent), material), 50) ?? subjectOf(material), preheader: nothing, blocks } // prettier-ignore
}
