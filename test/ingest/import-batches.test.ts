import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, newKey, open, seal } from '#kernel/crypto.ts'
import { sql } from '#kernel/sql.ts'
import { openPayload } from '#kernel/keys.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import { readInstant } from '#ingest/cleanse/instant.ts'
import { cleanText } from '#ingest/cleanse/text.ts'
import { parseMapping } from '#ingest/mapping.ts'
import { recordById } from '#ingest/queries/records.ts'
import { runSource } from '#ingest/run.ts'
import { isStorable } from '#ingest/screen.ts'
import { peopleCsv } from '#ingest/sources/people-csv.ts'
import type { RecordId } from '#kernel/ids.ts'
import { testDatabase } from '../support/database.ts'
import { canonicalTotals, deps, testFolder } from './ingest-support.ts'

const db = testDatabase()
const folder = testFolder()
const contacts = () => peopleCsv(parseMapping('name=list;id=id,full-name=name,email=email,consent-email=consent,consent-date=since', 'people')) // prettier-ignore

/** A row in ten changed, one cannot be read, two are of one address. */
const rows = (change = ''): string =>
  ['id,name,email,consent,since', ...Array.from({ length: 60 }, (_, n) =>
    `${n},Anna${n % 10 === 0 ? change : ''} Berg,a${n === 7 ? 6 : n}@example.org,${n === 30 ? 'perhaps' : 'yes'},2026-01-02T03:04:05Z`)].join('\n') // prettier-ignore

/** What stands in the tables without the ids that are new each time. */
async function standing(): Promise<unknown> {
  const told = await db.query(sql`
    select i.kind, i.value, p.given_name, p.updated_at > '2026-01-01' as dated, c.state, c.occurred_at,
      (select count(*) from ingest.links l where l.left_id = i.id) as links
    from ingest.identifiers i left join ingest.profiles p on p.identifier_id = i.id
    left join ingest.consents c on c.identifier_id = i.id order by i.kind, i.value, c.external_id`)
  return { told, totals: await canonicalTotals(db) }
}

describe('an import in batches', () => {
  it('says the same whatever their size, and nothing new when it is read again', async () => {
    const [first, changed] = [folder.write('people.csv', rows()), folder.write('later.csv', rows('x'))]
    const seen: unknown[] = []
    for (const rowsPerBatch of [2000, 7, 1]) {
      await db.transaction(async (tx) => {
        await tx.query(sql`set local session_replication_role = replica`)
        await tx.query(sql`truncate ingest.runs, ingest.records, ingest.identifiers, ingest.links, ingest.profiles,
          ingest.consents, ingest.quarantine, kernel.keys cascade`)
      })
      const given = deps(db, { rowsPerBatch })
      expect(await runSource(given, contacts(), { path: first })).toMatchObject({ received: 60, accepted: 59, quarantined: 1 }) // prettier-ignore
      const before = await standing()
      expect(await runSource(given, contacts(), { path: first })).toMatchObject({ accepted: 0, unchanged: 59, quarantined: 1 }) // prettier-ignore
      expect(await standing()).toEqual(before)
      expect(await runSource(given, contacts(), { path: changed })).toMatchObject({ accepted: 5, unchanged: 54 })
      seen.push(await standing())
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })

  it('keeps each row under a key of its own, also where they travel together', async () => {
    const given = deps(db, { rowsPerBatch: 25 })
    await runSource(given, contacts(), { path: folder.write('people.csv', rows()) })
    const ids = await db.query<{ id: RecordId }>(sql`select id from ingest.records order by seq`)
    const lines = rows().split('\n').slice(1).filter((_, n) => n !== 30) // prettier-ignore
    const opened: string[] = []
    for (const { id } of ids) {
      const { keyId, wrapped, payload } = (await recordById(db, id))!
      opened.push(openPayload(given.recordsKey, { keyId, wrapped: wrapped!, payload }).toString())
    }
    expect(opened).toEqual(lines)
    const [keys] = await db.query(sql`select count(distinct key_id) as keys from ingest.records`)
    expect(keys).toEqual({ keys: 59 })
  })

  it('meets who is known among who is new, and another import that makes the same people at the same time', async () => {
    const list = (name: string) => peopleCsv(parseMapping(`name=${name};id=id,full-name=name,email=email`, 'people'))
    const file = (name: string, from: number) =>
      folder.write(name, ['id,name,email', ...Array.from({ length: 40 }, (_, n) => `${from + n},Anna Berg,a${from + n}@example.org`)].join('\n')) // prettier-ignore
    const given = deps(db, { rowsPerBatch: 8 })
    await runSource(given, list('one'), { path: file('first.csv', 0) })
    const both = [runSource(given, list('one'), { path: file('next.csv', 20) }), runSource(given, list('two'), { path: file('other.csv', 30) })] // prettier-ignore
    expect(await Promise.all(both)).toMatchObject([{ accepted: 20, unchanged: 20 }, { accepted: 40 }])
    const [held] = await db.query(sql`select (select count(*) from ingest.identifiers where kind = 'email') as emails,
      (select count(*) from ingest.profiles) as profiles, (select count(*) from ingest.links) as links,
      (select count(*) from ingest.records) as records`)
    expect(held).toEqual({ emails: 70, profiles: 100, links: 100, records: 100 })
  })

  it('refuses rows that name an identifier or a run that is not there, and keeps one that is named', async () => {
    const nobody = '0198c0de-0000-7000-8000-000000000000'
    await runSource(deps(db), contacts(), { path: folder.write('people.csv', rows()) })
    const strangers = [
      sql`insert into ingest.profiles (identifier_id, source, record_id, updated_at) values (${nobody}, 'x', ${nobody}, '2026-01-01')`,
      sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
        select id, ${nobody}::uuid, 'x', 'profile', ${nobody}, '2026-01-01' from ingest.identifiers limit 1`,
      sql`update ingest.consents set identifier_id = ${nobody}`,
      sql`insert into ingest.memberships (identifier_id, person_id, since, reason) values (${nobody}, ${nobody}, '2026-01-01', 'x')`,
      sql`insert into ingest.records (id, source, kind, external_id, version, content_hash, key_id, payload, run_id, place, received_at)
        values (${nobody}, 'x', 'x', 'x', 1, 'x', ${nobody}, '', ${nobody}, '{}', '2026-01-01')`,
      sql`delete from ingest.identifiers`,
    ] // prettier-ignore
    for (const stranger of strangers) await expect(db.query(stranger)).rejects.toMatchObject({ code: '23503' })
  })
})

describe('the short ways of reading', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string(), fc.constantFrom('a\0', '\ud800', '\\u0000', '\\\\ud800', 'ＡＢ', ' a  b ')) // prettier-ignore

  it('come to what the long ones came to', () => {
    const long = (text: string): string | undefined =>
      text.normalize('NFKC').replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').replaceAll(/\s+/g, ' ').trim() || undefined // prettier-ignore
    fc.assert(fc.property(texts, (text) => cleanText(text) === long(text)))
    fc.assert(fc.property(fc.emailAddress(), fc.constantFrom('', ' ', 'é'), (mail, more) => canonicalEmail(more + mail) === canonicalEmail((more + mail).normalize('NFKC')))) // prettier-ignore
    const written = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i
    const values = fc.oneof(texts, fc.array(texts), fc.dictionary(texts, fc.oneof(texts, fc.integer())))
    fc.assert(fc.property(values, (value) => isStorable(value) === !written.test(JSON.stringify(value))))
  })

  it('read a moment in UTC, and none that is none', () => {
    const at = fc.date({ min: new Date('1900-01-02T00:00:00Z'), max: new Date('2099-12-30T00:00:00Z'), noInvalidDate: true }) // prettier-ignore
    fc.assert(fc.property(at, (date) => readInstant(date.toISOString(), ['iso'], 'Asia/Tokyo')?.getTime() === date.getTime())) // prettier-ignore
    const none = ['2026-02-30T00:00:00Z', '2026-01-01T25:00:00Z', '2026-13-01T00:00:00Z']
    expect(none.map((text) => readInstant(text, ['iso'], 'UTC'))).toEqual([null, null, null])
    expect(readInstant('2026-01-01T24:00:00Z', ['iso'], 'UTC')).toEqual(new Date('2026-01-02T00:00:00Z'))
  })

  it('seal under keys that are all different, and open again', () => {
    const keys = Array.from({ length: 1000 }, () => newKey())
    expect(new Set(keys.map((key) => canonicalJson([...key]))).size).toBe(1000)
    const sealed = keys.map((key) => seal(key, Buffer.from('a row'), 'about'))
    expect(new Set(sealed.map((one) => one.subarray(0, 12).toString('hex'))).size).toBe(1000)
    expect(keys.every((key, index) => open(key, sealed[index]!, 'about').toString() === 'a row')).toBe(true)
  })
})
