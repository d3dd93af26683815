import { DateTime } from 'luxon'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { CampaignDefinition } from '../definition.ts'
import { countDue, countPlaces, placeDue, selectAsked, selectNewDomains, upsertMailboxDomains, type Due, type Fate } from '../queries/deliverability-places.ts' // prettier-ignore
import { lockWarmUp, selectBreakers, selectWarmUp, trippedBetween, updateWarmUp, type Sending } from '../queries/deliverability-reach.ts' // prettier-ignore
import { updateRecovery } from '../queries/deliverability-recoveries.ts'
import type { Sharing } from '../queries/switches.ts'
import { dayIn } from '../hours/window.ts'
import type { Dns } from './dns.ts'
import { knownProvider, providerByExchange } from './mailbox-provider.ts'
import { domainOf } from './outlet.ts'
import { isFree, shareOut, type Binding, type Share } from './reach.ts'
import { closeRecoveryDay, openRecovery, recoveryTotal } from './recovery.ts'
import { closeDay, type WarmUp } from './warm-up.ts'

const channel = 'email'
/** When the day's first messages go, where a campaign has no window of its own. */
const dayBegins = 8

/**
 * Asked by every claim before it takes rows. Where the sending domain is warming up, on its way back, or stopped for a
 * provider, the due rows that may leave get a place, the most engaged first, and the rest is planned for later. Claims of
 * one domain take turns here until they commit.
 * @returns the mark of the places given, which the claim must go by; null where nothing limits the domain
 */
export async function openPlaces(
  tx: Tx,
  input: { definition: CampaignDefinition; percent: number; shares: readonly Sharing[]; at: Date; zone: string },
): Promise<Date | null> {
  const { definition, percent, shares, at, zone } = input
  const sending = { domain: domainOf(definition.sender.from.address), channel }
  const known = await bindingOf(tx, sending)
  if (known === null || isFree(known)) return null
  const warmUp = await lockWarmUp(tx, sending)
  if (warmUp === null) return null
  const today = dayIn(zone, at)
  await closeOpenDay(tx, sending, warmUp, { today, zone, at })
  const binding = await bindingOf(tx, sending)
  if (binding === null || isFree(binding)) return null
  const due: Due = { campaign: definition.name, channel, percent, shares, at }
  const domains = await selectNewDomains(tx, due)
  await upsertMailboxDomains(tx, domains.map(providerNow), at)
  await placeDue(tx, due, sending, today, await fatesOf(tx, due, sending, { binding, today, zone }))
  return at
}

/** A domain that everybody knows needs no question. */
function providerNow(domain: string) {
  const provider = knownProvider(domain)
  return { domain, provider: provider ?? domain, by: provider === null ? 'asked' : 'known' } as const
}

/** What binds a domain; null where it is not counted: nothing of it ever left the house. */
export async function bindingOf(db: Queryable, sending: Sending): Promise<Binding | null> {
  const warmUp = await selectWarmUp(db, sending)
  if (warmUp === null) return null
  const breakers = await selectBreakers(db, sending)
  const recovery = await openRecovery(db, sending)
  return {
    warmUp,
    recovery: recovery && { total: recoveryTotal(recovery) },
    breakers: new Map(breakers.map((row) => [row.provider, row])),
  }
}

/** The first claim of a day says what the day before it comes to. */
async function closeOpenDay(
  tx: Tx,
  sending: Sending,
  warmUp: WarmUp,
  { today, zone, at }: { today: string; zone: string; at: Date },
): Promise<void> {
  if (warmUp.onDay < today) {
    const day = await dayOf(tx, sending, warmUp.onDay, zone)
    await updateWarmUp(tx, sending, closeDay(warmUp, today, day), at)
  }
  const recovery = await openRecovery(tx, sending)
  if (recovery === null || recovery.onDay >= today) return
  const { sent, troubled } = await dayOf(tx, sending, recovery.onDay, zone)
  const count = [...sent.values()].reduce((sum, n) => sum + n, 0)
  const next = closeRecoveryDay(recovery, today, { sent: count, troubled })
  await updateRecovery(tx, { ...recovery, ...next, endedAt: next.step === 'recovered' ? at : null })
}

async function dayOf(tx: Tx, sending: Sending, day: string, zone: string) {
  const from = DateTime.fromISO(day, { zone })
  const rows = await countPlaces(tx, sending, day, from.toJSDate())
  const troubled = await trippedBetween(tx, sending, from.toJSDate(), from.plus({ days: 1 }).toJSDate())
  return { sent: new Map(rows.map((row) => [row.provider, row.today])), troubled }
}

async function fatesOf(
  tx: Tx,
  due: Due,
  sending: Sending,
  { binding, today, zone }: { binding: Binding; today: string; zone: string },
): Promise<Fate[]> {
  const local = DateTime.fromJSDate(due.at, { zone })
  const hour = local.startOf('hour')
  const nextHour = hour.plus({ hours: 1 }).toJSDate()
  const tomorrow = local.plus({ days: 1 }).startOf('day').set({ hour: dayBegins }).toJSDate()
  const used = await countPlaces(tx, sending, today, hour.toJSDate())
  const had = { today: sum(used, 'today'), thisHour: sum(used, 'thisHour') }
  const waiting = await countDue(tx, due)
  const demands = waiting.flatMap(({ provider, due: n }) => {
    if (provider === null) return []
    const before = used.find((row) => row.provider === provider)
    return [{ provider, due: n, today: before?.today ?? 0, thisHour: before?.thisHour ?? 0 }]
  })
  const unknown: Fate = { provider: null, now: 0, later: 0, laterAt: nextHour, laterWhy: '', restAt: soon(due.at), restWhy: 'who keeps its mailbox is being looked up' } // prettier-ignore
  return [unknown, ...shareOut(binding, demands, had).map((share) => fateOf(share, nextHour, tomorrow))]
}

const sum = <Key extends string>(rows: readonly Record<Key, number>[], key: Key): number =>
  rows.reduce((total, row) => total + row[key], 0)

const soon = (at: Date): Date => new Date(at.getTime() + 5 * 60_000)

/** What nobody knows the end of is looked at again in an hour: a person may have said so by then. */
function fateOf({ provider, now, later, why, isClosed, closedUntil }: Share, nextHour: Date, tomorrow: Date): Fate {
  if (isClosed)
    return { provider, now, later, laterAt: nextHour, laterWhy: why, restAt: closedUntil ?? nextHour, restWhy: why }
  const [laterWhy, restWhy] = [`${why}: this hour’s messages to its provider are used up`, `${why}: today’s messages to its provider are used up`] // prettier-ignore
  return { provider, now, later, laterAt: nextHour, laterWhy, restAt: tomorrow, restWhy }
}

const atOnce = 20
const askedARound = 500
const askAgainAfter = 24 * 3_600_000

/**
 * Looks up who keeps the mailboxes of domains that somebody waits for. A domain whose servers cannot be asked counts as a
 * provider of its own, and is asked again a day later.
 * @returns how many were looked up
 */
export async function learnProviders({ db, clock, dns }: { db: Db; clock: Clock; dns: Dns }): Promise<number> {
  const at = clock()
  const domains = await selectAsked(db, new Date(at.getTime() - askAgainAfter), askedARound)
  for (let from = 0; from < domains.length; from += atOnce) {
    const found = await Promise.all(
      domains.slice(from, from + atOnce).map(async (domain) => {
        const mx = await dns.mx(domain)
        if (mx.kind !== 'found') return { domain, provider: domain, by: mx.kind === 'none' ? 'mx' : 'nobody' } as const
        const servers = mx.records.map(({ exchange }) => exchange)
        return { domain, provider: providerByExchange(domain, servers), by: 'mx' } as const
      }),
    )
    await upsertMailboxDomains(db, found, at)
  }
  return domains.length
}
