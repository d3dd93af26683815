import { scrubbed } from '#kernel/log.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { recordConsents, suppress } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { machineLabel, type Visit } from './bots.ts'
import { definitionOf, sendByKey } from './definition.ts'
import { readLink, withCampaign, type SignedLink } from './links.ts'
import { deliveryEvent, house } from './outbox.ts'
import { advanceRow, selectByProviderId, selectLedgerRow, type LedgerRow } from './queries/ledger-rows.ts'
import { linksOf } from './render/variant.ts'

export type EventSettings = { db: Db; clock: Clock; linksKey: Uint8Array }

type NotOurs = { kind: 'not-ours'; why: string }
const notOurs: NotOurs = { kind: 'not-ours', why: 'This link was not made here, or is cut off' }

const hourMs = 3_600_000

/** The pixel of a message was fetched. One event for a message and hour, each with its label if a machine fetched it. */
export async function recordOpen(
  deps: EventSettings,
  input: { token: string; visit: Visit },
): Promise<{ kind: 'recorded'; machine: string | null } | NotOurs> {
  const row = await linkedRow(deps, input.token, 'open')
  if (!row) return notOurs
  const machine = machineLabel(input.visit)
  await deps.db.transaction((tx) => recordVisit(tx, deps.clock, row, { kind: 'message_opened', machine, properties: {} })) // prettier-ignore
  return { kind: 'recorded', machine }
}

/** A link of a message was followed. `url` is one of the release's own links and nothing else, so nobody is led astray. */
export async function recordClick(
  deps: EventSettings,
  input: { token: string; visit: Visit },
): Promise<{ kind: 'redirect'; url: string; machine: string | null } | NotOurs> {
  const link = readLink(deps.linksKey, input.token)
  const row = link?.kind === 'click' ? await selectLedgerRow(deps.db, link.deliveryId) : null
  if (link?.kind !== 'click' || !row) return notOurs
  const target = await targetOf(deps.db, row, link.index)
  if (target === null) return { kind: 'not-ours', why: 'The message has no such link' }
  const machine = machineLabel(input.visit)
  const visit = { kind: 'message_clicked', machine, properties: { url: target, link: link.index } }
  await deps.db.transaction((tx) => recordVisit(tx, deps.clock, row, visit))
  return { kind: 'redirect', url: withCampaign(target, row.campaign, row.stepKey), machine }
}

async function targetOf(db: Db, row: LedgerRow, index: number): Promise<string | null> {
  const release = row.releaseHash && (await releaseByHash(db, row.releaseHash))
  const step = release ? sendByKey(definitionOf(release), row.stepKey) : null
  return step ? (linksOf(step.content)[index] ?? null) : null
}

async function recordVisit(
  tx: Tx,
  clock: Clock,
  row: LedgerRow,
  visit: { kind: string; machine: string | null; properties: { url?: string; link?: number } },
): Promise<void> {
  const event = deliveryEvent(row)
  const hour = Math.floor(clock().getTime() / hourMs)
  const which = `${visit.kind}${visit.properties.link ?? ''}:${visit.machine === null ? 'person' : 'machine'}:${hour}`
  const properties = { ...event.properties, ...visit.properties, machine: visit.machine }
  await recordEvents(tx, clock, [{ ...event, externalId: `${row.id}:${which}`, kind: visit.kind, occurredAt: clock(), properties }]) // prettier-ignore
  if (visit.machine === null) await advanceRow(tx, { id: row.id, state: 'delivered', reason: visit.kind, at: clock() })
}

/** Whose link an unsubscribe page is for, so that it can ask; reading it changes nothing. */
export async function unsubscribeOffer(
  deps: EventSettings,
  token: string,
): Promise<{ kind: 'offer'; campaign: string } | NotOurs> {
  const row = await linkedRow(deps, token, 'unsubscribe')
  return row ? { kind: 'offer', campaign: row.campaign } : notOurs
}

/**
 * Ends marketing mail to the address at once: suppression, withdrawn consent, event and ledger in one transaction.
 * Call it for a POST (the page's button, or RFC 8058's one click) or an `unsubscribe` mail; never for a GET or HEAD,
 * which scanners send. Again changes nothing.
 */
export async function unsubscribe(
  deps: EventSettings,
  input: { token: string; how: 'one-click' | 'page' | 'mail' },
): Promise<{ kind: 'unsubscribed' } | NotOurs> {
  const row = await linkedRow(deps, input.token, 'unsubscribe')
  if (!row) return notOurs
  const at = deps.clock()
  const { identifierId, channel } = row
  await deps.db.transaction(async (tx) => {
    await suppress(tx, [{ identifierId, channel, reason: 'unsubscribed', occurredAt: at }])
    const consent = { source: house, externalId: `${row.id}:unsubscribed`, identifierId, channel, basis: input.how }
    await recordConsents(tx, deps.clock, [{ ...consent, state: 'withdrawn', occurredAt: at }])
    await recordOnce(tx, deps.clock, row, 'message_unsubscribed', at, { how: input.how })
    await advanceRow(tx, { id: row.id, state: 'delivered', reason: 'unsubscribed', at })
  })
  return { kind: 'unsubscribed' }
}

async function linkedRow(deps: EventSettings, token: string, kind: SignedLink['kind']): Promise<LedgerRow | null> {
  const link = readLink(deps.linksKey, token)
  return link?.kind === kind ? selectLedgerRow(deps.db, link.deliveryId) : null
}

/** How a provider names a message: our own id (it came back as a tag), or the id it gave, or the Message-ID. */
export type MessageRef = { deliveryId: DeliveryId } | { providerId: string }

/**
 * What a provider tells of a message. A soft bounce is noted; a hard one and a complaint suppress the address. `failed`:
 * it will never arrive, and the address is not to blame.
 */
export type ProviderEvent =
  | { kind: 'delivered' }
  | { kind: 'bounced'; permanent: boolean; why: string }
  | { kind: 'failed'; why: string }
  | { kind: 'complained' }
  | { kind: 'replied'; subject: string }

/**
 * Records what a provider tells: event, ledger and suppression in one transaction; told twice, it counts once.
 * @param input.occurredAt when the provider says it happened
 */
export async function recordProviderEvent(
  deps: Pick<EventSettings, 'db' | 'clock'>,
  input: { message: MessageRef; occurredAt: Date; event: ProviderEvent },
): Promise<{ kind: 'recorded' } | NotOurs> {
  const { message, occurredAt, event } = input
  const row = await ('deliveryId' in message
    ? selectLedgerRow(deps.db, message.deliveryId)
    : selectByProviderId(deps.db, message.providerId))
  if (!row) return { kind: 'not-ours', why: 'No message of the ledger has this id' }
  await deps.db.transaction((tx) => applyProviderEvent(tx, deps.clock, { row, event, at: occurredAt }))
  return { kind: 'recorded' }
}

/** The same inside a transaction, of a ledger row that was found already. */
export async function applyProviderEvent(
  tx: Tx,
  clock: Clock,
  told: { row: LedgerRow; event: ProviderEvent; at: Date },
): Promise<void> {
  const { row, event, at } = told
  const { id, identifierId, channel } = row
  switch (event.kind) {
    case 'delivered':
      await advanceRow(tx, { id, state: 'delivered', reason: 'the provider delivered it', at })
      return recordOnce(tx, clock, row, 'message_delivered', at, {})
    case 'replied':
      await advanceRow(tx, { id, state: 'delivered', reason: 'replied', at })
      return recordOnce(tx, clock, row, 'message_replied', at, { subject: event.subject.slice(0, 200) })
    case 'bounced': {
      if (!event.permanent)
        return recordOnce(tx, clock, row, 'message_deferred', at, { why: scrubbed(event.why).slice(0, 300) })
      await suppress(tx, [{ identifierId, channel, reason: 'bounced', occurredAt: at }])
      await advanceRow(tx, { id, state: 'bounced', reason: scrubbed(event.why).slice(0, 300), at })
      return recordOnce(tx, clock, row, 'message_bounced', at, { why: scrubbed(event.why).slice(0, 300) })
    }
    case 'failed':
      await advanceRow(tx, { id, state: 'failed', reason: scrubbed(event.why).slice(0, 300), at })
      return recordOnce(tx, clock, row, 'message_failed', at, { why: scrubbed(event.why).slice(0, 300) })
    case 'complained':
      await suppress(tx, [{ identifierId, channel, reason: 'complained', occurredAt: at }])
      await advanceRow(tx, { id, state: 'complained', reason: 'marked as unwanted', at })
      return recordOnce(tx, clock, row, 'message_complained', at, {})
  }
}

async function recordOnce(
  tx: Tx,
  clock: Clock,
  row: LedgerRow,
  kind: string,
  occurredAt: Date,
  properties: Record<string, unknown>,
): Promise<void> {
  const event = deliveryEvent(row)
  const externalId = `${row.id}:${kind.replace('message_', '')}`
  await recordEvents(tx, clock, [{ ...event, externalId, kind, occurredAt, properties: { ...event.properties, ...properties } }]) // prettier-ignore
}
