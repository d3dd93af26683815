import type { DeliveryId } from '#kernel/ids.ts'
import type { Parts } from '../bytes.ts'
import type { Message } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { digitsOf, linkUrl, withCampaign, type SignedLink } from './links.ts'
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
  const values: (string | null)[] = []
  for (const slot of variant.slots) {
    const filling = slot.kind === 'value' ? valueOf(slot, recipient.person) : null
    if (filling?.kind === 'unfit') return { kind: 'blocked', rule: 'slot', why: filling.why }
    values.push(filling?.value ?? null)
  }
  return { kind: 'ready', message: new PersonalMail(variant, values, { sender, recipient, links }) }
}

/**
 * A message that is made when it is asked for: of a group that waits, only what is known of its reader is kept. A class, since
 * getters that each message has of its own cost more memory than its values.
 */
class PersonalMail implements Message {
  readonly deliveryId: DeliveryId
  readonly messageId: string
  readonly from: Sender['from']
  readonly replyTo: Sender['replyTo']
  readonly to: string
  readonly #variant: Variant
  /** What is said of the reader in each slot; null where the house puts its own, until that is asked for. */
  readonly #values: (string | null)[]
  readonly #recipient: Recipient
  readonly #links: LinkSettings

  constructor(
    variant: Variant,
    values: (string | null)[],
    { sender, recipient, links }: { sender: Sender; recipient: Recipient; links: LinkSettings },
  ) {
    this.#variant = variant
    this.#values = values
    this.#recipient = recipient
    this.#links = links
    this.deliveryId = recipient.deliveryId
    this.messageId = messageIdOf(recipient, sender)
    this.from = sender.from
    this.replyTo = sender.replyTo
    this.to = recipient.address
  }

  get subject(): string {
    return assemble(this.#variant.subject, (slot) => this.#text(slot)).trim()
  }

  /** RFC 2369 and RFC 8058: one click, by a POST to the address; behind it, where it is read, a mail with the same token. */
  get headers(): Readonly<Record<string, string>> {
    const page = this.#link({ kind: 'unsubscribe', deliveryId: this.deliveryId })
    const { leaveByMail } = this.#links
    const mail = leaveByMail === undefined ? '' : `, <${leaveByMail}${page.slice(page.lastIndexOf('/') + 1)}>`
    return { 'List-Unsubscribe': `<${page}>${mail}`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
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
    return this.#isPixel(slot) ? '' : this.#value(slot)
  }

  #html(slot: number): string {
    return this.#isPixel(slot) ? this.#value(slot) : escapeHtml(this.#value(slot))
  }

  #isPixel(slot: number): boolean {
    return this.#variant.slots[slot]!.kind === 'pixel'
  }

  #value(slot: number): string {
    return (this.#values[slot] ??= this.#ownPart(this.#variant.slots[slot]!))
  }

  /** What the house itself puts into a message: a way to leave, a link, a sign that it was opened. */
  #ownPart(slot: Slot): string {
    const { deliveryId, tracked, campaign, stepKey } = this.#recipient
    if (slot.kind === 'unsubscribe') return this.#link({ kind: 'unsubscribe', deliveryId })
    if (slot.kind === 'link') {
      if (tracked) return this.#link({ kind: 'click', deliveryId, index: slot.index })
      return withCampaign(this.#variant.links[slot.index]!, campaign, stepKey)
    }
    if (!tracked) return ''
    const source = this.#link({ kind: 'open', deliveryId })
    return `<img src="${escapeHtml(source)}" alt="" width="1" height="1" style="display:block;border:0" />`
  }

  #link(link: SignedLink): string {
    return linkUrl(this.#links.publicUrl, this.#links.key, link)
  }
}

/** Names the ledger row, and so is the same for every attempt at it: a receiver can drop a second copy. */
const messageIdOf = ({ deliveryId }: Recipient, sender: Sender): string =>
  `<${digitsOf(deliveryId)}@${sender.from.address.split('@')[1] ?? 'localhost'}>`

/** An address that can stand in an SMTP command and a header as it is. */
export const isMailbox = (address: string): boolean =>
  address.length <= 254 && /^[^\s@<>()[\],;:\\"\p{Cc}]{1,64}@[^\s@<>()[\],;:\\"\p{Cc}]+$/u.test(address)
