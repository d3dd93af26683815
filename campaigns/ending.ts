import type { DraftBody } from '#rag/draft.ts'
import { formText } from '#rag/form-text.ts'
import { sizeOf } from '#rag/form-size.ts'
import { forms } from '#rag/forms.ts'
import type { ChannelName } from './channel.ts'
import type { Sender } from './definition.ts'
import { footerOf, formOf } from './render/text.ts'

/** What the house puts below a text, and how long the whole is then; null of mail, and where nothing is put there. */
export function endingOf(
  channel: ChannelName | null,
  body: DraftBody,
  sender: Sender | null,
): { words: string; size: string } | null {
  if (channel === null || channel === 'email' || !sender) return null
  const words = footerOf(channel, body, sender)
  const form = forms[formOf[channel]]
  return words === '' ? null : { words, size: sizeOf(`${formText(body, form).text}\n\n${words}`, form).words }
}
