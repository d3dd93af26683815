import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash, Id, PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

type Place = { campaign: string; stepKey: string }

/** A content with its share, and what had been counted of it when the share was set. */
export type SharedArm = { name: string; contentHash: Hash; share: number; people: number; converted: number }

export type Shares = { id: Id<'arm-shares'>; setAt: Date; arms: SharedArm[]; why: string }

const columns = sql`id, set_at as "setAt", arms, why`

/** The shares that were set last for a step. */
export async function newestShares(db: Queryable, { campaign, stepKey }: Place): Promise<Shares | null> {
  const rows = await db.query<Shares>(sql`select ${columns} from campaigns.arm_shares
    where campaign = ${campaign} and step_key = ${stepKey} order by set_at desc, id desc limit 1`)
  return rows[0] ?? null
}

/** Every share a step ever had, newest first. */
export const sharesOver = (db: Queryable, { campaign, stepKey }: Place): Promise<Shares[]> =>
  db.query<Shares>(sql`select ${columns} from campaigns.arm_shares
    where campaign = ${campaign} and step_key = ${stepKey} order by set_at desc, id desc limit 200`)

export async function insertShares(tx: Tx, { campaign, stepKey }: Place, shares: Shares): Promise<void> {
  await tx.query(sql`insert into campaigns.arm_shares (id, campaign, step_key, set_at, arms, why)
    values (${shares.id}, ${campaign}, ${stepKey}, ${shares.setAt}, ${json(shares.arms)}::jsonb, ${shares.why})`)
}

/** The first person the address of a row ever was. Expects `d`. */
const drawnBy = sql`coalesce((select m.person_id from ingest.memberships m where m.identifier_id = d.identifier_id
  order by m.seq limit 1), d.person_id)`

/** Of these messages of a step and channel, whose readers are in none of its arms: each reader once. */
export const selectUndrawn = (
  tx: Tx,
  input: Place & { channel: string; names: readonly string[]; ids: readonly DeliveryId[] },
): Promise<{ drawnBy: string; identifierId: string }[]> =>
  tx.query(sql`
    select distinct on (w.drawn_by) w.drawn_by as "drawnBy", w.identifier_id as "identifierId" from (
      select ${drawnBy} as drawn_by, d.identifier_id from campaigns.deliveries d
      where d.id = any(${[...input.ids]}::uuid[]) and d.step_key = ${input.stepKey} and d.channel = ${input.channel}) w
    where not exists (select from campaigns.arm_draws a where a.campaign = ${input.campaign}
      and a.step_key = ${input.stepKey} and a.drawn_by = w.drawn_by and a.arm = any(${[...input.names]}::text[]))
    order by w.drawn_by`)

/** Keeps draws. Who was in an arm that is no more is in another from now on. */
export async function insertDraws(
  tx: Tx,
  input: Place & {
    sharesId: Id<'arm-shares'>
    at: Date
    draws: readonly { drawnBy: string; identifierId: string; arm: string; contentHash: Hash }[]
  },
): Promise<void> {
  await tx.query(sql`
    insert into campaigns.arm_draws (campaign, step_key, drawn_by, identifier_id, arm, content_hash, shares_id, drawn_at)
    select ${input.campaign}, ${input.stepKey}, g."drawnBy", g."identifierId", g.arm, g."contentHash", ${input.sharesId}, ${input.at}
    from jsonb_to_recordset(${json(input.draws)}::jsonb)
      as g ("drawnBy" uuid, "identifierId" uuid, arm text, "contentHash" text)
    on conflict (campaign, step_key, drawn_by) do update set arm = excluded.arm, content_hash = excluded.content_hash,
      shares_id = excluded.shares_id, drawn_at = excluded.drawn_at, identifier_id = excluded.identifier_id`)
}

/** The arms that the readers of messages are in. */
export const selectArms = (db: Queryable, ids: readonly DeliveryId[]): Promise<{ id: DeliveryId; arm: string }[]> =>
  db.query(sql`
    select d.id, a.arm from campaigns.deliveries d
    join campaigns.arm_draws a on a.campaign = d.campaign and a.step_key = d.step_key and a.drawn_by = ${drawnBy}
    where d.id = any(${[...ids]}::uuid[])`)

/** `until`: only who was drawn by then. */
type Drawn = Place & { arms: readonly SharedArm[]; until: Date }

const ofThese = ({ campaign, stepKey, arms, until }: Drawn): Sql => sql`
  a.campaign = ${campaign} and a.step_key = ${stepKey} and a.drawn_at <= ${until} and (a.arm, a.content_hash) in (
    select * from unnest(${arms.map(({ name }) => name)}::text[], ${arms.map(({ contentHash }) => contentHash)}::text[]))`

/** The same people by the shares they were drawn under: an arm is called by these and its name (`ID/warm`). */
export const drawnUnderShares = (input: Drawn): Sql =>
  sql`select a.shares_id || '/' || a.arm as arm, a.identifier_id, a.drawn_at as taken_at from campaigns.arm_draws a where ${ofThese(input)}`

/** Every set of shares that a step had, oldest first, without what was counted by then. */
export const allShares = (
  db: Queryable,
  { campaign, stepKey }: Place,
): Promise<{ id: Id<'arm-shares'>; arms: Pick<SharedArm, 'name' | 'contentHash' | 'share'>[] }[]> =>
  db.query(sql`select id, arms from campaigns.arm_shares
    where campaign = ${campaign} and step_key = ${stepKey} order by set_at, id`)

/** Everybody who was drawn to these contents. */
export const drawnToContents = (input: Drawn): Sql =>
  sql`select a.arm, a.identifier_id, a.drawn_at as taken_at from campaigns.arm_draws a where ${ofThese(input)}`

/** How many people each of these contents was meant to have: those drawn under each set of shares, by its shares. */
export const countDraws = (db: Queryable, input: Drawn): Promise<{ arm: string; meant: number }[]> =>
  db.query(sql`
    select s.arm ->> 'name' as arm, sum(drawn.people * (s.arm ->> 'share')::float8) as meant
    from (select a.shares_id, count(*) as people from campaigns.arm_draws a where ${ofThese(input)} group by 1) drawn
    join campaigns.arm_shares shares on shares.id = drawn.shares_id
    cross join lateral jsonb_array_elements(shares.arms) as s (arm) group by 1`)

/** Which contents a person is drawn to in a campaign, also under an id that is part of them now. */
export const selectDrawnOf = (
  db: Queryable,
  campaign: string,
  personId: PersonId,
): Promise<{ stepKey: string; arm: string; drawnAt: Date }[]> =>
  db.query(sql`
    select a.step_key as "stepKey", a.arm, a.drawn_at as "drawnAt" from campaigns.arm_draws a
    where a.campaign = ${campaign} and (a.drawn_by = ${personId}
      or a.identifier_id in (select p.identifier_id from ingest.people p where p.person_id = ${personId}))
    order by a.drawn_at, a.step_key`)
