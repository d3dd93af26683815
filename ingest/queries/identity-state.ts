import { one, type Queryable, type Tx } from '#kernel/db.ts'
import type { Hash, IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** How far people are resolved, and by which models. `isAhead`: the watermark is of another database (a restored backup). */
export type IdentityState = { watermark: string; rulesHash: Hash; linkageHash: Hash | null; isAhead: boolean }

/** Where a resolution begins. `now` is the watermark it may leave behind; the state is null before the first one. */
export type Beginning = { now: string; state: IdentityState | null; rulesHash: Hash | null; linkageHash: Hash | null }

/** The state, and the live models by their hashes. */
export function selectBeginning(db: Queryable): Promise<Beginning> {
  return one<Beginning>(
    db,
    sql`select pg_snapshot_xmin(pg_current_snapshot())::text as now,
      (select hash from kernel.pointers where kind = 'identity' and name = 'rules' order by seq desc limit 1) as "rulesHash",
      (select hash from kernel.pointers where kind = 'identity' and name = 'linkage' order by seq desc limit 1) as "linkageHash",
      (select jsonb_build_object('watermark', watermark::text, 'rulesHash', rules_hash, 'linkageHash', linkage_hash,
        'isAhead', watermark > pg_snapshot_xmax(pg_current_snapshot())) from ingest.identity_state) as state`,
  )
}

/** Only what changed from here on is new to the next resolution. */
export async function setIdentityState(
  tx: Tx,
  state: { watermark: string; rulesHash: Hash; linkageHash: Hash | null },
): Promise<void> {
  await tx.query(sql`insert into ingest.identity_state (name, watermark, rules_hash, linkage_hash)
    values ('people', ${state.watermark}::xid8, ${state.rulesHash}, ${state.linkageHash})
    on conflict (name) do update set watermark = excluded.watermark, rules_hash = excluded.rules_hash,
      linkage_hash = excluded.linkage_hash`)
}

/** An identifier touched since a watermark: it is new, or a link, a profile or a person's word of it is. */
export type TouchedRow = { id: IdentifierId; hasProfile: boolean }

/** What changed since the watermark, at most so many; `hasProfile` where the profile did. */
export const selectTouched = (db: Queryable, since: string, limit: number): Promise<TouchedRow[]> =>
  db.query<TouchedRow>(sql`
    select id, bool_or(profile) as "hasProfile" from (
      select id, false as profile from ingest.identifiers where changed >= ${since}::xid8
      union all select left_id, false from ingest.links where changed >= ${since}::xid8
      union all select right_id, false from ingest.links where changed >= ${since}::xid8
      union all select left_id, false from ingest.edges
        where changed >= ${since}::xid8 and rule in ('by-hand', 'left-leaves', 'right-leaves')
      union all select right_id, false from ingest.edges
        where changed >= ${since}::xid8 and rule in ('by-hand', 'left-leaves', 'right-leaves')
      union all select identifier_id, true from ingest.profiles where changed >= ${since}::xid8) touched
    group by id limit ${limit}`)

/** Says that no model's keys and pairs are kept, while they are made anew. */
export async function dropLinkageState(tx: Tx): Promise<void> {
  await tx.query(sql`update ingest.identity_state set linkage_hash = null`)
}

/** The hash of the live version of a model of identity, without the model. */
export async function selectLiveHash(db: Queryable, name: string): Promise<Hash | null> {
  const rows = await db.query<{ hash: Hash }>(sql`select hash from kernel.pointers
    where kind = 'identity' and name = ${name} order by seq desc limit 1`)
  return rows[0]?.hash ?? null
}
