/** People of a made-up country, as sources would have told of them and a resolution left them. */
import { createRandom, type Random } from '#examples/roastery/random.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import { slip } from './corrupt.ts'
import { country, somebody, type Person } from './people.ts'
import { surnamePool, titled } from './pool.ts'

const clock = systemClock
const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** What a profile of a person says, as sources write it. */
export type Row = {
  id: IdentifierId
  given: string
  family: string
  email: string | null
  phone: string | null
  street: string
  city: string
  postcode: string
}

const rowOf = (person: Person): Row => ({
  id: newId<'identifier'>(clock),
  given: titled(person.given),
  family: titled(person.surname),
  email: person.email,
  phone: person.mobile === null ? null : `+44${person.mobile.replaceAll(' ', '').slice(1)}`,
  street: `${person.home.number} ${person.home.street}`,
  city: person.home.town,
  postcode: person.home.postcode,
})

/** The same person once more, with slips, and without what would tell by itself. */
const againOf = (row: Row, random: Random): Row => ({
  ...row,
  id: newId<'identifier'>(clock),
  given: random.chance(0.2) ? slip(row.given, random) : row.given,
  family: random.chance(0.1) ? slip(row.family, random) : row.family,
  email: random.chance(0.5) ? null : `${random.text(9, 'abcdefgh')}@other.example`,
  phone: random.chance(0.5) ? null : row.phone,
  street: random.chance(0.3) ? slip(row.street, random) : row.street,
})

/** Profiles, their addresses and numbers, links, ties and people, a batch in one statement each. */
export async function fill(db: Db, people: number, sample: Row[]): Promise<void> {
  const random = createRandom('online')
  const land = country(people, random)
  const at = clock()
  for (let done = 0; done < people;) {
    const rows = Array.from({ length: Math.min(10_000, people - done) }, () => rowOf(somebody({ home: land.homes(random), surname: surnamePool(random), years: [1935, 2006] }, land, random))) // prettier-ignore
    const more = rows.filter(() => random.chance(0.15)).map((row) => againOf(row, random))
    const given = [...rows, ...more].map((row, index) => ({
      ...row,
      number: `cus_${done}_${index}`,
      record: newId<'record'>(clock),
    }))
    await db.query(fillBatch(given, at))
    if (done % 100_000 === 0) say(`  ${done} people`)
    sample.push(...rows.filter((_, index) => index % 50 === 0))
    done += rows.length
  }
}

const fillBatch = (rows: readonly object[], at: Date): Sql => sql`
  with r as (select * from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, record uuid, number text, given text,
      family text, email text, phone text, street text, city text, postcode text)),
  vendors as (insert into ingest.identifiers (id, kind, value, first_seen_at)
    select id, 'stripe', number, ${at} from r returning id),
  others as (insert into ingest.identifiers (id, kind, value, first_seen_at)
    select gen_random_uuid(), kind, value, ${at} from (
      select 'email' as kind, email as value from r where email is not null
      union select 'phone', phone from r where phone is not null) o
    on conflict do nothing returning id, kind, value),
  profiles as (insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, email, phone, street,
      city, postcode, country, created_at, updated_at)
    select id, 'stripe', record, given, family, email, phone, street, city, postcode, 'GB', ${at}, ${at} from r),
  links as (insert into ingest.links (left_id, right_id, source, kind, record_id, at)
    select said.id, o.id, 'stripe', 'profile', said.record, ${at} from (
      select id, record, 'email' as kind, email as value from r union all select id, record, 'phone', phone from r) said
    join others o using (kind, value) returning left_id, right_id, record_id)
  insert into ingest.memberships (identifier_id, person_id, since, reason)
  select id, id, ${at}::timestamptz, 'filled' from r union all select right_id, left_id, ${at}, 'filled' from (
    select distinct on (right_id) right_id, left_id from links) l`

/** The ties that a resolution would have written. */
export const fillEdges = (hash: string, at: Date): Sql => sql`
  insert into ingest.edges (id, left_id, right_id, verdict, rule, evidence, record_id, model_hash, actor, at)
  select gen_random_uuid(), least(left_id, right_id), greatest(left_id, right_id), 'same', 'same-' || i.kind,
    '{"source":"stripe"}', record_id, ${hash}, 'bench', ${at}
  from ingest.links join ingest.identifiers i on i.id = right_id`
