import type { DeliveryId } from '#kernel/ids.ts'
import type { Parts } from '../bytes.ts'
import type { Message } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { linkUrl, withCampaign } from './links.ts'
import { fillMime } from './mime.ts'
import { assemble, escapeHtml, valueOf, type PersonFields, type Slot } from './slots.ts'
import type { Variant } from './variant.ts'

/**
 * Where links lead, and the key that signs them (`secrets.links`). `leaveByMail`: what a token is put behind for a mail that
 * asks to leave, where such mail is read.
 */
export type LinkSettings = { publicUrl: string; key: Uint8Array; leaveByMail?: string }

/** One person's place in the ledger, and what is known of them. */
export type Recipient = {
  deliveryId: DeliveryId
  address: string
  person: PersonFields
  /** Whether opens and clicks may be followed. */
  tracked: boolean
  campaign: string
  stepKey: string
  personId: string
  occurrence: number
}

export type RenderedMessage = { kind: 'ready'; message: Message } | { kind: 'blocked'; rule: string; why: string }

/**
 * One person's message. The same inputs give the same bytes, so that a batch can be sent again under its key.
 * A value that is missing without a fallback, or is no value of a person, blocks this person only.
 */
export function renderMessage(
  variant: Variant,
  sender: Sender,
  links: LinkSettings,
  recipient: Recipient,
): RenderedMessage {
  if (!isMailbox(recipient.address)) return { kind: 'blocked', rule: 'address', why: 'the address is not a mailbox' }
  const values: string[] = []
  const unsubscribe = linkUrl(links.publicUrl, links.key, { kind: 'unsubscribe', deliveryId: recipient.deliveryId })
  for (const slot of variant.slots) {
    const filling = slot.kind === 'value' ? valueOf(slot, recipient.person) : null
    if (filling?.kind === 'unfit') return { kind: 'blocked', rule: 'slot', why: filling.why }
    values.push(filling?.value ?? ownPart(slot, { variant, links, recipient, unsubscribe }))
  }
  return { kind: 'ready', message: new PersonalMail(variant, values, { sender, recipient, links, unsubscribe }) }
}

/**
 * A message whose bodies are made when they are asked for: of a group that waits, only the values are kept. A class, since
 * getters that each message has of its own cost more memory than its values.
 */
class PersonalMail implements Message {
  readonly deliveryId: DeliveryId
  readonly messageId: string
  readonly from: Sender['from']
  readonly replyTo: Sender['replyTo']
  readonly to: string
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly #variant: Variant
  readonly #values: readonly string[]

  constructor(
    variant: Variant,
    values: readonly string[],
    { sender, recipient, links, unsubscribe }: { sender: Sender; recipient: Recipient; links: LinkSettings; unsubscribe: string }, // prettier-ignore
  ) {
    this.#variant = variant
    this.#values = values
    this.deliveryId = recipient.deliveryId
    this.messageId = messageIdOf(recipient, sender)
    this.from = sender.from
    this.replyTo = sender.replyTo
    this.to = recipient.address
    this.subject = assemble(variant.subject, (slot) => this.#text(slot)).trim()
    this.headers = listHeaders(unsubscribe, links.leaveByMail)
  }

  get html(): string {
    return assemble(this.#variant.html, (slot) => this.#html(slot))
  }

  get text(): string {
    return assemble(this.#variant.text, (slot) => this.#text(slot))
  }

  get mime(): Parts {
    return fillMime(this.#variant.mime, this, (of, slot) => (of === 'html' ? this.#html(slot) : this.#text(slot)))
  }

  #text(slot: number): string {
    return this.#isPixel(slot) ? '' : (this.#values[slot] ?? '')
  }

  #html(slot: number): string {
    const value = this.#values[slot] ?? ''
    return this.#isPixel(slot) ? value : escapeHtml(value)
  }

  #isPixel(slot: number): boolean {
    return this.#variant.slots[slot]?.kind === 'pixel'
  }
}

/** What the house itself puts into a message: a way to leave, a link, a sign that it was opened. */
function ownPart(
  slot: Slot,
  known: { variant: Variant; links: LinkSettings; recipient: Recipient; unsubscribe: string },
): string {
  const { variant, links, unsubscribe } = known
  const { deliveryId, tracked, campaign, stepKey } = known.recipient
  if (slot.kind === 'unsubscribe') return unsubscribe
  if (slot.kind === 'link') {
    if (tracked) return linkUrl(links.publicUrl, links.key, { kind: 'click', deliveryId, index: slot.index })
    return withCampaign(variant.links[slot.index]!, campaign, stepKey)
  }
  if (!tracked) return ''
  const source = linkUrl(links.publicUrl, links.key, { kind: 'open', deliveryId })
  return `<img src="${escapeHtml(source)}" alt="" width="1" height="1" style="display:block;border:0" />`
}

/** RFC 2369 and RFC 8058: one click, by a POST to the address; behind it, where it is read, a mail with the same token. */
const listHeaders = (page: string, byMail?: string): Record<string, string> => ({
  'List-Unsubscribe':
    byMail === undefined ? `<${page}>` : `<${page}>, <${byMail}${page.slice(page.lastIndexOf('/') + 1)}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})

/** Names the ledger row, and so is the same for every attempt at it: a receiver can drop a second copy. */
const messageIdOf = ({ deliveryId }: Recipient, sender: Sender): string =>
  `<${deliveryId.replaceAll('-', '')}@${sender.from.address.split('@')[1] ?? 'localhost'}>`

/** An address that can stand in an SMTP command and a header as it is. */
export const isMailbox = (address: string): boolean =>
  address.length <= 254 && /^[^\s@<>()[\],;:\\"\p{Cc}]{1,64}@[^\s@<>()[\],;:\\"\p{Cc}]+$/u.test(address)
