import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { upsertConsents } from './queries/consents.ts'
import { liftRow, upsertSuppressions } from './queries/suppressions.ts'

/** A person's word on a channel: `email`, `whatsapp`, `sms`, `telegram`, `tracking` or `ads`. It hangs on the address it was given for. */
export type NewConsent = {
  source: string
  externalId: string
  identifierId: IdentifierId
  channel: string
  state: 'granted' | 'withdrawn'
  basis: string
  textVersion?: string | undefined
  occurredAt: Date
  recordId?: RecordId | undefined
}

/** Why nothing may be sent to an address any more. */
export type NewSuppression = {
  identifierId: IdentifierId
  channel: string
  reason: string
  occurredAt: Date
  recordId?: RecordId | undefined
}

/**
 * Writes consents in one statement, once for each (source, external id); the history stays, the newest counts.
 * @returns how many rows are new or changed
 */
export async function recordConsents(
  tx: Tx,
  clock: Clock,
  consents: readonly NewConsent[],
): Promise<{ written: number }> {
  const distinct = [
    ...new Map(consents.map((consent) => [`${consent.source}\n${consent.externalId}`, consent])).values(),
  ]
  if (distinct.length === 0) return { written: 0 }
  return { written: await upsertConsents(tx, clock, distinct) }
}

/**
 * Suppresses addresses. The first reason stays while it holds, but for a stronger one: a wish gives way to an address that is
 * bad, and both to a complaint or a block; after a lifting only something newer suppresses
 * again, so that reading an old file twice does not undo a person's decision.
 * @returns how many addresses became suppressed
 */
export async function suppress(tx: Tx, suppressions: readonly NewSuppression[]): Promise<{ written: number }> {
  const earliestLast = suppressions.toSorted((a, b) => b.occurredAt.getTime() - a.occurredAt.getTime())
  const distinct = [...new Map(earliestLast.map((row) => [`${row.identifierId}\n${row.channel}`, row])).values()]
  if (distinct.length === 0) return { written: 0 }
  return { written: await upsertSuppressions(tx, distinct) }
}

/** Lifts a suppression: a person's act, kept in the audit chain. */
export async function liftSuppression(
  tx: Tx,
  clock: Clock,
  input: { identifierId: IdentifierId; channel: string; by: string; reason: string },
): Promise<{ kind: 'lifted' } | { kind: 'not-suppressed' }> {
  const { identifierId, channel, by, reason } = input
  if (!(await liftRow(tx, identifierId, channel, clock()))) return { kind: 'not-suppressed' }
  const detail = { channel, reason }
  await appendAudit(tx, clock, { actor: by, action: 'lift-suppression', subject: `identifier:${identifierId}`, detail })
  return { kind: 'lifted' }
}
