import { scrubbed } from '#kernel/log.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { suppress } from '#ingest/consent.ts'
import { refund } from '../delivery/caps.ts'
import type { ChannelName } from '../channel.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { detour, endOfDetour, whoseJourneyGoesOn } from '../delivery/detours.ts'
import { recordOnce } from '../delivery/ledger-events.ts'
import { planAgain } from '../queries/channel-addresses.ts'
import { advanceRow, selectByProviderId, selectLedgerRow, selectWay, type LedgerRow } from '../queries/ledger-rows.ts'
import type { EventSettings, NotOurs } from './reader-events.ts'
import { toldOfTest } from '../way-out/told-of-test.ts'

/** How a provider names a message: our own id (it came back as a tag), or the id it gave, or the Message-ID. */
export type MessageRef = { deliveryId: DeliveryId } | { providerId: string; sender?: string }

/**
 * What a provider tells of a message. A soft bounce is noted; a hard one and a complaint suppress the address. `failed`:
 * it will never arrive, and the address is not to blame. `undeliverable`: nor will anything by this channel, and the next
 * one of its step is tried. `unwanted`: its reader shut the channel to us. `again`: it did not arrive, and may be tried later.
 */
export type ProviderEvent =
  | { kind: 'delivered' }
  | { kind: 'bounced'; permanent: boolean; why: string }
  | { kind: 'failed'; why: string }
  | { kind: 'complained' }
  | { kind: 'replied'; subject: string }
  | { kind: 'read' }
  | { kind: 'undeliverable'; why: string }
  | { kind: 'unwanted'; why: string }
  | { kind: 'again'; why: string; afterMs: number }

/**
 * Records what a provider tells: event, ledger and suppression in one transaction; told twice, it counts once.
 * @param input.occurredAt when the provider says it happened
 * @param input.channel what it speaks of: word of a channel that the message left since is about what it was by that one
 */
export async function recordProviderEvent(
  deps: Pick<EventSettings, 'db' | 'clock'>,
  input: { message: MessageRef; occurredAt: Date; event: ProviderEvent; channel?: ChannelName },
): Promise<{ kind: 'recorded' } | NotOurs> {
  const { message, occurredAt, event, channel } = input
  const row = await rowOf(deps.db, message, channel)
  if (!row) return withoutRow(deps.db, input)
  await deps.db.transaction((tx) => applyProviderEvent(tx, deps.clock, { row, event, at: occurredAt }))
  return { kind: 'recorded' }
}

async function rowOf(db: Db, message: MessageRef, channel: ChannelName | undefined): Promise<LedgerRow | null> {
  if ('deliveryId' in message)
    return channel === undefined ? selectLedgerRow(db, message.deliveryId) : selectWay(db, message.deliveryId, channel)
  const row = await selectByProviderId(db, message.providerId, { channel, sender: message.sender })
  return channel === undefined || row?.channel === channel ? row : null
}

/** Behind the test of a way out stands no row of the ledger: that it was delivered proves the way. */
async function withoutRow(
  db: Db,
  { message, event, occurredAt: at }: { message: MessageRef; occurredAt: Date; event: ProviderEvent },
): Promise<{ kind: 'recorded' } | NotOurs> {
  const failed = event.kind === 'delivered' ? null : 'why' in event ? event.why : undefined
  if (failed !== undefined && (await toldOfTest(db, message, { failed, at }))) return { kind: 'recorded' }
  return { kind: 'not-ours', why: 'No message of the ledger has this id' }
}

/** The same inside a transaction, of a ledger row that was found already. */
export async function applyProviderEvent(
  tx: Tx,
  clock: Clock,
  told: { row: LedgerRow; event: ProviderEvent; at: Date },
): Promise<void> {
  const { row, event, at } = told
  const { identifierId, channel } = row
  switch (event.kind) {
    case 'delivered':
      await advanceRow(tx, { row, state: 'delivered', reason: 'the provider delivered it', at })
      return recordOnce(tx, clock, row, 'message_delivered', at, {})
    case 'replied':
      await advanceRow(tx, { row, state: 'delivered', reason: 'replied', at })
      return recordOnce(tx, clock, row, 'message_replied', at, { subject: event.subject.slice(0, 200) })
    case 'bounced': {
      if (!event.permanent)
        return recordOnce(tx, clock, row, 'message_deferred', at, { why: scrubbed(event.why).slice(0, 300) })
      await suppress(tx, [{ identifierId, channel, reason: 'bounced', occurredAt: at }])
      const why = scrubbed(event.why).slice(0, 300)
      const moved = await advanceRow(tx, { row, state: 'bounced', reason: why, at })
      await recordOnce(tx, clock, row, 'message_bounced', at, { why })
      return goOtherwise(tx, clock, { row, moved, why })
    }
    case 'failed':
      await advanceRow(tx, { row, state: 'failed', reason: scrubbed(event.why).slice(0, 300), at })
      return recordOnce(tx, clock, row, 'message_failed', at, { why: scrubbed(event.why).slice(0, 300) })
    case 'complained':
      await suppress(tx, [{ identifierId, channel, reason: 'complained', occurredAt: at }])
      await advanceRow(tx, { row, state: 'complained', reason: 'marked as unwanted', at })
      await endOfDetour(tx, { row, reason: 'the message before was marked as unwanted', at })
      return recordOnce(tx, clock, row, 'message_complained', at, {})
    case 'read':
      await advanceRow(tx, { row, state: 'delivered', reason: 'read', at })
      return recordOnce(tx, clock, row, 'message_opened', at, { receipt: true })
    case 'again':
    case 'undeliverable':
    case 'unwanted':
      return applyRefusal(tx, clock, { row, event, at })
  }
}

type Refusal = Extract<ProviderEvent, { kind: 'undeliverable' | 'unwanted' | 'again' }>

/** A message that did not arrive, of which a channel that is no e-mail says more than that. */
async function applyRefusal(
  tx: Tx,
  clock: Clock,
  { row, event, at }: { row: LedgerRow; event: Refusal; at: Date },
): Promise<void> {
  const { id, identifierId, channel } = row
  const why = scrubbed(event.why).slice(0, 300)
  if (event.kind === 'again') {
    const definition = await definitionFor(tx, row)
    const goesOn = definition && (await whoseJourneyGoesOn(tx, definition, [id])).has(id)
    const back = goesOn ? await planAgain(tx, { row, why, dueAt: new Date(clock().getTime() + event.afterMs) }) : null
    if (back !== null) return refund(tx, [{ ...back, count: 1 }])
    if (goesOn) return
  }
  if (event.kind === 'unwanted') {
    await suppress(tx, [{ identifierId, channel, reason: 'blocked', occurredAt: at }])
    await endOfDetour(tx, { row, reason: `their reader shut ${channel}`, at })
  }
  const moved = await advanceRow(tx, { row, state: 'failed', reason: why, at })
  await recordOnce(tx, clock, row, 'message_failed', at, { why })
  if (event.kind === 'undeliverable') await goOtherwise(tx, clock, { row, moved, why })
}

const definitionFor = async (tx: Tx, { releaseHash }: LedgerRow): Promise<CampaignDefinition | null> => {
  const release = releaseHash === null ? null : await releaseByHash(tx, releaseHash)
  return release && definitionOf(release)
}

/**
 * Takes a row that reached nobody on to the next channel of its step, where it has one. That it left by this one is told
 * here: behind the detour the row says no more of it.
 * @param told.moved what this word moved it out of: who had it delivered has it, whatever bounces later
 */
async function goOtherwise(
  tx: Tx,
  clock: Clock,
  { row, moved, why }: { row: LedgerRow; moved: { was: string; sentAt: Date } | null; why: string },
): Promise<void> {
  if (moved === null || moved.was === 'delivered') return
  const definition = await definitionFor(tx, row)
  const wentOn = definition && (await detour(tx, clock, { definition, from: row.channel, rows: [{ id: row.id, why }] }))
  if (wentOn) await recordOnce(tx, clock, row, 'message_sent', moved.sentAt, {})
}
