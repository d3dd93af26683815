import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** A row whose channels are to be put in order. `drawnBy`: the first person its address ever was. */
export type ToOrder = { id: DeliveryId; campaign: string; stepKey: string; drawnBy: string; personId: PersonId | null }

/** Of these rows, those of some steps. */
export const selectToOrder = (
  tx: Tx,
  input: { ids: readonly DeliveryId[]; stepKeys: readonly string[] },
): Promise<ToOrder[]> =>
  tx.query<ToOrder>(sql`
    select d.id, d.campaign, d.step_key as "stepKey",
      coalesce((select m.person_id from ingest.memberships m where m.identifier_id = d.identifier_id
        order by m.seq limit 1), d.person_id) as "drawnBy",
      coalesce((select p.person_id from ingest.people p where p.person_id = d.person_id limit 1),
        (select p.person_id from ingest.people p where p.identifier_id = d.identifier_id)) as "personId"
    from campaigns.deliveries d
    where d.id = any(${[...input.ids]}::uuid[]) and d.step_key = any(${[...input.stepKeys]}::text[])`)

/** The channels a message is tried by, in this order. */
export type ChannelDraw = { id: DeliveryId; arm: 'best' | 'declared'; channels: readonly string[] }

export async function insertChannelDraws(tx: Tx, draws: readonly ChannelDraw[], at: Date): Promise<void> {
  if (draws.length === 0) return
  await tx.query(sql`
    insert into campaigns.channel_draws (delivery_id, campaign, step_key, arm, channels, drawn_at)
    select d.id, d.campaign, d.step_key, g.arm, g.channels, ${at}
    from jsonb_to_recordset(${json(draws)}::jsonb) as g (id uuid, arm text, channels text[])
    join campaigns.deliveries d on d.id = g.id
    on conflict (delivery_id) do nothing`)
}

/** The order of channels that was drawn for rows; of the others the step's own holds. */
export async function selectOrders(
  tx: Tx,
  ids: readonly DeliveryId[],
): Promise<ReadonlyMap<DeliveryId, readonly string[]>> {
  const rows = await tx.query<{ id: DeliveryId; channels: string[] }>(sql`
    select delivery_id as id, channels from campaigns.channel_draws where delivery_id = any(${[...ids]}::uuid[])`)
  return new Map(rows.map(({ id, channels }) => [id, channels]))
}

/** Everybody for whom a step chose the order of channels, by their first draw. */
export const drawnByChannel = (input: { campaign: string; stepKey: string }): Sql => sql`
  select distinct on (d.person_id) c.arm, e.identifier_id, c.drawn_at as taken_at
  from campaigns.channel_draws c join campaigns.deliveries d on d.id = c.delivery_id
  join campaigns.enrolments e on e.id = d.enrolment_id
  where c.campaign = ${input.campaign} and c.step_key = ${input.stepKey} order by d.person_id, c.drawn_at`

/** By what a person's messages of a campaign were to be tried, also under an id that is part of them now. */
export const selectChannelDrawsOf = (
  db: Queryable,
  campaign: string,
  personId: PersonId,
): Promise<{ stepKey: string; arm: 'best' | 'declared'; channels: string[]; drawnAt: Date }[]> =>
  db.query(sql`
    select c.step_key as "stepKey", c.arm, c.channels, c.drawn_at as "drawnAt"
    from campaigns.channel_draws c join campaigns.deliveries d on d.id = c.delivery_id
    where c.campaign = ${campaign} and (d.person_id = ${personId}
      or d.identifier_id in (select p.identifier_id from ingest.people p where p.person_id = ${personId}))
    order by c.drawn_at`)
