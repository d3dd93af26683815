import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { before, liveRelease, releaseHistory, rollback, setRollout, type LiveRelease } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import { placeHold } from '../content/holds.ts'
import {
  countConverted, countOutcomes, countSince, keepCanary, selectDeclared, waitsWithin, type Canary,
  type Counted,
} from '../queries/canaries.ts' // prettier-ignore
import { canaryOf, holdOf } from './allowance.ts'
import { decide, type Decision, type Tallies } from './decide.ts'
import type { RolloutPlan } from './plan.ts'

type Deps = { db: Db; clock: Clock }

/** What a look at a rollout came to. `rolled-back` and `held`: a guard was breached, and somebody should hear of it. */
export type Looked = {
  campaign: string
  kind: 'begun' | 'waits' | 'advances' | 'finished' | 'rolled-back' | 'held'
  why: string
}

const by = 'millrace'

/**
 * Looks at every rollout under way and moves it on, leaves it, or takes it back. Nothing happens twice. One that cannot be looked
 * at holds up no other: its fault is thrown behind them.
 */
export async function lookAtCanaries(deps: Deps): Promise<Looked[]> {
  const looked: Looked[] = []
  const faults: unknown[] = []
  for (const campaign of await selectDeclared(deps.db)) {
    const one = await lookAtCanary(deps, campaign).catch((fault: unknown) => void faults.push(fault))
    if (one) looked.push(one)
  }
  if (faults.length > 0) throw faults[0]
  return looked
}

/**
 * Looks at the rollout of what is live of a campaign; null where there is none, or it is over. Each look lets the next
 * messages leave, so that where nobody looks nothing goes on.
 */
export async function lookAtCanary(deps: Deps, campaign: string): Promise<Looked | null> {
  const live = await liveRelease(deps.db, campaign)
  const plan = live && definitionOf(live).rollout
  if (!live || !plan) return null
  const canary = await canaryOf(deps.db, live)
  if (canary === null) return begin(deps, live, plan)
  if (canary.state === 'finished') return null
  if (canary.state === 'breached') return takeBack(deps, live, canary)
  const at = deps.clock()
  const now = live.percent === canary.percent ? canary : { ...canary, percent: live.percent, stageSince: at }
  return act(
    deps,
    live,
    { ...now, lookedAt: at },
    decide({ plan, at, ...now, ...(await seen(deps.db, live, now, at)) }),
  )
}

async function begin(deps: Deps, live: LiveRelease, plan: RolloutPlan): Promise<Looked> {
  const { percent } = plan.stages[0]!
  const why = `begins with ${percent} %`
  await setRollout(deps, { hash: live.hash, percent, by, reason: 'the first stage of its rollout' })
  const at = deps.clock()
  const fresh = { begunAt: at, stageSince: at, lookedAt: at, state: 'under-way' as const, readings: [] }
  await keepCanary(deps.db, { campaign: live.name, releaseHash: live.hash, percent, why, ...fresh })
  return { campaign: live.name, kind: 'begun', why }
}

/** Of the release before as many claims as tell its rates. */
const formerClaims = 400

async function seen(db: Queryable, live: LiveRelease, canary: Canary, at: Date) {
  const former = before(await releaseHistory(db, live.name), live.hash)
  const counted = { campaign: live.name, releaseHash: live.hash, since: canary.begunAt, newest: null }
  const past = { campaign: live.name, since: new Date(0), newest: formerClaims }
  return {
    stageSends: await countSince(db, live.hash, canary.stageSince),
    waiting: await waitsWithin(db, live.name, canary.percent, waitingUntil(live, canary, at)),
    tallies: await talliesOf(db, live, counted, at),
    former: former === undefined ? null : await talliesOf(db, live, { ...past, releaseHash: former }, at),
  }
}

/**
 * Who waits for their hour, or their provider's day, is waited for, but no stage takes so long that those of the last would
 * expire meanwhile.
 */
function waitingUntil(live: LiveRelease, { stageSince }: Canary, at: Date): Date {
  const { rollout, limits } = definitionOf(live)
  const patienceMs = (limits.expireAfterHours * 3_600_000) / (rollout!.stages.length + 1)
  return new Date(Math.max(at.getTime(), stageSince.getTime() + patienceMs))
}

const usualHours = 24

async function talliesOf(db: Queryable, live: LiveRelease, counted: Counted, at: Date): Promise<Tallies> {
  const counts = await countOutcomes(db, counted)
  const { goalReachedBy, rollout } = definitionOf(live)
  const hours = rollout?.guards.find(({ metric }) => metric === 'conversion')?.withinHours ?? usualHours
  const conversion = goalReachedBy
    ? await countConverted(db, { ...counted, occasion: goalReachedBy, hours, at })
    : { hits: 0, tries: 0 }
  return {
    bounce: { hits: counts.bounced, tries: counts.left },
    complaint: { hits: counts.complained, tries: counts.left },
    unsubscribe: { hits: counts.unsubscribed, tries: counts.left },
    error: { hits: counts.failed, tries: counts.asked },
    guardrail: { hits: counts.stopped, tries: counts.claimed },
    conversion,
  }
}

async function act(deps: Deps, live: LiveRelease, canary: Canary, decision: Decision): Promise<Looked | null> {
  const { why, readings } = decision
  const looked = { ...canary, why, readings }
  switch (decision.kind) {
    case 'waits':
      await keepCanary(deps.db, looked)
      break
    case 'finished':
      await end(deps, { ...looked, state: 'finished' })
      break
    case 'breached': {
      const breached: Canary = { ...looked, state: 'breached' }
      await end(deps, breached)
      return takeBack(deps, live, breached)
    }
    case 'advances': {
      const { percent } = decision
      await setRollout(deps, { hash: live.hash, percent, by, reason: why })
      await keepCanary(deps.db, { ...looked, percent, stageSince: looked.lookedAt })
      break
    }
  }
  return { campaign: canary.campaign, kind: decision.kind, why }
}

async function end({ db, clock }: Deps, canary: Canary): Promise<void> {
  await db.transaction(async (tx) => {
    await keepCanary(tx, canary)
    const guards = Object.fromEntries(canary.readings.map(({ metric, hits, tries }) => [metric, { hits, tries }]))
    const detail = { percent: canary.percent, guards }
    await appendAudit(tx, clock, { actor: by, action: `rollout.${canary.state}`, subject: canary.releaseHash, detail })
  })
}

/**
 * Brings back what was live before; where there is nothing to go back to, the campaign is held. What a person moved or
 * lifted since stands. Again, after a kill, it finds what is done.
 */
async function takeBack(deps: Deps, live: LiveRelease, canary: Canary): Promise<Looked | null> {
  if (await holdOf(deps.db, live, canary)) return null
  const { campaign, why } = canary
  const back = await rollback(deps, { name: campaign, from: live.hash, by, reason: `rollout taken back: ${why}` })
  if (back.kind === 'rolled-back') return { campaign, kind: 'rolled-back', why }
  if (back.rule === 'moved-on') return null
  await deps.db.transaction((tx) => placeHold(tx, deps.clock, { release: live, rule: 'rollout', why, findings: [findingOf(canary)] })) // prettier-ignore
  return { campaign, kind: 'held', why }
}

const findingOf = ({ begunAt, why }: Canary) => ({
  key: `rollout ${begunAt.toISOString()}`,
  stepKey: '',
  where: '',
  said: 'This version',
  why: `was stopped in its rollout: ${why}`,
  now: null,
  since: null,
})
