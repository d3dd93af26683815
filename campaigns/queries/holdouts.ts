import type { Tx } from '#kernel/db.ts'
import type { EnrolmentId, Hash } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** The first person that any address of somebody ever was: the same by whichever channel a campaign comes to them. */
export const firstPersonOf = (personId: Sql, identifierId: Sql): Sql => sql`coalesce(
      (select m.person_id from ingest.people p join ingest.memberships m on m.identifier_id = p.identifier_id
        where p.person_id = ${personId} order by m.seq limit 1),
      (select m.person_id from ingest.memberships m where m.identifier_id = ${identifierId} order by m.seq limit 1),
      ${personId})`

/** Somebody who was just let in. `drawnBy`: the first person that any address of theirs ever was. */
export type Newly = { id: EnrolmentId; drawnBy: string }

/** Of these enrolments those that exist: the others were kept out when they were to be inserted. */
export const selectNewly = (tx: Tx, ids: readonly EnrolmentId[]): Promise<Newly[]> =>
  tx.query<Newly>(sql`
    select e.id, ${firstPersonOf(sql`e.person_id`, sql`e.identifier_id`)} as "drawnBy"
    from campaigns.enrolments e where e.id = any(${[...ids]}::uuid[])`)

export type HeldOut = { id: EnrolmentId; scope: 'global' | 'campaign'; share: number }

/** Ends what has not begun: whoever is held out is sent nothing. */
export async function endHeldOut(tx: Tx, campaign: string, held: readonly HeldOut[]): Promise<void> {
  await tx.query(sql`
    with given as (select * from jsonb_to_recordset(${json(held)}::jsonb)
      as g (id uuid, scope text, share double precision)),
    told as (insert into campaigns.holdouts (enrolment_id, campaign, scope, share)
      select id, ${campaign}, scope, share from given)
    update campaigns.enrolments e set next_due_at = null, ended_reason = 'holdout' from given g where e.id = g.id`)
}

const drawn = sql`e.identifier_id, e.enrolled_at as taken_at, coalesce(h.scope, 'none') as scope
  from campaigns.enrolments e left join campaigns.holdouts h on h.enrolment_id = e.id`

/**
 * Of each person their first enrolment in a campaign among those that `counts` chooses by its name for one: held out, by
 * which word, or not. Nearly everybody's is the first there is, which is known without a look at the others.
 */
const firstIn = (campaign: string, counts: (enrolment: Sql) => Sql): Sql => sql`
  select ${drawn} where e.campaign = ${campaign} and ${counts(sql`e`)} and (e.occurrence = 1 or not exists (
    select from campaigns.enrolments earlier where earlier.campaign = e.campaign and earlier.person_id = e.person_id
      and earlier.occurrence < e.occurrence and ${counts(sql`earlier`)}))`

/** The same over all campaigns since an instant. */
const firstOfAll = (since: Date): Sql => sql`
  select distinct on (e.person_id) ${drawn} where e.enrolled_at >= ${since} order by e.person_id, e.enrolled_at`

/** Who was held out of one campaign, beside whom it treated; who is held out of everything is in neither. */
export const drawnByCampaign = (input: { campaign: string; releases: readonly Hash[] }): Sql => sql`
  select case scope when 'campaign' then 'held' else 'treated' end as arm, identifier_id, taken_at
  from (${firstIn(input.campaign, (enrolment) => sql`${enrolment}.release_hash = any(${[...input.releases]})`)}) first
  where scope <> 'global'`

/**
 * Who was held out of everything, beside all others who came into a campaign, or into any (null), since an instant: those
 * too whom one campaign held out, since that is how the house treats people.
 */
export const drawnByAll = ({ campaign, since }: { campaign: string | null; since: Date }): Sql => sql`
  select case scope when 'global' then 'held' else 'treated' end as arm, identifier_id, taken_at
  from (${campaign === null ? firstOfAll(since) : firstIn(campaign, (enrolment) => sql`${enrolment}.enrolled_at >= ${since}`)}) first`
