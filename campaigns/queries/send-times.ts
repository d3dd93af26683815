import type { Queryable } from '#kernel/db.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** When somebody's wait is over, drawn once. */
export type SendTime = { id: string; dueAt: Date; arm: 'best' | 'declared'; hour: number }

/** Times that were drawn for people since they came to a step. */
export const selectSendTimes = (
  db: Queryable,
  input: { stepKey: string; asked: readonly { id: string; since: Date }[] },
): Promise<SendTime[]> =>
  db.query<SendTime>(sql`
    select distinct on (t.enrolment_id) t.enrolment_id as id, t.due_at as "dueAt", t.arm, t.hour
    from jsonb_to_recordset(${json(input.asked)}::jsonb) as a (id uuid, since timestamptz)
    join campaigns.send_times t on t.enrolment_id = a.id and t.step_key = ${input.stepKey} and t.due_at >= a.since
    order by t.enrolment_id, t.due_at`)

export async function insertSendTimes(
  db: Queryable,
  input: { stepKey: string; at: Date; times: readonly SendTime[] },
): Promise<void> {
  await db.query(sql`
    insert into campaigns.send_times (enrolment_id, step_key, due_at, drawn_at, arm, hour)
    select t.id, ${input.stepKey}, t."dueAt", ${input.at}, t.arm, t.hour
    from jsonb_to_recordset(${json(input.times)}::jsonb) as t (id uuid, "dueAt" timestamptz, arm text, hour integer)
    on conflict (enrolment_id, step_key, due_at) do nothing`)
}

/** Everybody who waited at a step for their best time or, as the control, for the declared one, by their first draw. */
export const drawnByTime = (input: { campaign: string; stepKey: string }): Sql => sql`
  select distinct on (e.person_id) t.arm, e.identifier_id, t.drawn_at as taken_at
  from campaigns.enrolments e join campaigns.send_times t on t.enrolment_id = e.id and t.step_key = ${input.stepKey}
  where e.campaign = ${input.campaign} order by e.person_id, t.drawn_at`

/** How many wait for which hour at a step, by arm. */
export const countHours = (
  db: Queryable,
  input: { campaign: string; stepKey: string },
): Promise<{ arm: 'best' | 'declared'; hour: number; people: number }[]> =>
  db.query(sql`
    select t.arm, t.hour, count(*) as people
    from campaigns.enrolments e join campaigns.send_times t on t.enrolment_id = e.id and t.step_key = ${input.stepKey}
    where e.campaign = ${input.campaign} group by 1, 2 order by 1, 2`)
