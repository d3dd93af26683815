import { scrubbed } from '#kernel/log.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { recordConsents, suppress } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { machineLabel, type Visit } from './bots.ts'
import { refund } from './caps.ts'
import type { ChannelName } from './channel.ts'
import { copyFor, definitionOf, type CampaignDefinition } from './definition.ts'
import { armsOfMessages } from './experiments/contents.ts'
import { detour, whoseJourneyGoesOn } from './detours.ts'
import { readLink, withCampaign } from './links.ts'
import { deliveryEvent, house } from './outbox.ts'
import { planAgain } from './queries/channel-addresses.ts'
import {
  advanceRow,
  selectByProviderId,
  selectLedgerRow,
  selectMailedRow,
  type LedgerRow,
} from './queries/ledger-rows.ts'
import { updateProved } from './queries/way-out.ts'
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
  return { kind: 'redirect', url: withCampaign(target, row.campaign, row.stepKey, row.channel), machine }
}

async function targetOf(db: Db, row: LedgerRow, index: number): Promise<string | null> {
  const release = row.releaseHash && (await releaseByHash(db, row.releaseHash))
  if (!release) return null
  const definition = definitionOf(release)
  const arm = (await armsOfMessages(db, definition, [row.id])).get(row.id)
  const copy = copyFor(definition, row.stepKey, row.channel, arm)
  return copy ? (linksOf(copy.content)[index] ?? null) : null
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
  if (visit.machine === null) await advanceRow(tx, { row, state: 'delivered', reason: visit.kind, at: clock() })
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
    await advanceRow(tx, { row, state: 'delivered', reason: 'unsubscribed', at })
  })
  return { kind: 'unsubscribed' }
}

/** The mail that carried a link: none but mails have a pixel, or a link to leave by. */
async function linkedRow(deps: EventSettings, token: string, kind: 'open' | 'unsubscribe'): Promise<LedgerRow | null> {
  const link = readLink(deps.linksKey, token)
  return link?.kind === kind ? selectMailedRow(deps.db, link.deliveryId) : null
}

/** How a provider names a message: our own id (it came back as a tag), or the id it gave, or the Message-ID. */
export type MessageRef = { deliveryId: DeliveryId } | { providerId: string }

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
 * @param input.channel what it speaks of: word of a channel that the message left since is not its own any more
 */
export async function recordProviderEvent(
  deps: Pick<EventSettings, 'db' | 'clock'>,
  input: { message: MessageRef; occurredAt: Date; event: ProviderEvent; channel?: ChannelName },
): Promise<{ kind: 'recorded' } | NotOurs> {
  const { message, occurredAt, event, channel } = input
  const row = await ('deliveryId' in message
    ? selectLedgerRow(deps.db, message.deliveryId)
    : selectByProviderId(deps.db, message.providerId))
  if (!row) return withoutRow(deps.db, input)
  if (channel !== undefined && row.channel !== channel)
    return { kind: 'not-ours', why: `The message does not go by ${channel} any more` }
  await deps.db.transaction((tx) => applyProviderEvent(tx, deps.clock, { row, event, at: occurredAt }))
  return { kind: 'recorded' }
}

/** Behind the test of a way out stands no row of the ledger: that it was delivered proves the way. */
async function withoutRow(
  db: Db,
  { message, event, occurredAt }: { message: MessageRef; occurredAt: Date; event: ProviderEvent },
): Promise<{ kind: 'recorded' } | NotOurs> {
  const proves = event.kind === 'delivered' && 'deliveryId' in message
  if (proves && (await updateProved(db, { id: message.deliveryId, at: occurredAt, by: 'provider' })))
    return { kind: 'recorded' }
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
      const was = await advanceRow(tx, { row, state: 'bounced', reason: why, at })
      await recordOnce(tx, clock, row, 'message_bounced', at, { why })
      return goOtherwise(tx, clock, { row, was, why })
    }
    case 'failed':
      await advanceRow(tx, { row, state: 'failed', reason: scrubbed(event.why).slice(0, 300), at })
      return recordOnce(tx, clock, row, 'message_failed', at, { why: scrubbed(event.why).slice(0, 300) })
    case 'complained':
      await suppress(tx, [{ identifierId, channel, reason: 'complained', occurredAt: at }])
      await advanceRow(tx, { row, state: 'complained', reason: 'marked as unwanted', at })
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
  if (event.kind === 'unwanted') await suppress(tx, [{ identifierId, channel, reason: 'blocked', occurredAt: at }])
  const was = await advanceRow(tx, { row, state: 'failed', reason: why, at })
  await recordOnce(tx, clock, row, 'message_failed', at, { why })
  if (event.kind === 'undeliverable') await goOtherwise(tx, clock, { row, was, why })
}

const definitionFor = async (tx: Tx, { releaseHash }: LedgerRow): Promise<CampaignDefinition | null> => {
  const release = releaseHash === null ? null : await releaseByHash(tx, releaseHash)
  return release && definitionOf(release)
}

/**
 * Takes a row that reached nobody on to the next channel of its step, where it has one.
 * @param told.was the state that this word moved it out of: who had it delivered has it, whatever bounces later
 */
async function goOtherwise(
  tx: Tx,
  clock: Clock,
  { row, was, why }: { row: LedgerRow; was: string | null; why: string },
): Promise<void> {
  const definition = was === null || was === 'delivered' ? null : await definitionFor(tx, row)
  if (definition) await detour(tx, clock, { definition, from: row.channel, rows: [{ id: row.id, why }] })
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
  const way = row.channel === 'email' ? '' : `${row.channel}:`
  const externalId = `${row.id}:${way}${kind.replace('message_', '')}`
  await recordEvents(tx, clock, [{ ...event, externalId, kind, occurredAt, properties: { ...event.properties, ...properties } }]) // prettier-ignore
}
