import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { Segment, SegmentId } from '../segments/registry.ts'

/** Segments that are in use, by name, or the one of a name, retired or not. The pointer says which rule is the live one. */
export const segments = (name: string | null): Sql => sql`
  select s.id, s.name, s.description, live.hash, v.body -> 'rule' as rule, s.created_at as "createdAt",
    s.retired_at as "retiredAt", live.moved_at as "changedAt", live.moved_by as "changedBy",
    (select count(*) from graph.segment_members m where m.segment_id = s.id and m.until is null) as members,
    t.evaluated_at as "evaluatedAt"
  from graph.segments s
  cross join lateral (select hash, moved_at, moved_by from kernel.pointers p
    where p.kind = 'segment' and p.name = s.name order by p.seq desc limit 1) live
  join kernel.versions v on v.kind = 'segment' and v.name = s.name and v.hash = live.hash
  left join graph.segment_states t on t.segment_id = s.id
  where case when ${name}::text is null then s.retired_at is null else s.name = ${name} end
  order by s.name`

/** Of these names, those that a segment bears, retired or not. */
export const namesTaken = (names: readonly string[]): Sql =>
  sql`select name from graph.segments where name = any(${names})`

/** Puts a segment under its name; one that was retired is in use again. */
export async function putSegment(
  tx: Tx,
  { id, name, description, hash, createdAt }: Pick<Segment, 'id' | 'name' | 'description' | 'hash' | 'createdAt'>,
): Promise<void> {
  await tx.query(sql`
    insert into graph.segments as known (id, name, description, version_hash, created_at)
    values (${id}, ${name}, ${description}, ${hash}, ${createdAt})
    on conflict (name) do update set description = excluded.description, version_hash = excluded.version_hash,
      retired_at = null
    where (known.description, known.version_hash) is distinct from (excluded.description, excluded.version_hash)
      or known.retired_at is not null`)
}

/** Takes a segment out of use: it selects nobody from then on. */
export async function retire(tx: Tx, id: SegmentId, at: Date): Promise<void> {
  await tx.query(sql`update graph.segments set retired_at = ${at} where id = ${id}`)
  await tx.query(sql`update graph.segment_members set until = ${at} where segment_id = ${id} and until is null`)
  await tx.query(sql`delete from graph.segment_states where segment_id = ${id}`)
}

/** What is kept of the pointers beside the segments, brought up to date with them. */
export const followPointers = (): Sql => sql`
  update graph.segments s set version_hash = live.hash
  from (select distinct on (name) name, hash from kernel.pointers where kind = 'segment' order by name, seq desc) live
  where live.name = s.name and s.version_hash <> live.hash`

export type Member = { personId: PersonId; since: Date }

/** Who is in a segment, by id. */
export const membersOf = (db: Queryable, id: SegmentId, page: { after: string; limit: number }): Promise<Member[]> =>
  db.query<Member>(sql`select person_id as "personId", since from graph.segment_members
    where segment_id = ${id} and until is null and person_id::text > ${page.after}
    order by person_id limit ${page.limit}`)

/** How far the members of a segment follow. */
export type State = { ruleHash: Hash; generation: number; watermark: string; fullAt: Date }

export const stateOf = (id: SegmentId): Sql => sql`
  select rule_hash as "ruleHash", generation, watermark, full_at as "fullAt" from graph.segment_states
  where segment_id = ${id}`

/** Nothing is kept of a segment that was retired meanwhile. */
export const putState = (id: SegmentId, { ruleHash, generation, watermark, fullAt }: State, at: Date): Sql => sql`
  insert into graph.segment_states (segment_id, rule_hash, generation, watermark, full_at, evaluated_at)
  select id, ${ruleHash}, ${generation}, ${watermark}, ${fullAt}, ${at} from graph.segments
  where id = ${id} and retired_at is null
  on conflict (segment_id) do update set rule_hash = excluded.rule_hash, generation = excluded.generation,
    watermark = excluded.watermark, full_at = excluded.full_at, evaluated_at = excluded.evaluated_at`

/** The people who were asked about: these, or everybody after the one and up to the other. */
export type Scope = { ids: readonly string[] } | { after: string | null; upTo: string | null }

/** Of the people in the scope, exactly the selected are members from then on; who retires the segment meanwhile waits. */
export const setMembers = (id: SegmentId, scope: Scope, selected: readonly string[], at: Date): Sql => sql`
  with selected as materialized (select unnest(${[...selected]}::uuid[]) as person_id),
  in_use as materialized (select id from graph.segments where id = ${id} and retired_at is null for share),
  leaving as (
    update graph.segment_members m set until = ${at} from in_use g
    where m.segment_id = g.id and m.until is null and ${within(scope)}
      and not exists (select from selected s where s.person_id = m.person_id)
    returning m.person_id),
  entering as (
    insert into graph.segment_members as known (segment_id, person_id, since)
    select g.id, s.person_id, ${at} from selected s cross join in_use g
    on conflict (segment_id, person_id) do update set since = excluded.since, until = null where known.until is not null
    returning person_id)
  select (select count(*) from entering) as entered, (select count(*) from leaving) as "left"`

const within = (scope: Scope): Sql =>
  'ids' in scope
    ? sql`m.person_id = any(${[...scope.ids]}::uuid[])`
    : sql`(${scope.after}::uuid is null or m.person_id > ${scope.after}::uuid)
        and (${scope.upTo}::uuid is null or m.person_id <= ${scope.upTo}::uuid)`
