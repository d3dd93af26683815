import type { Hash } from '#kernel/ids.ts'
import type { DraftBody } from '#rag/draft.ts'
import { formText } from '#rag/form-text.ts'
import { forms } from '#rag/forms.ts'
import { numbered, publishedText, templateName, type Parameter } from '#rag/whatsapp-shape.ts'
import { anyShortUrl, shortUrl } from '../render/short-links.ts'
import type { Component, Fills, Proposal } from './meta.ts'

/** Copy as the template that Meta is asked for, and which slot of the copy fills which of its variables. */
export type WrittenTemplate = Pick<Proposal, 'name' | 'components'> & { fills: Fills }

const most = { header: 60, body: 1_024, footer: 60, button: 25, buttons: 2 }

/** How a reader ends it, in the languages that templates are written in. */
const wayOut: Readonly<Record<string, string>> = {
  en: 'Reply STOP to get no more of these',
  nl: 'Stuur STOP om dit niet meer te krijgen',
  de: 'Antworten Sie STOP, um nichts mehr zu erhalten',
  fr: 'Répondez STOP pour ne plus rien recevoir',
  es: 'Responda STOP para no recibir más',
  it: 'Rispondi STOP per non ricevere altro',
}

/**
 * Makes a template of approved copy: a header, a body, a way out where it is marketing, and its buttons. A button leads
 * through a short link of this house, where strangers can reach it: each reader's ends in their own code. Meta numbers the
 * variables of header and body apart, so `fills` keeps whose they are. The name ends in the copy's hash: the same copy is
 * the same template, and other copy never is.
 */
export function templateOf(
  content: DraftBody,
  about: { contentHash: Hash; words: string; marketing: boolean; language: string; publicUrl: string },
): { kind: 'written'; template: WrittenTemplate } | { kind: 'unfit'; why: string } {
  const { parameters } = publishedText(content, 'whatsapp-template')
  const plain = formText(content, forms['whatsapp-template'])
  const header = numbered(plain.headline ?? '')
  const body = numbered(plain.text)
  const buttons = content.blocks.flatMap((block) => (block.kind === 'button' ? [{ type: 'URL', text: block.label, url: block.url }] : [])) // prettier-ignore
  const footer = about.marketing ? (wayOut[about.language.slice(0, 2)] ?? wayOut['en']!) : null
  const why = unfitFor({ header: header.text, body: body.text, headerSlots: header.parameters.length, buttons })
  if (why !== null) return { kind: 'unfit', why }
  const isReachable = about.publicUrl.startsWith('https:')
  const components: Component[] = [
    ...(header.text === '' ? [] : [{ type: 'HEADER', format: 'TEXT', text: header.text, ...sample('header_text', header.parameters) }]),
    { type: 'BODY', text: body.text, ...sample('body_text', body.parameters) },
    ...(footer === null ? [] : [{ type: 'FOOTER', text: footer }]),
    ...(buttons.length === 0 ? [] : [{ type: 'BUTTONS', buttons: isReachable ? buttons.map((button) => shortened(button, about.publicUrl)) : buttons }]),
  ] // prettier-ignore
  const numberOf = ({ slot }: Parameter): number => parameters.find((one) => one.slot === slot)?.number ?? 0
  const places = isReachable ? buttons.map((_, place) => place) : []
  const fills = { header: header.parameters.map(numberOf), body: body.parameters.map(numberOf), buttons: places }
  const name = `${templateName(about.words).slice(0, 50)}_${about.contentHash.slice(0, 10)}`
  return { kind: 'written', template: { name, components, fills } }
}

/** Meta takes one variable in the address of a button, at its end, and asks for the whole of a sample. */
const shortened = (button: { type: string; text: string }, publicUrl: string) => ({
  ...button,
  url: shortUrl(publicUrl, '{{1}}'),
  example: [anyShortUrl(publicUrl)],
})

/** Meta asks for a sample of each variable: one of a header, a list in a list of a body. */
function sample(of: 'header_text' | 'body_text', parameters: readonly Parameter[]): { example?: unknown } {
  if (parameters.length === 0) return {}
  const samples = parameters.map((one) => one.sample || 'Anna')
  return { example: { [of]: of === 'header_text' ? samples : [samples] } }
}

type Read = { header: string; headerSlots: number; body: string; buttons: readonly { text: string; url: string }[] }

/** What Meta would refuse, said before it is asked. */
function unfitFor({ header, headerSlots, body, buttons }: Read): string | null {
  const troubles: [boolean, string][] = [
    [body.trim() === '', 'It has no text beside its headline: write some'],
    [headerSlots > 1, 'A header may hold one slot: leave the others out'],
    [header.length > most.header, `The headline has ${header.length} characters, of which WhatsApp takes ${most.header}: shorten it`],
    [/[*_~`\n]|\p{Extended_Pictographic}/u.test(header), 'A header may hold no emoji, line break or sign of formatting: leave it out'],
    [body.length > most.body, `The text has ${body.length} characters, of which WhatsApp takes ${most.body}: shorten it`],
    [/^\s*\{\{\d+\}\}/.test(body) || /\{\{\d+\}\}[\s.!?]*$/.test(body), 'The text may not begin or end with a slot: put words around it'],
    [/\{\{\d+\}\}\s*\{\{\d+\}\}/.test(body), 'Two slots stand side by side: put words between them'],
    [buttons.length > most.buttons, `A template takes ${most.buttons} buttons that lead to a page: take ${buttons.length - most.buttons} out`],
    [buttons.some(({ text }) => text.length > most.button), `A button takes ${most.button} characters: shorten its label`],
    [buttons.some(({ text, url }) => text.includes('{{') || url.includes('{{')), 'A button may hold no slot: leave it out'],
  ] // prettier-ignore
  return troubles.find(([wrong]) => wrong)?.[1] ?? null
}
