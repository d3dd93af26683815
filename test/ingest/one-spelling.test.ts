import { readFileSync } from 'node:fs'
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import { suppress } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { testDatabase } from '../support/database.ts'
import { known, peopleIn } from './identity-support.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
const text = readFileSync('ingest/migrations/0057-one-spelling.sql', 'utf8')
/** The addresses as they were kept before, and as they are afterwards. */
const upgraded = async (...values: string[]): Promise<(string | undefined)[]> => {
  const ids = await db.transaction((tx) => identifierIds(tx, clock, values.map((value) => ({ kind: 'email', value })))) // prettier-ignore
  await db.transaction((tx) => tx.query({ text, values: [] }))
  const rows = await db.query<{ id: string; value: string }>(
    sql`select id, value from ingest.identifiers where id = any(${ids}::uuid[])`,
  )
  return ids.map((id) => rows.find((row) => row.id === id)?.value)
}

describe('an upgrade', () => {
  it('spells out the domains that came in as xn--', async () => {
    const letters = 'ä ö ß É ñ ø ł ğ а б в г Ж 日 本 語 한 글 α β 😀 a b 1 -'.split(' ')
    const label = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 })
    const domains = fc
      .sample(fc.tuple(label, label), 300)
      .map(([one, other]) => domainToASCII(`${one}.${other}.example`))
    const addresses = [...new Set(domains.filter((domain) => domain !== ''))].map((domain, n) => `reader${n}@${domain}`)
    expect(addresses.length).toBeGreaterThan(100)
    expect(await upgraded(...addresses)).toEqual(addresses.map((address) => canonicalEmail(address)))
  })

  it('leaves alone what spells nothing', async () => {
    const odd = ['a@xn--.example', 'a@xn--99999999999999.example', 'a@xn--bcher-kv!.example', 'xn--bcher-kva@b.example', 'a@b.example'] // prettier-ignore
    expect(await upgraded(...odd)).toEqual(odd)
  })

  it('ties two spellings that are both known, and what one is not to get the other does not get either', async () => {
    const [ascii, letters] = ['ada@xn--bcher-kva.example', 'ada@bücher.example']
    const ids = await known(db, clock,
      { id: 'stripe:1', given: 'Ada', family: 'Bos', claims: [`email:${ascii}`] },
      { id: 'hubspot:1', given: 'Ada', family: 'Bos', claims: [`email:${letters}`] }) // prettier-ignore
    const identifierId = ids.get(`email:${ascii}`)!
    await db.transaction((tx) => suppress(tx, [{ identifierId, channel: 'email', reason: 'complained', occurredAt: clock() }])) // prettier-ignore
    expect(await upgraded(ascii, letters)).toEqual([ascii, letters])
    const stops = await db.query<{ value: string }>(sql`select i.value from ingest.suppressions s join ingest.identifiers i on i.id = s.identifier_id order by 1`) // prettier-ignore
    expect(stops.map(({ value }) => value)).toEqual([letters, ascii].toSorted())
    await resolveIdentities({ db, clock }, { by: 'test' })
    expect((await peopleIn(db)).people).toHaveLength(1)
  })
})
