import { hashOf } from '#kernel/crypto.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type UserId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { approved, approveRelease, type Approved } from '#governance/approvals.ts'
import type { DraftBody } from '#rag/draft.ts'
import type { Release } from '#governance/release.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { compileDraft } from '#campaigns/launch/compile.ts'
import { campaignDefinition, type CampaignDefinition } from '#campaigns/definition.ts'
import type { ChannelName } from '#campaigns/channel.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import type { Knowing } from '#campaigns/journeys/enter.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { silentLog } from '#kernel/log.ts'
import type { z } from 'zod'
import { aBody, aDraft, campaign, memoryChannel, sender, workerOver, type Person } from './world.ts'

type Steps = z.input<typeof campaignDefinition>['journey']
export type Change = Partial<Omit<z.input<typeof campaignDefinition>, 'journey'>>

/** A send step whose subject is its key, unless its content is given. */
export function send(
  key: string,
  {
    content = aBody({ subject: { text: key, citations: [] } }),
    ...more
  }: { next?: string | null; content?: DraftBody; channel?: ChannelName } = {},
): Steps[number] {
  // prettier-ignore
  return { key, kind: 'send', channel: 'email', contentHash: hashOf(content), content, ...more }
}

/** A campaign with a journey of these steps, to everybody, without limits. */
export async function aJourney(
  deps: { db: Db; clock: Clock },
  journey: Steps,
  change: Change = {},
): Promise<CampaignDefinition> {
  const compiled = await compileDraft(deps, aDraft(), { name: campaign, sender })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  return campaignDefinition.parse({ ...compiled.definition, journey, ...change })
}

/** The same, approved and live. */
export async function releaseJourney(
  deps: { db: Db; clock: Clock },
  owner: UserId,
  journey: Steps,
  change: Change = {},
): Promise<Approved<Release>> {
  const definition = await aJourney(deps, journey, change)
  const compiled = await compileDraft(deps, aDraft(), { name: campaign, sender })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const hash = await createRelease(deps, { name: campaign, pins: compiled.pins, definition, by: 'millrace' })
  await approveRelease(deps, { releaseHash: hash, by: owner })
  await releaseCampaign(deps, { hash, by: owner, reason: 'test' })
  return (await approved(deps.db, hash))!
}

/** Something a person did, by their address. */
export async function happened(
  db: Db,
  clock: Clock,
  person: Pick<Person, 'identifierId'>,
  kind: string,
  more: { at?: Date; properties?: Record<string, unknown> } = {},
): Promise<void> {
  const id = newId<'event'>(clock)
  await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, properties)
    values (${id}, 'test', ${id}, ${kind}, ${person.identifierId}, ${more.at ?? clock()}, ${clock()}, ${json(more.properties ?? {})}::jsonb)`)
}

export type Standing = {
  address: string
  stepKey: string
  occurrence: number
  dueAt: Date | null
  ended: string | null
}

/** Where everybody stands. */
export const standings = (db: Db): Promise<Standing[]> =>
  db.query<Standing>(sql`
    select i.value as address, e.step_key as "stepKey", e.occurrence, e.next_due_at as "dueAt", e.ended_reason as ended
    from campaigns.enrolments e join ingest.identifiers i on i.id = e.identifier_id order by 1, 3`)

/** A graph that selects whoever is asked about. */
export const everybody: Members = (_rule, _at, among = []) => Promise.resolve(among)

/** A worker whose graph answers with `members`, and lags behind what people do where one is given. */
export function working(
  { db, clock }: { db: Db; clock: Clock },
  members: Members = () => Promise.resolve([]),
  knowing: Knowing = {},
) {
  const memory = memoryChannel()
  const worker = workerOver(db, memory.channel, clock, { members })
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 6; round++) await tick(worker)
  }
  const following = { db, clock, members, zone: 'Europe/Amsterdam', log: silentLog, ...knowing }
  return { settle, follow: () => followJourneys(following), sent: () => memory.given.map(({ to, subject }) => `${to} ${subject}`) } // prettier-ignore
}
