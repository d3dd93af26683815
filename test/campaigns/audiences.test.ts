import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { audienceExports, exportAudience } from '#campaigns/audiences/export.ts'
import { audienceFile } from '#campaigns/audiences/file.ts'
import { digestOf, platforms, spellings } from '#campaigns/audiences/normalise.ts'
import { createUser } from '#governance/access.ts'
import { saveSegment } from '#graph/segments/registry.ts'
import { recordConsents, suppress } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { readAudit } from '#kernel/audit.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { IdentifierId, PersonId, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { aClock, addPeople, anOwner, type Person } from './world.ts'

const digest = /^[0-9a-f]{64}$/
const mailbox = fc.stringMatching(/^[a-z0-9](?:[a-z0-9.+-]{0,12}[a-z0-9])?$/)
const domain = fc.constantFrom('gmail.com', 'googlemail.com', 'example.com', 'mail.example.co.uk')
const address = fc.tuple(mailbox, domain).map(([left, right]) => `${left}@${right}`)
const e164 = fc.stringMatching(/^[1-9]\d{7,13}$/).map((digits) => `+${digits}`)
/** The same address as somebody else might type it. */
const retyped = (text: string): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom('', ' ', '\t', '\u00a0'), fc.boolean(), fc.constantFrom('', ' ', '\r\n')).map(([before, loud, after]) => `${before}${loud ? text.toUpperCase() : text}${after}`) // prettier-ignore

describe('an address, as a platform wants it', () => {
  it.each(platforms)('is spelled in one way, however it was typed, and spelling it again changes nothing: %s', (platform) => {
    const { email, phone } = spellings[platform]
    fc.assert(
      fc.property(address.chain((text) => fc.tuple(fc.constant(text), retyped(text))), ([text, typed]) => {
        expect(email(typed)).toBe(email(text))
        expect(email(email(text))).toBe(email(text))
        expect(digestOf(platform, 'email', typed)).toMatch(digest)
      }),
    )
    fc.assert(
      fc.property(e164, (number) => {
        const [country, rest] = [number.slice(1, 3), number.slice(3)]
        for (const typed of [`00${country}${rest}`, `+${country} ${rest}`, `+${country}-${rest.slice(0, 3)} (${rest.slice(3)})`])
          expect(phone(typed)).toBe(phone(number))
        expect(phone(phone(number))).toBe(phone(number))
      }),
    )
  }) // prettier-ignore

  it('loses its dots for Google where it is Gmail, and nowhere else', () => {
    fc.assert(
      fc.property(address, (text) => {
        const [left = '', right = ''] = text.split('@')
        const isGmail = right === 'gmail.com' || right === 'googlemail.com'
        expect(spellings.google.email(text)).toBe(isGmail ? `${left.replaceAll('.', '')}@${right}` : text)
        expect(spellings.meta.email(text)).toBe(text)
      }),
    )
  })

  it('is hashed as the platforms say: SHA-256 of UTF-8 in lower hex', () => {
    expect(digestOf('google', 'email', ' Anna.Smith@GMail.com ')).toBe(sha256('annasmith@gmail.com'))
    expect(digestOf('meta', 'email', ' Anna.Smith@GMail.com ')).toBe(sha256('anna.smith@gmail.com'))
    expect(digestOf('google', 'phone', '+31 6 12345001')).toBe(sha256('+31612345001'))
    expect(digestOf('meta', 'phone', '+31 6 12345001')).toBe(sha256('31612345001'))
    // Of an empty text everybody has the same digest, so it is never one.
    expect(digestOf('meta', 'email', 'test@example.com')).toBe(
      '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b',
    )
  })
})

describe('the file of an audience', () => {
  const person = fc.record({ emails: fc.array(address, { maxLength: 3 }), phones: fc.array(e164, { maxLength: 3 }) })

  it('holds digests and empty cells alone, whatever addresses say: no cell can be a formula', () => {
    const hostile = fc.record({ emails: fc.array(fc.constantFrom('=HYPERLINK("x")@example.com', '@SUM(A1)', '-1+1@example.com'), { minLength: 1 }), phones: fc.constant([]) }) // prettier-ignore
    fc.assert(
      fc.property(fc.constantFrom(...platforms), fc.array(fc.oneof(person, hostile)), (platform, people) => {
        const [header, ...rows] = parse(audienceFile(platform, people).csv)
        expect(header).toEqual(platform === 'google' ? ['Email', 'Phone'] : ['email', 'phone'])
        for (const cell of rows.flat()) expect(cell === '' || digest.test(cell)).toBe(true)
        for (const row of rows) expect(row.some((cell) => cell !== '')).toBe(true)
      }),
    )
  })

  it('has every address once in a row of its kind, in an order that tells nothing', () => {
    fc.assert(
      fc.property(fc.array(person), (people) => {
        const { csv, rows } = audienceFile('meta', people)
        expect(audienceFile('meta', people.toReversed()).csv).toBe(csv)
        const cells = new Set(parse(csv).slice(1).flat())
        for (const text of people.flatMap(({ emails }) => emails)) expect(cells).toContain(digestOf('meta', 'email', text))
        expect(rows).toBe(parse(csv).length - 1)
      }),
    )
  }) // prettier-ignore
})

describe('an audience that leaves', () => {
  const db = testDatabase()
  const clock = aClock()
  const rows = (csv: string): string[][] => parse(csv).slice(1)

  async function house(): Promise<{ owner: UserId; people: Person[]; members: () => Promise<PersonId[]> }> {
    const owner = await anOwner(db, clock)
    const people = await addPeople(db, clock, ['Anna.B@gmail.com', 'bob@example.com', 'cas@example.com', 'dee@example.com', 'eve@example.com'].map((text) => ({ address: text === 'Anna.B@gmail.com' ? 'annab@gmail.com' : text }))) // prettier-ignore
    await db.query(sql`update ingest.profiles set email = 'Anna.B@gmail.com' where email = 'annab@gmail.com'`)
    await saveSegment({ db, clock }, { name: 'Buyers', description: '', rule: { subscribed: true }, by: 'millrace' })
    return { owner, people, members: () => Promise.resolve(people.map(({ personId }) => personId)) }
  }
  const says = (identifierId: IdentifierId, state: 'granted' | 'withdrawn', channel = 'ads'): Promise<unknown> =>
    db.transaction((tx) =>
      recordConsents(tx, clock, [{ source: 'test', externalId: `${identifierId}${channel}${state}`, identifierId, channel, state, basis: 'form', occurredAt: clock() }]),
    ) // prettier-ignore

  it('holds those who agreed to ads and nobody else, to reach them or to leave them out', async () => {
    const { owner, people, members } = await house()
    const [anna, bob, cas, dee] = people
    for (const one of [anna!, bob!, dee!]) await says(one.identifierId, 'granted')
    clock.advance(1000)
    await says(bob!.identifierId, 'withdrawn')
    await db.transaction((tx) => suppress(tx, [{ identifierId: dee!.identifierId, channel: 'all', reason: 'complained', occurredAt: clock() }])) // prettier-ignore
    expect(cas).toBeDefined()
    for (const purpose of ['target', 'suppress'] as const) {
      const done = await exportAudience({ db, clock, members }, { segment: 'Buyers', platform: 'google', purpose, by: owner }) // prettier-ignore
      if (done.kind === 'refused') throw new Error(done.why)
      expect(rows(done.csv)).toEqual([[sha256('annab@gmail.com'), '']])
      expect(done.record).toMatchObject({ people: 1, version: 1, purpose, fileHash: sha256(done.csv) })
      expect(done.record.leftOut).toEqual({ 'who withdrew from ads': 1, 'without consent to ads': 2, suppressed: 1 })
    }
    const meta = await exportAudience({ db, clock, members }, { segment: 'Buyers', platform: 'meta', purpose: 'target', by: owner }) // prettier-ignore
    expect(meta.kind === 'exported' && rows(meta.csv)).toEqual([[sha256('anna.b@gmail.com'), '']])
  })

  it('takes a number only where its own consent stands, and pairs it with the address', async () => {
    const { owner, people, members } = await house()
    const [anna] = people
    const [phone, other] = await db.transaction(async (tx) => identifierIds(tx, clock, [{ kind: 'phone', value: '+31612345001' }, { kind: 'phone', value: '+31612345002' }])) // prettier-ignore
    await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
      select unnest(${[phone!, other!]}::uuid[]), ${anna!.personId}, ${clock()}, 'test'`)
    await says(anna!.identifierId, 'granted')
    await says(phone!, 'granted')
    const done = await exportAudience({ db, clock, members }, { segment: 'Buyers', platform: 'meta', purpose: 'target', by: owner }) // prettier-ignore
    expect(done.kind === 'exported' && rows(done.csv)).toEqual([[sha256('anna.b@gmail.com'), sha256('31612345001')]])
  })

  it('is recorded with who, what and how many, by ids and digests alone; who said no since is told', async () => {
    const { owner, people, members } = await house()
    for (const { identifierId } of people) await says(identifierId, 'granted')
    const deps = { db, clock, members }
    const wanted = { segment: 'Buyers', platform: 'google', purpose: 'target', by: owner } as const
    await exportAudience(deps, wanted)
    clock.advance(1000)
    await exportAudience(deps, wanted)
    clock.advance(1000)
    await says(people[0]!.identifierId, 'withdrawn')
    const told = await audienceExports(db, 10)
    expect(told.map(({ version, noSince }) => [version, noSince])).toEqual([[2, 1], [1, null]]) // prettier-ignore
    const entry = (await readAudit(db, 0, 100)).findLast(({ action }) => action === 'audience.exported')
    expect(entry).toMatchObject({ actor: owner, detail: { people: 5, platform: 'google' } })
    expect(JSON.stringify(entry)).not.toMatch(/@|annab/)
  })

  it('is refused to whoever may not, of no segment, and of nobody', async () => {
    const { owner, members } = await house()
    const viewer = await createUser({ db, clock }, { email: 'v@alder.example', name: 'V', role: 'viewer', by: 'millrace' })
    if (viewer.kind !== 'created') throw new Error(viewer.why)
    const deps = { db, clock, members }
    const wanted = { segment: 'Buyers', platform: 'google', purpose: 'target' } as const
    expect(await exportAudience(deps, { ...wanted, by: viewer.userId })).toMatchObject({ rule: 'not-permitted' })
    expect(await exportAudience(deps, { ...wanted, segment: 'None', by: owner })).toMatchObject({ rule: 'unknown-segment' })
    expect(await exportAudience(deps, { ...wanted, by: owner })).toMatchObject({ rule: 'nobody', why: expect.stringContaining('5 without consent to ads') as string })
    expect(await audienceExports(db, 10)).toEqual([])
  }) // prettier-ignore
})
