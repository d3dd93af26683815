import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { decideDelegated } from '#governance/agents/decide.ts'
import { delegate, takeBack } from '#governance/agents/delegate.ts'
import { isSampled } from '#governance/agents/delegation.ts'
import { setFlag } from '#governance/flags.ts'
import { stoppedClock } from '#kernel/clock.ts'
import type { DraftId, Hash, UserId } from '#kernel/ids.ts'
import { testDatabase } from '../support/database.ts'
import { addDrafts, aUser, review, reviewAlike, scope } from './agent-work.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-02T10:00:00Z'))
const deps = { db, clock }
const agent = 'copywriter'
const dayMs = 86_400_000

type Step =
  | { kind: 'review'; count: number; decision: 'approved' | 'rejected' }
  | { kind: 'again' | 'delegate' | 'switch' }
  | { kind: 'change'; of: 'prompt' | 'rules' | 'brand'; to: string }
  | { kind: 'take-back'; which: number }
  | { kind: 'days'; days: number }

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('review' as const), count: fc.integer({ min: 50, max: 101 }), decision: fc.constantFrom('approved' as const, 'rejected' as const) }) }, // prettier-ignore
    { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('delegate' as const, 'delegate' as const, 'again' as const) }) }, // prettier-ignore
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('change' as const), of: fc.constantFrom('prompt' as const, 'rules' as const, 'brand' as const), to: fc.constantFrom('first', 'second') }) }, // prettier-ignore
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('take-back' as const), which: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 1, max: 20 }) }) },
  ),
  { minLength: 8, maxLength: 18 },
)

type Versions = { prompt: string; rules: string; brand: string }
const keyOf = ({ prompt, rules, brand }: Versions): string => [prompt, rules, brand].join('/')

/** What must hold, kept in plain words beside the database: reviews by versions, and delegations with their fate. */
type Model = {
  now: Versions
  newest: Versions
  on: boolean
  reviewed: Map<string, Set<DraftId>>
  given: { hash: Hash; versions: string; until: number; takenBack: boolean }[]
}

const reviewedUnder = (model: Model, versions: Versions): number => model.reviewed.get(keyOf(versions))?.size ?? 0

function allows(model: Model, versions: Versions, at: number): boolean {
  const stands = model.given.some((one) => one.versions === keyOf(versions) && !one.takenBack && at < one.until)
  return model.on && stands && reviewedUnder(model, versions) >= 100
}

let runs = 0
const seen = { delegated: 0, review: 0 }

async function take(step: Step, model: Model, owner: UserId): Promise<void> {
  switch (step.kind) {
    case 'review': {
      const ids = await addDrafts(deps, step.count, model.now)
      model.newest = { ...model.now }
      await reviewAlike(deps, ids, owner, step.decision)
      const known = model.reviewed.get(keyOf(model.now)) ?? new Set()
      model.reviewed.set(keyOf(model.now), known.union(new Set(ids)))
      return
    }
    case 'again':
      for (const ids of model.reviewed.values()) await review(deps, [...ids].slice(0, 5), owner)
      return
    case 'change':
      model.now = { ...model.now, [step.of]: `${runs} ${step.to}` }
      return
    case 'switch':
      model.on = !model.on
      await setFlag(deps, { name: 'agent.copywriter', on: model.on, by: owner, reason: 'a test' })
      return
    case 'days':
      clock.advance(step.days * dayMs)
      return
    case 'take-back': {
      const given = model.given[step.which]
      if (!given) return
      await takeBack(deps, { hash: given.hash, by: owner, reason: 'a test' })
      given.takenBack = true
      return
    }
    case 'delegate':
      return delegating(model, owner)
  }
}

async function delegating(model: Model, owner: UserId): Promise<void> {
  const done = await delegate(deps, { agent, scope: scope({ days: 15 }), by: owner, reason: 'a test' })
  const enough = reviewedUnder(model, model.newest) >= 100
  expect(done.kind).toBe(enough && model.on ? 'delegated' : 'refused')
  if (done.kind === 'refused' || model.given.some(({ hash }) => hash === done.hash)) return
  model.given.push({ hash: done.hash, versions: keyOf(model.newest), until: done.until.getTime(), takenBack: false })
}

describe('promise 1: whatever is reviewed, delegated, changed, taken back and switched', () => {
  it('nothing is delegated unless a hundred reviews under its versions preceded and no taking back stands', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        runs += 1
        const owner = await aUser(deps, 'owner')
        const first = { prompt: `${runs} first`, rules: `${runs} first`, brand: `${runs} first` }
        const model: Model = { now: first, newest: first, on: true, reviewed: new Map(), given: [] }
        clock.advance(1000)
        await addDrafts(deps, 1, first)
        await setFlag(deps, { name: 'agent.copywriter', on: true, by: owner, reason: 'a run begins' })
        for (const step of taken) {
          clock.advance(1000)
          await take(step, model, owner)
          clock.advance(1000)
          const [id] = await addDrafts(deps, 1, model.now)
          model.newest = { ...model.now }
          const { kind } = await decideDelegated({ ...deps, audienceOf: () => Promise.resolve(1) }, { agent, id: id! })
          const may = allows(model, model.now, clock().getTime()) && !isSampled(id!, 0.1)
          expect(kind).toBe(may ? 'delegated' : 'review')
          seen[kind] += 1
        }
      }),
      { numRuns: 15, seed: 20_261_121 },
    )
    // Both answers were really met.
    expect(seen.delegated).toBeGreaterThan(10)
    expect(seen.review).toBeGreaterThan(10)
  })
})
