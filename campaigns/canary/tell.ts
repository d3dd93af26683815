import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { listUsers } from '#governance/access.ts'
import { may } from '#governance/permissions.ts'
import type { Channel, Message } from '../channel.ts'
import type { Sender } from '../definition.ts'
import type { Looked } from './look.ts'

export type TellSettings = { db: Db; clock: Clock; channel: Channel; sender: Sender; publicUrl: string }

const deadlineMs = 30_000

/**
 * Writes to everybody who may take a release back that one was taken back, or stopped. Asked twice it writes twice.
 * Returns how many were reached; the rollout's page says the same to those who were not.
 */
export async function tellOfBreach(deps: TellSettings, looked: Looked): Promise<number> {
  const people = (await listUsers(deps.db)).filter(({ active, role }) => active && may(role, 'campaign.rollback'))
  const messages = people.map(({ email }) => messageTo(deps, email, looked))
  let reached = 0
  for (let from = 0; from < messages.length; from += deps.channel.maxBatch) {
    const batch = { key: newId<'claim'>(deps.clock), messages: messages.slice(from, from + deps.channel.maxBatch) }
    const outcomes = await deps.channel.send(batch, AbortSignal.timeout(deadlineMs))
    reached += outcomes.filter(({ kind }) => kind === 'sent').length
  }
  return reached
}

function messageTo({ clock, sender, publicUrl }: TellSettings, to: string, { campaign, kind, why }: Looked): Message {
  const deliveryId = newId<'delivery'>(clock)
  const page = new URL(`/campaigns/${encodeURIComponent(campaign)}/rollout`, publicUrl).href
  const done =
    kind === 'rolled-back'
      ? 'The version before is live again; nobody is mailed twice.'
      : 'There is no version to go back to, so the campaign is held until somebody lifts it.'
  const sentences = [`The new version of “${campaign}” was stopped in its rollout: ${why}.`, done]
  return {
    deliveryId,
    messageId: `<${deliveryId}@${sender.from.address.split('@')[1]}>`,
    from: sender.from,
    replyTo: null,
    to,
    subject: `${campaign}: ${kind === 'rolled-back' ? 'the new version was taken back' : 'held'}`,
    text: `${sentences.join('\n')}\n\n${page}\n`,
    html: `${sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('')}<p><a href="${escaped(page)}">${escaped(page)}</a></p>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
