import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type UserId } from '#kernel/ids.ts'
import { refusal, type Refused } from '#governance/access.ts'
import type { Release } from '#governance/release.ts'
import type { TextChannelName } from '../channel.ts'
import { definitionOf, sendsOf } from '../definition.ts'
import { placeHold } from '../content/holds.ts'
import { insertStop, releaseStop } from '../queries/channel-stops.ts'

/** Stops a whole channel until a person lets it go on: its rows stay planned. False where it is stopped already. */
export async function stopChannel(
  tx: Tx,
  clock: Clock,
  { channel, why }: { channel: TextChannelName; why: string },
): Promise<boolean> {
  const isNew = await insertStop(tx, { id: newId<'stop'>(clock), channel, why: why.slice(0, 500), stoppedAt: clock() })
  if (isNew) await appendAudit(tx, clock, { actor: 'millrace', action: 'channel.stopped', subject: channel, detail: { why } }) // prettier-ignore
  return isNew
}

/** A person's word that a stopped channel may go on. */
export async function letChannelGoOn(
  deps: { db: Db; clock: Clock },
  input: { channel: string; by: UserId; reason: string },
): Promise<{ kind: 'released' } | Refused<'not-stopped' | 'no-reason' | 'not-permitted'>> {
  const reason = input.reason.trim().slice(0, 500)
  if (reason === '') return { kind: 'refused', rule: 'no-reason', why: 'Say what was mended: the reason is kept' }
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'campaign.approve')
    if (refused) return refused
    if (!(await releaseStop(tx, { ...input, reason, at: deps.clock() })))
      return { kind: 'refused', rule: 'not-stopped', why: `${input.channel} is not stopped: somebody let it go on` }
    const entry = { actor: input.by, action: 'channel.released', subject: input.channel, detail: { reason } }
    await appendAudit(tx, deps.clock, entry)
    return { kind: 'released' }
  })
}

/** Holds a release that a provider will not send any more, until a person lifts the hold. */
export async function holdForChannel(
  tx: Tx,
  clock: Clock,
  { release, why }: { release: Release; why: string },
): Promise<void> {
  const [send] = sendsOf(definitionOf(release))
  const about = { stepKey: send?.key ?? '', where: 'body', said: send?.content.subject.text ?? release.name }
  const finding = { ...about, key: hashOf({ channel: why }), why: `cannot be sent: ${why}`, now: null, since: null }
  await placeHold(tx, clock, { release, rule: 'channel', why, findings: [finding] })
}
