import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

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

/** Moves who stands at these steps to another release. Returns how many. */
export async function moveStanding(
  tx: Tx,
  input: { campaign: string; to: Hash; lands: readonly { release: Hash; stepKey: string; to: string }[] },
): Promise<number> {
  const rows = await tx.query(sql`
    update campaigns.enrolments e set release_hash = ${input.to}, step_key = l."to"
    from jsonb_to_recordset(${json(input.lands)}::jsonb) as l (release text, "stepKey" text, "to" text)
    where e.campaign = ${input.campaign} and e.release_hash = l.release and e.step_key = l."stepKey"
      and e.next_due_at is not null
    returning e.id`)
  return rows.length
}
