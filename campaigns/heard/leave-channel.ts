import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { liftSuppression, recordConsents, suppress } from '#ingest/consent.ts'
import type { TextChannelName } from '../channel.ts'
import { recordOnce } from '../delivery/ledger-events.ts'
import { selectLastOf } from '../queries/ledger-rows.ts'
import { selectOwnStop } from '../queries/telegram.ts'

/** Somebody's own word on a channel, by an id of the message they said it with. */
type Word = { channel: TextChannelName; identifierId: IdentifierId; externalId: string; at: Date }

/**
 * Somebody wants no more by a channel: suppressed and withdrawn at once, in the transaction that takes their word in. The
 * campaign whose message they got last by it is told that they left.
 */
export async function leaveChannel(tx: Tx, clock: Clock, word: Word): Promise<void> {
  const { channel, identifierId, externalId, at } = word
  await suppress(tx, [{ identifierId, channel, reason: 'unsubscribed', occurredAt: at }])
  const consent = { source: channel, externalId: `${externalId}:left`, identifierId, channel, basis: 'message' }
  await recordConsents(tx, clock, [{ ...consent, state: 'withdrawn', occurredAt: at }])
  const row = await selectLastOf(tx, identifierId, channel)
  if (row) await recordOnce(tx, clock, row, 'message_unsubscribed', at, { how: 'message' })
}

/**
 * Somebody asks to be written to by a channel. What they had stopped themselves is open again by this; what stopped for
 * another reason stays so.
 */
export async function joinChannel(
  tx: Tx,
  clock: Clock,
  word: Word & { basis: string; textVersion: string },
): Promise<void> {
  const { channel, identifierId, externalId, at, basis, textVersion } = word
  const consent = { source: channel, externalId: `${externalId}:joined`, identifierId, channel, basis, textVersion }
  await recordConsents(tx, clock, [{ ...consent, state: 'granted', occurredAt: at }])
  if (await selectOwnStop(tx, { identifierId, channel }))
    await liftSuppression(tx, clock, { identifierId, channel, by: 'millrace', reason: 'asked anew' })
}
