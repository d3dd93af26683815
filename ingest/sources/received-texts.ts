import { z } from 'zod'
import type { Canonical } from '../canon.ts'
import { phoneOfSender } from '../cleanse/phone.ts'
import { instant, readShape, requiredText } from '../cleanse/shape.ts'
import { rejected } from '../reading/csv-table.ts'
import { jsonLines } from '../reading/json-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const phone = ({ country }: Setting) =>
  z.string().transform((text, context): string => {
    const number = phoneOfSender(text, country)
    if (number !== undefined) return number
    context.addIssue({ code: 'custom', message: 'is no phone number', params: { fix: 'It was not sent by a number: look at the record' } }) // prettier-ignore
    return z.NEVER
  })
const chat = () => z.string().regex(/^-?\d{1,20}$/, 'is no chat')

const senders = { sms: { kind: 'phone', from: phone }, telegram: { kind: 'telegram', from: chat } } as const

const shapeOf = (from: z.ZodType<string>) =>
  z.object({
    id: requiredText,
    type: requiredText,
    from,
    at: instant('utc', ['iso']),
    text: z.string().optional(),
    givenName: z.string().optional(),
    familyName: z.string().optional(),
    /** What else is the sender's, by their own word. */
    links: z.array(z.strictObject({ kind: requiredText, value: requiredText })).optional(),
  })
type Received = z.infer<ReturnType<typeof shapeOf>>

/**
 * Texts that people sent us by SMS or Telegram, one JSON object a line. What a text says stays in its sealed record; its
 * event has ids and types only. Who told us their number, or came by a link of ours, is tied to it.
 */
export function receivedTexts(channel: keyof typeof senders): Source {
  const { kind, from } = senders[channel]
  const read = async function* (input: SourceInput, setting: Setting): AsyncGenerator<Item> {
    const shape = shapeOf(from(setting))
    for await (const found of jsonLines(input, 'message')) {
      if (found.is !== 'json') {
        yield found
        continue
      }
      const { raw, place } = found
      const told = readShape(shape, found.value)
      if (told.kind === 'unreadable') yield rejected('message', raw, place, told)
      else yield { is: 'row', kind: 'message', externalId: told.value.id, raw, place, canon: canonOf(told.value, { channel, kind }) } // prettier-ignore
    }
  }
  return { name: channel, endings: ['.jsonl', '.ndjson'], read }
}

function canonOf(told: Received, { channel, kind }: { channel: string; kind: string }): Canonical[] {
  const { id, type, from: value, at: occurredAt, givenName, familyName, links = [] } = told
  const by = { kind, value }
  const event: Canonical = { is: 'event', kind: 'message_received', externalId: id, by, occurredAt, properties: { channel, messageId: id, type } } // prettier-ignore
  // A sender without a name and a link is known by the address alone.
  if (links.length === 0 && givenName === undefined) return [event]
  return [{ is: 'profile', of: by, links, givenName, familyName, updatedAt: occurredAt }, event]
}
