import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { recordEvents } from '#ingest/events.ts'
import { deliveryEvent } from './outbox.ts'
import type { LedgerRow } from '../queries/ledger-rows.ts'

/** What the ids of a row's events begin with behind its own: a message that changes its channel has events of each. */
export const wayOf = ({ channel }: Pick<LedgerRow, 'channel'>): string => (channel === 'email' ? '' : `${channel}:`)

/** Records what happened to a message; told again, it counts once. */
export async function recordOnce(
  tx: Tx,
  clock: Clock,
  row: LedgerRow,
  kind: string,
  occurredAt: Date,
  properties: Record<string, unknown>,
): Promise<void> {
  const event = deliveryEvent(row)
  const externalId = `${row.id}:${wayOf(row)}${kind.replace('message_', '')}`
  await recordEvents(tx, clock, [{ ...event, externalId, kind, occurredAt, properties: { ...event.properties, ...properties } }]) // prettier-ignore
}
