import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { candidateRules } from '#ingest/linkage/blocking.ts'
import { field } from '#ingest/linkage/fields.ts'
import { specs } from '#ingest/linkage/kinds.ts'
import type { LinkageModel } from '#ingest/linkage/model.ts'
import { identifierIds } from '#ingest/identifiers.ts'

export const day = (n: number): Date => new Date(Date.UTC(2026, 1, n))

/** What a source says of somebody. `kind:value` names an identifier. */
export type SaidOf = {
  id: string
  given?: string | undefined
  family?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  street?: string | undefined
  city?: string | undefined
  postcode?: string | undefined
  born?: string | undefined
  claims: readonly string[]
  at?: Date | undefined
}

const refOf = (name: string) => ({ kind: name.slice(0, name.indexOf(':')), value: name.slice(name.indexOf(':') + 1) })

/** Writes profiles and links as a source would. Returns the id of each identifier. */
export async function known(db: Db, clock: Clock, ...said: SaidOf[]): Promise<Map<string, IdentifierId>> {
  const names = [...new Set(said.flatMap(({ id, claims }) => [id, ...claims]))]
  const list = await db.transaction((tx) => identifierIds(tx, clock, names.map(refOf)))
  const ids = new Map(names.map((name, index) => [name, list[index]!]))
  const record = newId<'record'>(clock)
  const rows = said.map((row) => ({
    ...row,
    identifier: ids.get(row.id),
    source: refOf(row.id).kind,
    at: row.at ?? day(1),
  }))
  const profiles = rows.filter((row) => row.source !== 'device')
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, email, phone,
      street, city, postcode, born, created_at, updated_at)
    select identifier, source, ${record}, given, family, email, phone, street, city, postcode, born, at, at
    from jsonb_to_recordset(${json(profiles)}::jsonb) as r (identifier uuid, source text, given text, family text, email text,
      phone text, street text, city text, postcode text, born date, at timestamptz) on conflict (identifier_id)
      do update set given_name = excluded.given_name, family_name = excluded.family_name`)
  const links = rows.flatMap((row) => row.claims.map((claim) => ({ ...row, right: ids.get(claim) })))
  await db.query(sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
    select identifier, "right", source, 'profile', ${record}, at from jsonb_to_recordset(${json(links)}::jsonb)
      as r (identifier uuid, "right" uuid, source text, at timestamptz) where identifier <> "right" on conflict do nothing`)
  return ids
}

/** Who is one person with whom, by names of identifiers, and the ties that hold between them. */
export async function peopleIn(db: Db): Promise<{ people: string[][]; ties: string[] }> {
  const members = await db.query<{ person: string; name: string }>(sql`
    select person_id as person, kind || ':' || value as name from ingest.people p
    join ingest.identifiers i on i.id = p.identifier_id order by name`)
  const ties = await db.query<{ tie: string }>(sql`
    select l.kind || ':' || l.value || ' ' || r.kind || ':' || r.value || ' ' || e.rule as tie
    from ingest.edges e join ingest.identifiers l on l.id = e.left_id join ingest.identifiers r on r.id = e.right_id
    where e.verdict = 'same' and not exists (select from ingest.edges w where w.withdraws = e.id
      and not exists (select from ingest.edges again where again.withdraws = w.id
        and not exists (select from ingest.edges more where more.withdraws = again.id
          and not exists (select from ingest.edges last where last.withdraws = more.id))))
    order by tie`)
  return {
    people: [...Map.groupBy(members, (row) => row.person).values()].map((rows) => rows.map((row) => row.name)).toSorted(([a], [b]) => (a! < b! ? -1 : 1)), // prettier-ignore
    ties: ties.map((row) => row.tie),
  }
}

/** Forgets who is who, but for what persons said. */
export async function forgetPeople(db: Db): Promise<void> {
  await db.query(sql`delete from ingest.memberships; delete from ingest.hubs; delete from ingest.alike;
    delete from ingest.blocking_keys; delete from ingest.identity_state; delete from ingest.reviews;
    delete from ingest.edges where rule not in ('by-hand', 'left-leaves', 'right-leaves')`)
}

const fields = ['given', 'family', 'dob', 'email', 'phone', 'street', 'city', 'postcode'].map((name) =>
  field(name, [name]),
)

/** Chances that fall from level to level: most of the first, or most of the last. */
const falling = (levels: number, first: number): number[] =>
  Array.from({ length: levels }, (_, level) => (level === 0 ? first : level === levels - 1 ? (1 - first) / 2 : (1 - first) / 2 / Math.max(1, levels - 2))) // prettier-ignore

/** A model of linkage as training would give it for a few thousand profiles. */
export const smallModel = (bands: { merge: number; review: number } = { merge: 6, review: -1 }): LinkageModel => ({
  version: 1,
  fields: fields.map((one) => ({ ...one, columns: [...one.columns] })),
  m: fields.map((one) => falling(specs[one.kind].levels.length, 0.9)),
  u: fields.map((one) => falling(specs[one.kind].levels.length, 0.02).toReversed().map((chance, level, all) => (level === 0 ? 0.01 : chance + (0.02 - 0.01) / all.length))), // prettier-ignore
  priors: { match: 1e-4, relative: 1e-4, neighbour: 1e-4 },
  terms: fields.map(() => ({ total: 5000, rest: 4, counts: {} })),
  rules: candidateRules(fields).map((rule) => [...rule]),
  bands,
  trained: { records: 5000, pairs: 100_000 },
})

/** Releases a version of a model of identity: of the rules, or of linkage. */
export async function releaseIdentity(
  db: Db,
  clock: Clock,
  name: 'rules' | 'linkage' | 'survivorship',
  body: unknown,
): Promise<void> {
  const author = { clock, by: 'test' }
  await db.transaction(async (tx) => {
    const hash = await register(tx, author, 'identity', name, body)
    await pointAt(tx, author, 'identity', name, hash, 'test')
  })
}
