import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { listUsers } from '#governance/access.ts'
import { may, type Action } from '#governance/permissions.ts'
import type { Channel, Message } from './channel.ts'
import type { Sender } from './definition.ts'

export type TellSettings = { db: Db; clock: Clock; channel: Channel; sender: Sender; publicUrl: string }

/** What the people of the house are told: a line, sentences, and the page where they can do something about it. */
export type News = { subject: string; sentences: readonly string[]; path: string }

const deadlineMs = 30_000

/**
 * Writes news to everybody who may do something about it. Asked twice it writes twice. Returns how many were reached, or may
 * have been.
 */
export async function tellPeople(deps: TellSettings, action: Action, news: News): Promise<number> {
  const people = (await listUsers(deps.db)).filter(({ active, role }) => active && may(role, action))
  const messages = people.map(({ email }) => messageTo(deps, email, news))
  let reached = 0
  for (let from = 0; from < messages.length; from += deps.channel.maxBatch) {
    const batch = { key: newId<'claim'>(deps.clock), messages: messages.slice(from, from + deps.channel.maxBatch) }
    const outcomes = await deps.channel.send(batch, AbortSignal.timeout(deadlineMs))
    reached += outcomes.filter(({ kind }) => kind === 'sent' || kind === 'unclear').length
  }
  return reached
}

function messageTo(
  { clock, sender, publicUrl }: TellSettings,
  to: string,
  { subject, sentences, path }: News,
): Message {
  const deliveryId = newId<'delivery'>(clock)
  const page = new URL(path, publicUrl).href
  return {
    deliveryId,
    messageId: `<${deliveryId}@${sender.from.address.split('@')[1]}>`,
    from: sender.from,
    replyTo: null,
    to,
    subject,
    text: `${sentences.join('\n')}\n\n${page}\n`,
    html: `${sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('')}<p><a href="${escaped(page)}">${escaped(page)}</a></p>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
