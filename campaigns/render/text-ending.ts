import type { DraftBody } from '#rag/draft.ts'
import { formText } from '#rag/form-text.ts'
import { sizeOf } from '#rag/form-size.ts'
import { forms } from '#rag/forms.ts'
import type { ChannelName } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { footerOf, formOf } from './text.ts'
import { anyShortUrl } from './short-links.ts'

/** What the house puts below a text, and how long the whole is then; null of mail, and where nothing is put there. */
export function endingOf(
  channel: ChannelName | null,
  body: DraftBody,
  sender: Sender | null,
  publicUrl: string,
): { words: string; size: string } | null {
  if (channel === null || channel === 'email' || !sender) return null
  const words = footerOf(channel, body, sender)
  const form = forms[formOf[channel]]
  const text = formText(channel === 'sms' ? shortened(body, publicUrl) : body, form).text
  return words === '' ? null : { words, size: sizeOf(`${text}\n\n${words}`, form).words }
}

/** Its links as long as they leave. */
const shortened = (body: DraftBody, publicUrl: string): DraftBody => ({
  ...body,
  blocks: body.blocks.map((block) => (block.kind === 'button' ? { ...block, url: anyShortUrl(publicUrl) } : block)),
})
