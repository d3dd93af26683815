import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { recordConsents, suppress } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { machineLabel, type Visit } from './bots.ts'
import type { ChannelName } from '../channel.ts'
import { copyFor, definitionOf, purposeOf } from '../definition.ts'
import { endOfDetour } from '../delivery/detours.ts'
import { armsOfMessages } from '../experiments/contents.ts'
import { recordOnce, wayOf } from '../delivery/ledger-events.ts'
import { readLink, withCampaign } from '../render/links.ts'
import { deliveryEvent, house } from '../delivery/outbox.ts'
import { advanceRow, selectWay, type LedgerRow } from '../queries/ledger-rows.ts'
import { selectShortLink } from '../queries/short-links.ts'
import { linksOf } from '../render/variant.ts'
import { isCode } from '../render/short-links.ts'

export type EventSettings = { db: Db; clock: Clock; linksKey: Uint8Array }

/** A link, or an id, that is none of a message of ours. */
export type NotOurs = { kind: 'not-ours'; why: string }
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

/** Where a link leads, and the address it was sent to; null of a link that is everybody's. */
export type Followed = { kind: 'redirect'; url: string; identifierId: IdentifierId | null; machine: string | null }

/** A link of a message was followed. `url` is one of the release's own links and nothing else, so nobody is led astray. */
export async function recordClick(
  deps: EventSettings,
  input: { token: string; visit: Visit },
): Promise<Followed | NotOurs> {
  const link = readLink(deps.linksKey, input.token)
  return link?.kind === 'click' ? followed(deps, { channel: 'email', ...link }, input.visit) : notOurs
}

/** A short link of a text was followed; one that is everybody's tells nothing of anybody. */
export async function recordShortClick(
  deps: Pick<EventSettings, 'db' | 'clock'>,
  { code, visit }: { code: string; visit: Visit },
): Promise<Followed | NotOurs> {
  const to = isCode(code) ? await selectShortLink(deps.db, code) : null
  if (to === null) return notOurs
  if ('target' in to) return { kind: 'redirect', url: to.target, identifierId: null, machine: machineLabel(visit) }
  return followed(deps, to, visit)
}

async function followed(
  deps: Pick<EventSettings, 'db' | 'clock'>,
  { deliveryId, channel, index }: { deliveryId: DeliveryId; channel: ChannelName; index: number },
  by: Visit,
): Promise<Followed | NotOurs> {
  const row = await selectWay(deps.db, deliveryId, channel)
  if (!row) return notOurs
  const target = await targetOf(deps.db, row, index)
  if (target === null) return { kind: 'not-ours', why: 'The message has no such link' }
  const machine = machineLabel(by)
  const visit = { kind: 'message_clicked', machine, properties: { url: target, link: index } }
  await deps.db.transaction((tx) => recordVisit(tx, deps.clock, row, visit))
  const url = withCampaign(target, row.campaign, row.stepKey, row.channel)
  return { kind: 'redirect', url, identifierId: row.identifierId, machine }
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
  await recordEvents(tx, clock, [{ ...event, externalId: `${row.id}:${wayOf(row)}${which}`, kind: visit.kind, occurredAt: clock(), properties }]) // prettier-ignore
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
 * Ends marketing mail to the address at once, and what it asked for too where it leaves such a message: suppression, withdrawn consent, event and ledger in one transaction.
 * Call it for a POST (the page's button, or RFC 8058's one click) or an `unsubscribe` mail; never for a GET or HEAD,
 * which scanners send. Again changes nothing.
 */
export async function unsubscribe(
  deps: EventSettings,
  input: { token: string; how: 'one-click' | 'page' | 'mail' },
): Promise<{ kind: 'unsubscribed' } | NotOurs> {
  const row = await linkedRow(deps, input.token, 'unsubscribe')
  if (!row) return notOurs
  await deps.db.transaction((tx) => unsubscribeBy(tx, deps.clock, { row, how: input.how }))
  return { kind: 'unsubscribed' }
}

/** The same for the message of a link that was read, in the transaction of who read it. */
export async function unsubscribeBy(
  tx: Tx,
  clock: Clock,
  { row, how }: { row: LedgerRow; how: 'one-click' | 'page' | 'mail' },
): Promise<void> {
  const at = clock()
  const { identifierId, channel } = row
  // What its reader asked for passes over the end of marketing: who leaves such a message leaves by a stronger word.
  const release = row.releaseHash && (await releaseByHash(tx, row.releaseHash))
  const reason = release && purposeOf(definitionOf(release)) === 'transactional' ? 'blocked' : 'unsubscribed'
  await suppress(tx, [{ identifierId, channel, reason, occurredAt: at }])
  const consent = { source: house, externalId: `${row.id}:unsubscribed`, identifierId, channel, basis: how }
  await recordConsents(tx, clock, [{ ...consent, state: 'withdrawn', occurredAt: at }])
  await recordOnce(tx, clock, row, 'message_unsubscribed', at, { how })
  await advanceRow(tx, { row, state: 'delivered', reason: 'unsubscribed', at })
  await endOfDetour(tx, { row, reason: 'unsubscribed from the message before', at })
}

/** The mail that carried a link: none but mails have a pixel, or a link to leave by. */
export async function linkedRow(
  deps: Pick<EventSettings, 'db' | 'linksKey'>,
  token: string,
  kind: 'open' | 'unsubscribe',
): Promise<LedgerRow | null> {
  const link = readLink(deps.linksKey, token)
  return link?.kind === kind ? selectWay(deps.db, link.deliveryId, 'email') : null
}
