import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type Hash, type UserId } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { Release } from '#governance/release.ts'
import { liveRelease, releaseByHash, releaseHistory } from '#governance/releases.ts'
import { inWords, untrueNow, type Untrue } from './citations.ts'
import { definitionOf } from '../definition.ts'
import {
  countPlannedBefore, insertHold, lockHold, selectBinding, selectHolds, updateFindings, updateLifted, type Hold,
  type HoldId, type HoldRule,
} from '../queries/holds.ts' // prettier-ignore

export type { Hold, HoldId } from '../queries/holds.ts'

type Deps = { db: Db; clock: Clock }

/** What stands against sending a release: an open hold, or sentences that became untrue and nobody accepted yet. */
export type Against = { kind: 'held'; why: string } | { kind: 'untrue'; findings: Untrue[] }

/**
 * Asked in the transaction of every claim, and of every group before its first byte. Whatever begins after a hold or a
 * change of a fact committed sees it here.
 */
export async function standsAgainst(db: Queryable, release: Release, at: Date): Promise<Against | null> {
  const holds = await selectBinding(db, release.name, release.hash)
  const open = holds.find((hold) => hold.liftedAt === null)
  if (open) return { kind: 'held', why: `Held: ${open.why}` }
  const findings = notAccepted(await untrueNow(db, definitionOf(release), at), holds)
  return findings.length === 0 ? null : { kind: 'untrue', findings }
}

/** What nobody said yes to: a lifted hold accepts what it listed, for its release. */
export function notAccepted(findings: readonly Untrue[], holds: readonly Hold[]): Untrue[] {
  if (findings.length === 0) return []
  const lifted = holds.filter((hold) => hold.liftedAt !== null)
  const accepted = new Set(lifted.flatMap((hold) => hold.findings.map(({ key }) => key)))
  return findings.filter(({ key }) => !accepted.has(key))
}

/** The holds that bind a release, and those of it that were lifted. */
export const holdsBinding = (db: Queryable, release: Pick<Release, 'name' | 'hash'>): Promise<Hold[]> =>
  selectBinding(db, release.name, release.hash)

/** Why a release may not be claimed now, or null. Sentences that became untrue hold the campaign with the same commit. */
export async function heldAtClaim(tx: Tx, clock: Clock, release: Release): Promise<string | null> {
  const against = await standsAgainst(tx, release, clock())
  if (against?.kind !== 'untrue') return against?.why ?? null
  const why = inWords(against.findings)
  await placeHold(tx, clock, { release, rule: 'facts', why, findings: against.findings })
  return `Held: ${why}`
}

/**
 * Holds a release for its copy; one that is held for the same rule already goes on with what is found now. Nothing found
 * places no hold, and takes none away.
 */
export async function placeHold(
  tx: Tx,
  clock: Clock,
  input: { release: Release; rule: Exclude<HoldRule, 'by-hand'>; why: string; findings: readonly Untrue[] },
): Promise<void> {
  const { release, rule, findings } = input
  const open = (await holdsBinding(tx, release)).find((hold) => hold.rule === rule && hold.liftedAt === null)
  const why = findings.length === 0 && open ? open.why : input.why
  if (open) {
    if (keysOf(open.findings) !== keysOf(findings)) await updateFindings(tx, open.id, { why, findings })
  } else if (findings.length > 0) {
    await begin(tx, clock, { campaign: release.name, releaseHash: release.hash, rule, why, findings: [...findings], by: 'millrace' }) // prettier-ignore
  }
}

async function begin(
  tx: Tx,
  clock: Clock,
  hold: Pick<Hold, 'campaign' | 'releaseHash' | 'rule' | 'why' | 'findings'> & { by: Actor },
): Promise<HoldId | null> {
  const { by, ...rest } = hold
  const id = await insertHold(tx, { ...rest, id: newId<'hold'>(clock), placedAt: clock(), placedBy: by })
  const { campaign: subject, rule, releaseHash } = hold
  if (id) await appendAudit(tx, clock, { actor: by, action: 'campaign.held', subject, detail: { hold: id, rule, releaseHash } }) // prettier-ignore
  return id
}

/** A person's stop of one campaign, whatever release of it is live, until somebody lifts it. */
export async function holdCampaign(
  deps: Deps,
  input: { campaign: string; by: Actor; reason: string },
): Promise<{ kind: 'held' } | Refused<'unknown-campaign' | 'no-reason' | 'already-held' | 'not-permitted'>> {
  const { campaign, by } = input
  const why = input.reason.trim().slice(0, 500)
  if (why === '') return { kind: 'refused', rule: 'no-reason', why: 'Say why: whoever lifts the hold reads it' }
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'campaign.rollback')
    if (refused) return refused
    if ((await releaseHistory(tx, campaign)).length === 0)
      return { kind: 'refused', rule: 'unknown-campaign', why: `Nothing of "${campaign}" was ever released` }
    const id = await begin(tx, deps.clock, { campaign, releaseHash: null, rule: 'by-hand', why, findings: [], by })
    return id
      ? { kind: 'held' }
      : { kind: 'refused', rule: 'already-held', why: 'Somebody holds this campaign already' }
  })
}

/** A hold as it stands now. */
export type Standing = Hold & {
  /** Everything it was placed for is true again: it may be lifted without a second thought. */
  mended: boolean
  /** What whoever lifts it has read. */
  seen: Hash
}

/** The open holds of a campaign that bind what is live, with what is wrong at this moment. */
export async function openHolds({ db, clock }: Deps, campaign: string): Promise<Standing[]> {
  const live = await liveRelease(db, campaign)
  const holds = (await selectHolds(db, campaign)).filter((hold) => hold.liftedAt === null)
  const binding = holds.filter((hold) => hold.releaseHash === null || hold.releaseHash === live?.hash)
  return Promise.all(binding.map((hold) => standing(db, hold, clock())))
}

async function standing(db: Queryable, hold: Hold, at: Date): Promise<Standing> {
  const findings = await findingsNow(db, hold, at)
  const mended = hold.rule !== 'by-hand' && findings.length === 0
  return { ...hold, findings, mended, seen: hashOf({ hold: hold.id, keys: keysOf(findings) }) }
}

/** What a hold is for at this moment: facts are asked again, other findings stand until the guards run again. */
async function findingsNow(db: Queryable, hold: Hold, at: Date): Promise<Untrue[]> {
  const release = hold.rule === 'facts' && hold.releaseHash !== null && (await releaseByHash(db, hold.releaseHash))
  if (!release) return hold.findings
  return notAccepted(await untrueNow(db, definitionOf(release), at), await holdsBinding(db, release))
}

const keysOf = (findings: readonly Untrue[]): string =>
  findings
    .map(({ key }) => key)
    .toSorted()
    .join('\n')

/** Every hold of a campaign, newest first; without one, the open holds of all. */
export const holdsOf = (db: Queryable, campaign: string | null): Promise<Hold[]> => selectHolds(db, campaign)

type LiftRule = 'unknown-hold' | 'no-reason' | 'changed' | 'not-permitted'

/**
 * Lifts a hold, never by itself: who may approve takes on them what it lists, and it is accepted for that release until
 * something else becomes untrue. Says how many messages are too late by now and will end as expired.
 * @param input.seen what they read (`Standing.seen`); where something else holds by now, they must read again
 */
export async function liftHold(
  deps: Deps,
  input: { id: HoldId; campaign: string; by: UserId; reason: string; seen: string },
): Promise<{ kind: 'lifted'; tooLate: number } | Refused<LiftRule>> {
  const reason = input.reason.trim().slice(0, 500)
  if (reason === '') return { kind: 'refused', rule: 'no-reason', why: 'Say why it may go on: the reason is kept' }
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'campaign.approve')
    if (refused) return refused
    const hold = await lockHold(tx, input.id)
    if (hold?.campaign !== input.campaign)
      return { kind: 'refused', rule: 'unknown-hold', why: 'There is no such hold, or somebody lifted it already' }
    const now = await standing(tx, hold, deps.clock())
    if (now.seen !== input.seen)
      return { kind: 'refused', rule: 'changed', why: 'Something else is untrue since you read it: read it again' }
    await updateFindings(tx, hold.id, { why: hold.why, findings: now.findings })
    await updateLifted(tx, hold.id, { at: deps.clock(), by: input.by, reason })
    await auditLift(tx, deps.clock, hold, input.by, now.mended)
    return { kind: 'lifted', tooLate: await tooLate(tx, hold.campaign, deps.clock()) }
  })
}

async function auditLift(tx: Tx, clock: Clock, hold: Hold, by: Actor, mended: boolean): Promise<void> {
  const { id, rule, releaseHash } = hold
  const detail = { hold: id, rule, releaseHash, mended }
  await appendAudit(tx, clock, { actor: by, action: 'campaign.hold-lifted', subject: hold.campaign, detail })
}

const hourMs = 3_600_000

/** Planned messages of a campaign that may not leave any more: their time ran out while they were held. */
export async function tooLate(db: Queryable, campaign: string, at: Date): Promise<number> {
  const live = await liveRelease(db, campaign)
  if (!live) return 0
  const { expireAfterHours } = definitionOf(live).limits
  return countPlannedBefore(db, campaign, new Date(at.getTime() - expireAfterHours * hourMs))
}
