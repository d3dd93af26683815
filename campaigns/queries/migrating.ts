import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** How many people stand at each step of the releases of a campaign but one. */
export const selectStanding = (
  db: Queryable,
  campaign: string,
  except: Hash,
): Promise<{ from: Hash; stepKey: string; people: number }[]> =>
  db.query(sql`
    select release_hash as "from", step_key as "stepKey", count(*) as people from campaigns.enrolments
    where campaign = ${campaign} and release_hash <> ${except} and next_due_at is not null
    group by 1, 2 order by 1, 2`)

/**
 * A step of another release at which people are taken up. `afterMs`: the waits before it, where a plain journey counts them
 * from the message before; null for any other, whose steps work them out anew when they are looked at.
 */
export type TakenUp = { to: string; afterMs: number | null }

/**
 * When somebody is due who is taken up, and since when they stand there: as the new steps wait, and not as the old ones did.
 * A first wait is counted from when they came in, which only the old steps knew: it stays. Expects `e`.
 */
export const takenUp = (afterMs: Sql, at: Date): Sql => sql`
  next_due_at = case
    when ${afterMs} is not null then coalesce(
      (select max(coalesce(d.settled_at, ${at}::timestamptz)) from campaigns.deliveries d where d.enrolment_id = e.id)
        + ${afterMs} * interval '1 millisecond', e.next_due_at)
    when e.entered_at is not null then least(e.next_due_at, ${at})
    else e.next_due_at end,
  entered_at = case when ${afterMs} is null then e.entered_at end`

/** Moves who stands at these steps to another release. Returns how many. */
export async function moveStanding(
  tx: Tx,
  input: { campaign: string; to: Hash; at: Date; lands: readonly ({ release: Hash; stepKey: string } & TakenUp)[] },
): Promise<number> {
  const rows = await tx.query(sql`
    update campaigns.enrolments e set release_hash = ${input.to}, step_key = l."to", ${takenUp(sql`l."afterMs"`, input.at)}
    from jsonb_to_recordset(${json(input.lands)}::jsonb) as l (release text, "stepKey" text, "to" text, "afterMs" bigint)
    where e.campaign = ${input.campaign} and e.release_hash = l.release and e.step_key = l."stepKey"
      and e.next_due_at is not null
    returning e.id`)
  return rows.length
}
