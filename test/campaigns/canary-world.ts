import { lookAtCanary } from '#campaigns/canary/look.ts'
import type { RolloutPlan } from '#campaigns/canary/plan.ts'
import type { Channel } from '#campaigns/channel.ts'
import { compileDraft } from '#campaigns/launch/compile.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { approved, approveRelease, type Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import {
  aBody,
  aDraft,
  addPeople,
  campaign,
  enrol,
  memoryChannel,
  readers,
  releaseBody,
  sender,
  workerOver,
} from './world.ts'

// A release that some people have, and a new one that goes out stage by stage.

export const minute = 60_000

export const plan = (change: Partial<RolloutPlan> = {}): RolloutPlan => ({
  stages: [
    { percent: 20, minSends: 40, minMinutes: 10 },
    { percent: 60, minSends: 40, minMinutes: 10 },
    { percent: 100, minSends: 0, minMinutes: 10 },
  ],
  guards: [
    { metric: 'bounce', limit: 0.02, timesFormer: 3 },
    { metric: 'unsubscribe', limit: 0.05 },
    { metric: 'error', limit: 0.05 },
  ],
  mostBetweenLooks: 30,
  errorRate: 0.01,
  ...change,
})

export async function releaseWith(rollout: RolloutPlan, subject = 'Better beans'): Promise<Approved<Release>> {
  const compiled = await compileDraft(deps, aDraft(aBody({ subject: { text: subject, citations: [] } })), {
    name: campaign,
    sender,
  })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const definition = { ...compiled.definition, rollout }
  const hash = await createRelease(deps, { name: campaign, pins: compiled.pins, definition, by: 'millrace' })
  await approveRelease(deps, { releaseHash: hash, by: owner })
  await releaseCampaign(deps, { hash, by: owner, reason: 'a better text' })
  return (await approved(db, hash))!
}

/** A former release that went to some people, and a new one for the others. */
export async function canaryOver(others: number, rollout = plan()) {
  const people = await addPeople(db, clock, readers(40 + others))
  const old = await releaseBody(deps, owner)
  await enrol(deps, old, people.slice(0, 40))
  await tick(workerOver(db, memoryChannel().channel, clock))
  clock.advance(minute)
  const fresh = await releaseWith(rollout)
  await enrol(deps, fresh, people)
  return { old, fresh, people }
}

export const round = async (channel: Channel): Promise<number> => {
  clock.advance(minute)
  return (await tick(workerOver(db, channel, clock))).sent
}
export const look = async () => {
  clock.advance(minute)
  return lookAtCanary(deps, campaign)
}

export const sentWith = async (hash: Hash): Promise<number> => {
  const rows = await db.query<{ n: number }>(sql`select count(*) as n from campaigns.deliveries
    where release_hash = ${hash} and state in ('sent', 'delivered', 'bounced', 'complained')`)
  return rows[0]!.n
}

export const bouncesEvery = (nth: number) => {
  const memory = memoryChannel()
  let left = 0
  memory.answers((message) => (left++ % nth === 0 ? { kind: 'refused', why: '550 no such user', addressDead: true } : { kind: 'sent', providerId: message.messageId })) // prettier-ignore
  return memory
}
