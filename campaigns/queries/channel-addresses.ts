import type { Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** By what a step is sent, and what an address of it is; the preferred first. */
export type Reach = { channel: string; kind: string }
export type StepReach = { stepKey: string; reach: readonly Reach[] }

/** Whether somebody would be written to at an address: their newest word is yes, and nothing speaks against it. Expects `i` and `w`. */
const isOpen = sql`(coalesce((select c.state = 'granted' from ingest.consents c
      where c.identifier_id = i.id and c.channel = w.channel order by c.occurred_at desc, (c.state = 'withdrawn') desc limit 1), false)
    and not exists (select from ingest.suppressions s
      where s.identifier_id = i.id and s.channel in (w.channel, 'all') and s.lifted_at is null))`

/**
 * The address a person is best written to by one of some channels: one they agreed to before one they did not, then the
 * preferred channel, then the address known longest. What the gate says of it is asked when it is claimed.
 */
const bestAddress = (person: Sql, wanted: Sql): Sql => sql`(
  select i.id, w.channel from ${wanted} join ingest.people p on p.person_id = ${person}
  join ingest.identifiers i on i.id = p.identifier_id and i.kind = w.kind
  order by ${isOpen} desc, w.rank, i.first_seen_at, i.id limit 1)`

const reachOf = (steps: readonly StepReach[]) =>
  json(steps.flatMap(({ stepKey, reach }) => reach.map((one, rank) => ({ ...one, stepKey, rank }))))

/** The same for `addressOfPerson`: expects `g."personId"`, gives `id`. */
export const addressBy = (reach: readonly Reach[]): Sql => sql`(
  select best.id from ${bestAddress(
    sql`g."personId"`,
    sql`jsonb_to_recordset(${json(reach.map((one, rank) => ({ ...one, rank })))}::jsonb) as w (channel text, kind text, rank integer)`,
  )} as best)`

/** Who a row is for now. Expects `d`. */
const currentPerson = sql`coalesce(
  (select p.person_id from ingest.people p where p.person_id = d.person_id limit 1),
  (select p.person_id from ingest.people p where p.identifier_id = d.identifier_id))`

/**
 * Chooses by what newly planned rows are sent, and where to. Where a person has no address for any channel of the step, the
 * row ends and says so.
 */
export async function chooseAddresses(
  tx: Tx,
  input: { ids: readonly DeliveryId[]; steps: readonly StepReach[]; at: Date },
): Promise<void> {
  await tx.query(sql`
    with asked as (select * from jsonb_to_recordset(${reachOf(input.steps)}::jsonb)
      as w ("stepKey" text, channel text, kind text, rank integer)),
    rows as (select d.id, d.step_key, ${currentPerson} as person_id from campaigns.deliveries d
      where d.id = any(${[...input.ids]}::uuid[]) and d.state = 'planned'),
    chosen as (select r.id, a.id as identifier_id, a.channel from rows r left join lateral ${bestAddress(
      sql`r.person_id`,
      sql`(select * from asked where asked."stepKey" = r.step_key) as w`,
    )} as a on true)
    update campaigns.deliveries d set channel = coalesce(c.channel, d.channel),
      identifier_id = coalesce(c.identifier_id, d.identifier_id),
      state = case when c.identifier_id is null then 'suppressed' else d.state end,
      reason = case when c.identifier_id is null then 'no address for ' || d.channel else d.reason end,
      settled_at = case when c.identifier_id is null then ${input.at}::timestamptz end
    from chosen c where d.id = c.id`)
}

/** A row that cannot go by its channel, and why. */
export type Unreached = { id: DeliveryId; why: string }

/**
 * Takes rows on to the next channel of their step for which their person has an address, and keeps the detour; the others
 * stay as they are. A row has one place in the ledger whatever it goes by, so that nobody gets a step twice.
 * @param input.from the channel they went by: a row that left it already stays
 * @param input.states those that a row may be in: it certainly reached nobody
 * @returns the rows that went on, with the place under the cap that each had used
 */
export const takeDetours = (
  tx: Tx,
  input: { rows: readonly Unreached[]; steps: readonly StepReach[]; from: string; states: readonly string[]; at: Date },
): Promise<{ id: DeliveryId; campaign: string; capDay: string | null; channel: string }[]> =>
  tx.query(sql`
    with asked as (select * from jsonb_to_recordset(${reachOf(input.steps)}::jsonb)
      as w ("stepKey" text, channel text, kind text, rank integer)),
    given as (select * from jsonb_to_recordset(${json(input.rows)}::jsonb) as g (id uuid, why text)),
    rows as (select d.id, d.step_key, d.channel, d.identifier_id, d.campaign, d.cap_day, d.state, d.provider_id,
        d.release_hash, g.why, ${currentPerson} as person_id
      from given g join campaigns.deliveries d on d.id = g.id
      where (d.channel = ${input.from} and d.state = any(${[...input.states]}::text[])) is true for update of d),
    chosen as (select r.id, r.campaign, r.cap_day, r.channel as from_channel, r.identifier_id as from_identifier_id,
        r.state as from_state, r.provider_id as from_provider_id, r.release_hash as from_release_hash, r.why, a.id as identifier_id, a.channel
      from rows r join asked own on own."stepKey" = r.step_key and own.channel = r.channel
      cross join lateral ${bestAddress(
        sql`r.person_id`,
        sql`(select * from asked where asked."stepKey" = r.step_key and asked.rank > own.rank) as w`,
      )} as a),
    told as (insert into campaigns.detours (delivery_id, at, from_channel, from_identifier_id, from_state,
        from_provider_id, from_release_hash, to_channel, why)
      select id, ${input.at}, from_channel, from_identifier_id, from_state, from_provider_id, from_release_hash, channel, why
      from chosen),
    moved as (
      update campaigns.deliveries d set channel = c.channel, identifier_id = c.identifier_id, state = 'planned',
        reason = 'not by ' || c.from_channel || ': ' || c.why, due_at = ${input.at}, attempts = 0, claim_id = null,
        cap_day = null, sender = null, batch_key = null, provider_id = null, sending_at = null, sent_at = null,
        settled_at = null, deferred_at = null
      from chosen c where d.id = c.id returning d.id)
    select c.id, c.campaign, c.cap_day as "capDay", c.channel from chosen c join moved m on m.id = c.id`)

export type Detour = { deliveryId: DeliveryId; at: Date; from: string; to: string; why: string }

/** The detours of rows, the first first. */
export const selectDetours = (tx: Pick<Tx, 'query'>, ids: readonly DeliveryId[]): Promise<Detour[]> =>
  tx.query<Detour>(sql`
    select delivery_id as "deliveryId", at, from_channel as "from", to_channel as "to", why from campaigns.detours
    where delivery_id = any(${[...ids]}::uuid[]) order by at`)

/** Puts a row back into the plan that a provider says it could not deliver and may later. Null where it stands otherwise. */
export async function planAgain(
  tx: Tx,
  input: { row: { id: DeliveryId; channel: string }; why: string; dueAt: Date },
): Promise<{ campaign: string; capDay: string | null } | null> {
  const rows = await tx.query<{ campaign: string; capDay: string | null }>(sql`
    with before as (select id, campaign, cap_day from campaigns.deliveries
      where id = ${input.row.id} and channel = ${input.row.channel} and state in ('sending', 'sent', 'unknown') for update),
    back as (
      update campaigns.deliveries d set state = 'planned', reason = ${input.why}, due_at = ${input.dueAt},
        attempts = d.attempts + 1, claim_id = null, cap_day = null, batch_key = null, provider_id = null,
        sending_at = null, sent_at = null, settled_at = null
      from before b where d.id = b.id)
    select campaign, cap_day as "capDay" from before`)
  return rows[0] ?? null
}

/** A campaign's rows by channel and state. */
export const countByChannel = (
  tx: Pick<Tx, 'query'>,
  campaign: string,
): Promise<{ channel: string; state: string; count: number }[]> =>
  tx.query(sql`select channel, state, count(*) as count from campaigns.deliveries
    where campaign = ${campaign} group by 1, 2 order by 1, 2`)
