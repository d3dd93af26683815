import type { Hash } from '#kernel/ids.ts'
import type { DraftBody } from '#rag/draft.ts'
import { formText } from '#rag/form-text.ts'
import { forms, type FormName } from '#rag/forms.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import { publishedText } from '#rag/whatsapp-shape.ts'
import type { TextChannelName, TextMessage } from '../channel.ts'
import type { Copy, Sender } from '../definition.ts'
import { linkUrl, withCampaign } from './links.ts'
import { shortLink, shortUrl, type ShortLink } from './short-links.ts'
import type { LinkSettings, Recipient } from './message.ts'
import { assemble, ContentError, piecesOf, slotCollector, valueOf, type Pieces, type Slot } from './slots.ts'
import { linksOf } from './variant.ts'

/** The form in which copy is written for each channel that is no e-mail. */
export const formOf: Readonly<Record<TextChannelName, FormName>> = {
  whatsapp: 'whatsapp-template',
  sms: 'sms',
  telegram: 'telegram',
}

/** The channel that a form of copy leaves by, or null where nothing sends it. */
export const channelOfForm = (form: FormName): 'email' | TextChannelName | null =>
  form === 'email'
    ? 'email'
    : ((Object.keys(formOf) as TextChannelName[]).find((name) => formOf[name] === form) ?? null)

/** A text compiled once: filling it for a person is joining strings. */
export type TextVariant = {
  channel: TextChannelName
  contentHash: Hash
  headline: Pieces | null
  text: Pieces
  buttons: readonly { label: Pieces; url: string; index: number }[]
  parameters: readonly number[]
  slots: readonly Slot[]
  /** Where its links lead, by their number. */
  links: readonly string[]
}

type Language = NonNullable<ReturnType<typeof languageOf>>

/** How readers leave, by the channel itself and in the language of the copy. A WhatsApp template has its own button for it. */
const waysOut: Readonly<Record<'sms' | 'telegram', Readonly<Record<Language, string>>>> = {
  sms: {
    en: 'Reply STOP to end', de: 'Abmelden: STOP antworten', nl: 'Afmelden: antwoord STOP', fr: 'STOP pour ne plus recevoir',
    es: 'Responda BAJA para terminar', it: 'Rispondi STOP per uscire',
  },
  telegram: {
    en: '/stop ends these messages', de: '/stop beendet diese Nachrichten', nl: '/stop beëindigt deze berichten',
    fr: '/stop met fin à ces messages', es: '/stop termina estos mensajes', it: '/stop termina questi messaggi',
  },
} // prettier-ignore

/** What stands below the copy of a text: who writes, where a number alone does not say it, and how to leave. */
export function footerOf(channel: TextChannelName, content: DraftBody, sender: Sender): string {
  if (channel === 'whatsapp') return ''
  const words = formText(content, forms[formOf[channel]]).text
  const wayOut = waysOut[channel][languageOf(words) ?? 'en']
  return channel === 'sms' && !words.includes(sender.businessName) ? `${sender.businessName}. ${wayOut}` : wayOut
}

/**
 * Compiles a copy into a text. In an SMS its links stand in the text, each a short one of the house: a longer one would cost
 * another part. Throws ContentError when a slot cannot be read.
 */
export function compileText(copy: Copy & { channel: TextChannelName }, sender: Sender): TextVariant {
  const { channel, content, contentHash } = copy
  const form = formOf[channel]
  const { slots, mark, marked } = slotCollector()
  const literal = (text: string): string => marked(text, (plain) => plain)
  const pieces = (text: string): Pieces => piecesOf(literal(text))
  const targets = linksOf(content)
  const { headline, text, parameters } = { ...publishedText(content, form), ...formText(content, forms[form]) }
  const footer = footerOf(channel, content, sender)
  if (text.trim() === '') throw new ContentError('The copy says nothing: write a paragraph')
  return {
    channel,
    contentHash,
    headline: headline === null ? null : pieces(headline),
    text: piecesOf([channel === 'sms' ? withLinks(content, { mark, literal }) : literal(text), literal(footer)].filter((part) => part !== '').join('\n\n')),
    buttons: content.blocks.flatMap((block) =>
      block.kind === 'button' && form !== 'sms'
        ? [{ label: pieces(block.label), url: block.url, index: targets.indexOf(block.url) }]
        : [],
    ),
    parameters: parameters.map(({ slot }) => slotNumber(pieces(`{{ ${slot} }}`))),
    slots,
    links: targets,
  }
} // prettier-ignore

type Marking = { mark: (slot: Slot) => string; literal: (text: string) => string }

/** An SMS as its form has it, with a slot where each link stands. */
function withLinks(content: DraftBody, { mark, literal }: Marking): string {
  const targets = linksOf(content)
  const lines = content.blocks.map((block) => {
    if (block.kind !== 'button') return literal(formText({ blocks: [block] }, forms.sms).text)
    const label = literal(formText({ blocks: [{ ...block, url: '' }] }, forms.sms).text)
    return `${label}${mark({ kind: 'link', index: targets.indexOf(block.url) })}`
  })
  return lines.filter((line) => line !== '').join('\n\n')
}

const slotNumber = (pieces: Pieces): number => pieces.find((piece) => typeof piece === 'number') ?? 0

/** One person's place in the ledger, and how often they were tried. */
export type TextRecipient = Pick<
  Recipient,
  'deliveryId' | 'address' | 'person' | 'tracked' | 'campaign' | 'stepKey'
> & {
  attempts: number
}

export type RenderedText = { kind: 'ready'; message: TextMessage } | { kind: 'blocked'; rule: string; why: string }

/** One person's text; the same inputs give the same words. A value that is missing or unfit blocks this person only. */
export function renderText(variant: TextVariant, links: LinkSettings, recipient: TextRecipient): RenderedText {
  const values: string[] = []
  const short = variant.channel === 'telegram' ? [] : variant.links.map((_, index) => shortLinkOf(variant, links, recipient, index)) // prettier-ignore
  for (const slot of variant.slots) {
    const filling = slot.kind === 'value' ? valueOf(slot, recipient.person) : null
    if (filling?.kind === 'unfit') return { kind: 'blocked', rule: 'slot', why: filling.why }
    const code = slot.kind === 'link' ? short[slot.index]?.code : undefined
    values.push(filling?.value ?? (code === undefined ? '' : shortUrl(links.publicUrl, code)))
  }
  const fill = (pieces: Pieces): string => assemble(pieces, (slot) => values[slot] ?? '')
  const { deliveryId, address: to, attempts, tracked, campaign, stepKey } = recipient
  const target = (url: string, index: number): string =>
    tracked ? linkUrl(links.publicUrl, links.key, { kind: 'click', deliveryId, index, channel: variant.channel }) : withCampaign(url, campaign, stepKey, variant.channel) // prettier-ignore
  return {
    kind: 'ready',
    message: {
      kind: 'text',
      deliveryId,
      to,
      headline: variant.headline && fill(variant.headline),
      text: fill(variant.text),
      buttons: variant.buttons.map(({ label, url, index }) => ({
        label: fill(label),
        url: target(url, index),
        ...(short[index] && { code: short[index].code }),
      })),
      shortLinks: short,
      contentHash: variant.contentHash,
      parameters: variant.parameters.map((slot) => values[slot] ?? ''),
      attempts,
    },
  }
}

/** A link that follows whoever may be followed; of all others the same one, which adds where they come from and no more. */
function shortLinkOf(variant: TextVariant, { key }: LinkSettings, recipient: TextRecipient, index: number): ShortLink {
  const { deliveryId, tracked, campaign, stepKey } = recipient
  const { channel, links } = variant
  return shortLink(key, tracked ? { deliveryId, channel, index } : { target: withCampaign(links[index]!, campaign, stepKey, channel) }) // prettier-ignore
}
