import { json, sql, type Sql } from '#kernel/sql.ts'
import { halfLifeDays } from '../engagement.ts'
import type { Scoring } from '../scores/scoring.ts'

/** People after an id, those too who only have scores left. */
export const everybody = (page: { after: string | null; limit: number }): Sql => {
  const after = (alias: Sql): Sql => sql`(${page.after}::uuid is null or ${alias}.person_id > ${page.after}::uuid)`
  return sql`select person_id as id from (
    (select distinct m.person_id from ingest.memberships m where m.until is null and ${after(sql`m`)}
      order by m.person_id limit ${page.limit})
    union
    (select s.person_id from graph.scores s where ${after(sql`s`)} order by s.person_id limit ${page.limit})) them
    order by person_id limit ${page.limit}`
}

/** Rows of people of whom nobody is left. */
export const removeGone = (people: readonly string[]): Sql => sql`
  delete from graph.scores s where s.person_id = any(${[...people]}::uuid[])
    and not exists (select from ingest.people p where p.person_id = s.person_id)`

/**
 * Engagement and lead score of these people, where they are other than before. Visitors who never said who they are
 * have none. A person has a row when there is something to say.
 */
export const scorePeople = (people: readonly string[], scoring: Scoring, at: Date): Sql => sql`
  with ${ownDeeds(people, at)}, ${engagement(scoring)}, ${leadReasons(scoring, at)},
  reckoned as (
    select k.person_id, round(e.level::numeric, 6)::double precision as engagement,
      greatest(0, least(100, coalesce(r.points, 0)))::integer as lead_score, coalesce(r.reasons, '[]') as reasons,
      s.person_id is not null as has_row
    from known k left join engaged e using (person_id) left join reasoned r using (person_id)
    left join graph.scores s using (person_id)),
  written as (insert into graph.scores as old (person_id, engagement, lead_score, reasons, computed_at)
  select person_id, engagement, lead_score, reasons, ${at} from reckoned
  where has_row or engagement is not null or reasons <> '[]'
  on conflict (person_id) do update set engagement = excluded.engagement, lead_score = excluded.lead_score,
    reasons = excluded.reasons, computed_at = excluded.computed_at
  where (old.engagement, old.lead_score, old.reasons)
    is distinct from (excluded.engagement, excluded.lead_score, excluded.reasons)
  returning person_id)
  select count(*) as written from written`

/**
 * own: their identifiers, none of a visitor. known: each of the people. deed: events that people made, and paid orders,
 * up to the instant.
 */
const ownDeeds = (people: readonly string[], at: Date): Sql => sql`
  known as materialized (
    select p.person_id, bool_and(i.kind = 'device') as visitor from unnest(${[...people]}::uuid[]) as one (id)
    join ingest.people p on p.person_id = one.id join ingest.identifiers i on i.id = p.identifier_id
    group by p.person_id),
  own as materialized (
    select p.person_id, p.identifier_id from known k join ingest.people p using (person_id) where not k.visitor),
  deed as materialized (
    select own.person_id, 'event' as row_kind, e.id, e.kind, e.occurred_at as at
    from own join ingest.events e using (identifier_id)
    where e.occurred_at <= ${at} and e.properties ->> 'machine' is null
    union all
    select own.person_id, 'order', o.id, 'order', o.ordered_at from own join ingest.orders o using (identifier_id)
    where o.status = 'paid' and o.ordered_at <= ${at})`

/**
 * The level of graph/engagement.ts: log2 Σ weight · 2^age, ages in half-lives since its epoch. Deeds more than 1000
 * half-lives (82 years) from it count as if they were just so far, so that nothing overflows.
 */
const engagement = (scoring: Scoring): Sql => sql`
  engaged as (
    select d.person_id, ln(sum(w.weight * power(2::double precision, greatest(-1000, least(1000,
      extract(epoch from d.at - '2020-01-01T00:00:00Z'::timestamptz)::double precision / ${halfLifeDays * 86_400}::integer)))))
      / ln(2::double precision) as level
    from deed d join (select key as kind, value::double precision as weight
      from jsonb_each_text(${json(scoring.engagement)}::jsonb)) w on w.kind = d.kind and w.weight > 0
    group by d.person_id)`

const leadReasons = (scoring: Scoring, at: Date): Sql => sql`
  signal as materialized (
    select * from jsonb_to_recordset(${json(signals(scoring, at))}::jsonb) as s ("of" text, name text, events text[],
      since timestamptz, channel text, points integer, each integer, most integer)),
  ${deedReasons}, ${consentReasons(at)}, ${subscriptionReasons}, ${profileReasons},
  reason as (
    select person_id, name, (sign(each) * least(abs(each) * times, most))::integer as points, times, evidence from counted
    union all select person_id, name, points, 1, evidence from consented
    union all select person_id, name, points, 1, evidence from subscribed
    union all select person_id, name, least(each * times, most)::integer, times, evidence from described),
  reasoned as (
    select person_id, sum(points) as points, jsonb_agg(jsonb_build_object('name', name, 'points', points, 'times', times,
      'evidence', evidence) order by abs(points) desc, name) as reasons
    from reason where points <> 0 group by person_id)`

/** Signals with the instants of their windows. */
const signals = ({ lead }: Scoring, at: Date): object[] =>
  lead.map((signal) =>
    signal.of === 'deeds' && signal.withinDays !== null
      ? { ...signal, since: new Date(at.getTime() - signal.withinDays * 86_400_000) }
      : signal,
  )

const evidence = (kind: Sql, id: Sql): Sql => sql`jsonb_build_object('kind', ${kind}, 'id', ${id})`

/** How often, and the three newest deeds that say so. */
const deedReasons = sql`
  counted as (
    select person_id, name, each, most, count(*) as times,
      jsonb_agg(${evidence(sql`row_kind`, sql`id`)} order by nth) filter (where nth <= 3) as evidence
    from (
      select d.person_id, s.name, s.each, s.most, d.row_kind, d.id,
        row_number() over (partition by d.person_id, s.name order by d.at desc, d.id) as nth
      from (select distinct name, each, most, since, unnest(events) as kind from signal where "of" = 'deeds') s
      join deed d on d.kind = s.kind and (s.since is null or d.at > s.since)) found
    group by person_id, name, each, most)`

/** Of each identifier and channel the newest word counts, and one that says no outweighs all. */
const consentReasons = (at: Date): Sql => sql`
  word as materialized (
    select distinct on (own.identifier_id, c.channel) own.person_id, c.channel, c.state, c.id, c.occurred_at as at
    from own join ingest.consents c using (identifier_id) where c.occurred_at <= ${at}
    order by own.identifier_id, c.channel, c.occurred_at desc, c.id desc),
  agreed as (
    select person_id, channel, bool_and(state = 'granted') as granted,
      (jsonb_agg(${evidence(sql`'consent'::text`, sql`id`)} order by state = 'granted', at desc, id)) -> 0 as newest
    from word group by person_id, channel),
  consented as (
    select a.person_id, s.name, s.points, jsonb_build_array(a.newest) as evidence
    from agreed a join signal s on s.channel = a.channel and s."of" = case when a.granted then 'consent' else 'withdrawal' end)`

const subscriptionReasons = sql`
  lasting as (
    select distinct on (person_id) person_id, kind, id from deed
    where kind in ('subscription-started', 'subscription-canceled') order by person_id, at desc, id desc),
  subscribed as (
    select l.person_id, s.name, s.points, jsonb_build_array(${evidence(sql`'event'::text`, sql`l.id`)}) as evidence
    from lasting l join signal s on s."of" = 'subscription' where l.kind = 'subscription-started')`

/** Name, place, language, telephone and address, each counted once however many profiles say it. */
const profileReasons = sql`
  profile as (
    select own.person_id, count(f.given_name) as given, count(f.family_name) as family, count(f.city) as city,
      count(f.country) as country, count(f.language) as language, count(coalesce(f.email, case when i.kind = 'email' then i.value end)) as email,
      count(coalesce(f.phone, case when i.kind = 'phone' then i.value end)) as phone,
      (jsonb_agg(${evidence(sql`'identifier'::text`, sql`own.identifier_id`)} order by f.updated_at desc nulls last,
        own.identifier_id)) -> 0 as newest
    from own join ingest.identifiers i on i.id = own.identifier_id
    left join ingest.profiles f on f.identifier_id = own.identifier_id group by own.person_id),
  described as (
    select p.person_id, s.name, s.each, s.most, jsonb_build_array(p.newest) as evidence,
      (sign(given) + sign(family) + sign(city) + sign(country) + sign(language) + sign(email) + sign(phone))::bigint as times
    from profile p join signal s on s."of" = 'profile')`
