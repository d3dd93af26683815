import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { LinkRow } from './claims.ts'

/** `isHub`: it has too many claims, so nobody is looked for behind it. */
export type Neighbour = { id: IdentifierId; kind: string; value: string; isHub: boolean }

export const selectNeighbours = (db: Queryable, ids: readonly IdentifierId[]): Promise<Neighbour[]> =>
  db.query<Neighbour>(sql`${neighbours} where i.id = any(${[...ids]}::uuid[])`)

const neighbours: Sql = sql`select i.id, i.kind, i.value,
  exists (select from ingest.hubs h where h.identifier_id = i.id) as "isHub" from ingest.identifiers i`

/** From which identifiers to look on: along links (`claimed`: only to what these claim themselves), and along all other ties. */
export type Frontier = {
  linked: readonly IdentifierId[]
  claimed: readonly IdentifierId[]
  all: readonly IdentifierId[]
}

/**
 * Everybody one step away: linked by a record, tied by a person's word, alike, or of the same person now. Withdrawn ties
 * count too: that reads a little more than needed, and nothing wrong.
 */
export function selectBeside(db: Queryable, { linked, claimed, all }: Frontier): Promise<Neighbour[]> {
  const ids = [...all]
  return db.query<Neighbour>(sql`
    with beside as (
      select right_id as id from ingest.links where left_id = any(${[...linked]}::uuid[])
      union select left_id from ingest.links where right_id = any(${[...linked]}::uuid[])
      union select claim.id from (
          select left_id as hub, right_id as id from ingest.links where left_id = any(${[...claimed]}::uuid[])
          union select right_id, left_id from ingest.links where right_id = any(${[...claimed]}::uuid[])) claim
        join ingest.identifiers hub on hub.id = claim.hub join ingest.identifiers weaker on weaker.id = claim.id
        where weaker.kind in ('email', 'phone', 'device')
          or (weaker.kind collate "C", weaker.value collate "C") > (hub.kind collate "C", hub.value collate "C")
      union select right_id from ingest.edges where left_id = any(${ids}::uuid[]) and rule in ('by-hand', 'linkage')
      union select left_id from ingest.edges where right_id = any(${ids}::uuid[]) and rule in ('by-hand', 'linkage')
      union select right_id from ingest.alike where left_id = any(${ids}::uuid[])
      union select left_id from ingest.alike where right_id = any(${ids}::uuid[])
      union select theirs.identifier_id from ingest.memberships mine
        join ingest.memberships theirs on theirs.person_id = mine.person_id and theirs.until is null
        where mine.identifier_id = any(${ids}::uuid[]) and mine.until is null)
    ${neighbours} join beside on beside.id = i.id`)
}

/** The links that begin or end at these identifiers. */
export const selectLinksOf = (db: Queryable, ids: readonly IdentifierId[]): Promise<LinkRow[]> =>
  db.query<LinkRow>(sql`select left_id as "leftId", right_id as "rightId", source, record_id as "recordId", at
    from ingest.links where left_id = any(${[...ids]}::uuid[]) or right_id = any(${[...ids]}::uuid[])`)
