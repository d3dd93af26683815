import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { UserId } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { campaignReleases } from '../content/copy.ts'
import { definitionOf } from '../definition.ts'
import { upsertMailboxDomains } from '../queries/deliverability-places.ts'
import {
  insertWarmUp, lockWarmUp, noteRelease, selectBreakers, selectSendings, updateWarmUp, upsertBreakers, type BreakerRow,
  type Sending,
} from '../queries/deliverability-reach.ts' // prettier-ignore
import { selectCounts, selectSendingDays } from '../queries/deliverability-reputation.ts'
import { dayIn } from '../hours/window.ts'
import { closed, nextBreaker, released, type Breaker, type Counts } from './breaker.ts'
import { bigProviders, knownProvider } from './mailbox-provider.ts'
import { domainOf } from './outlet.ts'
import { cold } from './warm-up.ts'

const dayMs = 24 * 3_600_000
const none: Counts = { sent: 0, bounced: 0, complained: 0, deferred: 0 }
/** A domain that this house sent from on so many of the last 30 days is known out there. */
const warmAfterDays = 14

/**
 * Begins to count a domain that mail leaves from: cold, unless this house has been sending from it. Call it before the
 * first message of a process leaves; again it changes nothing.
 */
export async function countDomain(
  { db, clock, zone }: { db: Db; clock: Clock; zone: string },
  sending: Sending,
): Promise<'counted' | 'known'> {
  const at = clock()
  const campaigns = await campaignsOf(db, sending.domain)
  const days = await selectSendingDays(db, { campaigns, channel: sending.channel, since: new Date(at.getTime() - 30 * dayMs) }) // prettier-ignore
  const state = cold(dayIn(zone, at))
  const graduated = days >= warmAfterDays ? `it was sent from on ${days} of the last 30 days` : null
  return (await insertWarmUp(db, sending, { ...state, graduated }, at)) ? 'counted' : 'known'
}

/** A person's word that a domain is known to the providers: it was sent from elsewhere. */
export async function declareWarm(
  { db, clock }: { db: Db; clock: Clock },
  { by, reason, ...sending }: Sending & { by: UserId; reason: string },
): Promise<{ kind: 'warm' } | Refused<'not-permitted' | 'no-reason' | 'unknown-domain'>> {
  const why = reason.trim().slice(0, 500)
  if (why === '') return { kind: 'refused', rule: 'no-reason', why: 'Say from where it was sent: the reason is kept' }
  return db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'sending.start')
    if (refused) return refused
    const state = await lockWarmUp(tx, sending)
    if (!state) return { kind: 'refused', rule: 'unknown-domain', why: 'Nothing leaves from this domain' }
    await updateWarmUp(tx, sending, { ...state, graduated: why }, clock())
    await appendAudit(tx, clock, { actor: by, action: 'warm-up.ended', subject: sending.domain, detail: { why } })
    return { kind: 'warm' }
  })
}

/** The campaigns that send from a domain. */
export async function campaignsOf(db: Queryable, domain: string): Promise<string[]> {
  const releases = await campaignReleases(db)
  const theirs = releases.filter((release) => domainOf(definitionOf(release).sender.from.address) === domain)
  return [...new Set(theirs.map(({ name }) => name))]
}

/**
 * Looks at what the last 24 hours brought, provider by provider, and moves the breakers. To be run every minute, by one
 * process at a time.
 * @returns the breakers that moved
 */
export async function lookAtReputation(deps: {
  db: Db
  clock: Clock
}): Promise<(Sending & { provider: string; breaker: Breaker })[]> {
  const moved: (Sending & { provider: string; breaker: Breaker })[] = []
  for (const sending of await selectSendings(deps.db)) {
    for (const one of await lookAt(deps, sending)) moved.push({ ...sending, ...one })
  }
  return moved
}

async function lookAt(
  { db, clock }: { db: Db; clock: Clock },
  sending: Sending,
): Promise<{ provider: string; breaker: Breaker }[]> {
  const at = clock()
  const campaigns = await campaignsOf(db, sending.domain)
  const since = new Date(at.getTime() - dayMs)
  const known = await breakersOf(db, sending)
  const count = () => selectCounts(db, { ...sending, campaigns, since, forgiving: true })
  const first = await count()
  await askAbout(db, first.map(({ provider }) => provider), at) // prettier-ignore
  const isNew = first.some(({ provider }) => knownProvider(provider) !== null)
  const counted = new Map((isNew ? await count() : first).map((row) => [row.provider, row]))
  return db.transaction(async (tx) => {
    await lockWarmUp(tx, sending)
    const before = await breakersOf(tx, sending)
    // Of whom somebody let go meanwhile what was before was counted: the next look tells.
    const isAsKnown = (provider: string): boolean => +(before.get(provider)?.countsFrom ?? 0) === +(known.get(provider)?.countsFrom ?? 0) // prettier-ignore
    const providers = [...new Set([...before.keys(), ...counted.keys()])].filter(isAsKnown)
    const rows = providers.map((provider): BreakerRow => {
      const counts = counted.get(provider) ?? none
      const { sent, bounced, complained, deferred } = counts
      const breaker = nextBreaker(before.get(provider) ?? closed(at), counts, at)
      return { ...breaker, provider, sent, bounced, complained, deferred, lookedAt: at }
    })
    await upsertBreakers(tx, sending, rows)
    return rows.flatMap((row) => ((before.get(row.provider)?.state ?? 'go') === row.state ? [] : [{ provider: row.provider, breaker: row }])) // prettier-ignore
  })
}

const breakersOf = async (db: Queryable, sending: Sending): Promise<Map<string, BreakerRow>> =>
  new Map((await selectBreakers(db, sending)).map((row) => [row.provider, row]))

/** A domain that is a provider of its own may be kept by a large one: it is looked up, and counts there from then on. */
const askAbout = (db: Queryable, providers: readonly string[], at: Date): Promise<void> =>
  upsertMailboxDomains(
    db,
    providers
      .filter((provider) => !bigProviders.some((big) => big === provider))
      .map((domain) => {
        const known = knownProvider(domain)
        return { domain, provider: known ?? domain, by: known === null ? ('asked' as const) : ('known' as const) }
      }),
    at,
  )

/** Lets a stopped provider be tried again: only what comes counts. */
export async function releaseBreaker(
  { db, clock }: { db: Db; clock: Clock },
  input: Sending & { provider: string; by: UserId; reason: string },
): Promise<{ kind: 'released' } | Refused<'not-permitted' | 'no-reason' | 'not-stopped'>> {
  const reason = input.reason.trim().slice(0, 500)
  if (reason === '') return { kind: 'refused', rule: 'no-reason', why: 'Say what was mended: the reason is kept' }
  const { domain, channel, provider, by } = input
  return db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'sending.start')
    if (refused) return refused
    await lockWarmUp(tx, { domain, channel })
    const row = (await selectBreakers(tx, { domain, channel })).find((one) => one.provider === provider)
    if (!row || row.state === 'go') return { kind: 'refused', rule: 'not-stopped', why: 'Nothing stops this provider' }
    await letGo(tx, { domain, channel }, [row], { at: clock(), by, reason })
    await appendAudit(tx, clock, { actor: by, action: 'breaker.released', subject: domain, detail: { provider, was: row.state, why: row.why } }) // prettier-ignore
    return { kind: 'released' }
  })
}

type Release = { at: Date; by: Actor; reason: string }

/** Releases every stopped provider of a domain, as a part of something larger that is audited. */
export async function releaseStopped(tx: Tx, sending: Sending, word: Release): Promise<void> {
  const stopped = (await selectBreakers(tx, sending)).filter(({ state }) => state === 'stop')
  if (stopped.length > 0) await letGo(tx, sending, stopped, word)
}

async function letGo(
  tx: Tx,
  sending: Sending,
  rows: readonly BreakerRow[],
  { at, by, reason }: Release,
): Promise<void> {
  await upsertBreakers(
    tx,
    sending,
    rows.map((row) => ({ ...row, ...released(at), ...none, lookedAt: at })),
  )
  for (const { provider } of rows) await noteRelease(tx, { ...sending, provider, by, reason })
}
