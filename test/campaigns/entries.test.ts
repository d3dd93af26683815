import { beforeEach, describe, expect, it } from 'vitest'
import type { UserId } from '#kernel/ids.ts'
import { hashOf } from '#kernel/crypto.ts'
import { sql } from '#kernel/sql.ts'
import { keepTold } from '#campaigns/queries/entries.ts'
import { enterByProgram, forgetKeys } from '#campaigns/entries/by-program.ts'
import { enterList, listInWords } from '#campaigns/entries/enter.ts'
import { makeToken, takeTokenBack, tokenOf, type EntryToken } from '#campaigns/entries/tokens.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { releaseJourney, send, standings, type Change } from './journey-world.ts'
import {
  aBody,
  aClock,
  addPeople,
  anOwner,
  campaign,
  memoryChannel,
  readers,
  workerOver,
  type Person,
} from './world.ts'

const db = testDatabase()
let clock = aClock()
let deps = { db, clock }
let owner: UserId
let people: Person[]
let token: EntryToken
beforeEach(async () => {
  clock = aClock()
  deps = { db, clock }
  owner = await anOwner(db, clock)
  people = await addPeople(db, clock, readers(3))
  const made = await makeToken(deps, { name: 'the shop', campaign: null, by: owner })
  token = (await tokenOf(deps, made.kind === 'made' ? made.token : ''))!
})

const says = (text: string) => ({ text, citations: [] })
const withCode = aBody({ subject: says('Your code {{ person.voucher }}') })
/** The last of the people is in no audience. */
const members: Members = (_rule, _at, among) =>
  Promise.resolve(people.slice(0, 2).map(({ personId }) => personId).filter((id) => !among || among.includes(id))) // prettier-ignore
const live = (change: Change = { enter: { byList: true, properties: { voucher: 'SPRING 10' } } }) =>
  releaseJourney(deps, owner, [send('hello', { content: change.enter && 'byList' in change.enter && change.enter.properties ? withCode : aBody() })], change) // prettier-ignore

let keys = 0
const ask = (body: unknown, key = `key-${keys++}`, name = campaign) =>
  enterByProgram({ ...deps, members }, { token, campaign: name, key, body })
const reader = (n: number, voucher = 'ALDER 7') => ({ email: people[n]!.address, properties: { voucher } })

describe('entry by a program', () => {
  it('puts a person in with what is said of them, which their message then shows', async () => {
    const release = await live()
    expect(await ask(reader(0))).toMatchObject({ status: 202, answer: { occurrence: 1 } })
    expect(await ask({ externalId: { source: 'hubspot', id: `hs-${people[1]!.address}` }, properties: { voucher: 'OTHER 3' } })).toMatchObject({ status: 202 }) // prettier-ignore
    const { channel, given } = memoryChannel()
    await tick(workerOver(db, channel, clock))
    expect(given.map(({ subject }) => subject).toSorted()).toEqual(['Your code ALDER 7', 'Your code OTHER 3'])
    const run = await dryRun({ ...deps, members, zone: 'UTC' }, release.definition as never, {
      from: clock(),
      days: 1,
      people: 5,
    })
    expect(run.steps).toMatchObject([{ stepKey: 'hello', sent: 2 }])
  })

  it('answers the same question under the same key the same, and another under it not at all', async () => {
    await live()
    const first = await ask(reader(0), 'order-1')
    expect(await ask(reader(0), 'order-1')).toEqual(first)
    expect(await ask(reader(1), 'order-1')).toMatchObject({ status: 409 })
    expect(await standings(db)).toHaveLength(1)
    // A process that was killed between the entry and its answer is asked again: nobody is in twice.
    await db.query(sql`update campaigns.entry_requests set status = null, answer = null`)
    expect(await ask(reader(0), 'order-1')).toEqual(first)
    expect((await ask(reader(0))).answer).toEqual({ why: 'They were in this campaign, and its rule of re-entry does not let them in again yet' }) // prettier-ignore
    expect(await standings(db)).toHaveLength(1)
    clock.advance(31 * 24 * 3_600_000)
    expect(await forgetKeys(deps)).toBe(2)
  })

  it('tries anew what was refused for now, and keeps for good what came in', async () => {
    await live()
    const stranger = { email: 'new@example.com', properties: { voucher: 'NEW 1' } }
    expect(await ask(stranger, 'early')).toMatchObject({ status: 422 })
    people.unshift(...(await addPeople(db, clock, [{ address: 'new@example.com', givenName: 'New' }])))
    const first = await ask(stranger, 'early')
    expect(first).toMatchObject({ status: 202 })
    expect(await ask(stranger, 'late')).toMatchObject({ status: 422 })
    await keepTold(db, { tokenId: token.id, key: 'early', requestHash: hashOf({}) }, { status: 409, answer: {} })
    expect(await ask(stranger, 'early')).toEqual(first)
    // The same question twice at once has one answer, though only one of the two let somebody in.
    const twice = await Promise.all([ask(reader(1), 'twice'), ask(reader(1), 'twice')])
    expect(twice[0]).toMatchObject({ status: 202 })
    expect(twice[1]).toEqual(twice[0])
    expect(await standings(db)).toHaveLength(2)
  })

  it('lets one of two that ask at once in', async () => {
    await live()
    const both = await Promise.all([ask(reader(0), 'a'), ask(reader(0), 'b')])
    expect(both.map(({ status }) => status)).toContain(202)
    expect(both.map(({ status }) => status)).toContain(422)
    expect(await standings(db)).toHaveLength(1)
  })

  it('says why somebody does not come in, and repeats nothing of what was said', async () => {
    expect(await ask(reader(0))).toMatchObject({ status: 404 })
    await live()
    const why = async (body: unknown) => {
      const { status, answer } = await ask(body)
      return `${status} ${String(answer['why'])}`
    }
    expect(await why({ email: 'stranger@example.com', properties: { voucher: 'x' } })).toContain(
      '422 Nobody is known by this',
    )
    expect(await why(reader(2))).toContain('422 They are not in “lapsed”')
    expect(await why({ email: people[0]!.address })).toBe('422 the property “voucher” is missing')
    expect(await why({ ...reader(0), properties: { voucher: 'x', colour: 'red' } })).toContain(
      'knows no property “colour”',
    )
    expect(await why(reader(0, 'A\r\nBcc: all@example.com'))).toBe(
      '422 the property “voucher” holds a line break or control character',
    )
    expect(await why(reader(0, '{{ person.email }}'))).toBe('422 the property “voucher” holds a slot')
    expect(await why(reader(0, 'x'.repeat(500)))).toContain('is longer than 100 characters')
    expect(await why({})).toContain('400')
    expect(await why('a word')).toContain('400')
    expect(await ask(reader(0), '')).toMatchObject({ status: 400 })
    expect(await standings(db)).toEqual([])
  })

  it('is for campaigns that are entered so, while they go on, and for those of the token', async () => {
    await live({})
    expect(await ask({ email: people[0]!.address })).toMatchObject({ status: 422, answer: { why: expect.stringContaining('byList') as string } }) // prettier-ignore
    clock.advance(1_000)
    await live({ enter: { byList: true }, ends: { at: new Date(clock().getTime() + 1_000).toISOString() } })
    expect(await ask({ email: people[0]!.address })).toMatchObject({ status: 202 })
    clock.advance(2_000)
    expect(await ask({ email: people[1]!.address })).toMatchObject({ status: 422, answer: { why: 'the campaign is over: its end has come' } }) // prettier-ignore
    const made = await makeToken(deps, { name: 'one', campaign, by: owner })
    token = (await tokenOf(deps, made.kind === 'made' ? made.token : ''))!
    expect(await ask({ email: people[0]!.address }, 'k', 'another')).toMatchObject({ status: 403 })
  })
})

describe('a token', () => {
  it('is kept as a digest, opens nothing once it is taken back, and is an owner’s to give', async () => {
    const made = await makeToken(deps, { name: 'crm', campaign: null, by: owner })
    if (made.kind !== 'made') throw new Error(made.why)
    const kept = await db.query<{ row: string }>(sql`select t::text as row from campaigns.entry_tokens t`)
    expect(kept.some(({ row }) => row.includes(made.token))).toBe(false)
    expect((await tokenOf(deps, made.token))?.name).toBe('crm')
    expect(await takeTokenBack(deps, { id: made.id, by: owner })).toEqual({ kind: 'revoked' })
    expect(await tokenOf(deps, made.token)).toBeNull()
    expect(await takeTokenBack(deps, { id: made.id, by: owner })).toMatchObject({ rule: 'unknown-token' })
    expect(await makeToken(deps, { name: 'x', campaign: 'nothing', by: owner })).toMatchObject({
      rule: 'unknown-campaign',
    })
    for (const name of [' ', 'x'.repeat(101)])
      expect(await makeToken(deps, { name, campaign: null, by: owner })).toMatchObject({ rule: 'no-name' })
  })
})

describe('a list', () => {
  it('lets in whom its audience selects, finds addresses in tables, and says what became of the others', async () => {
    await live({ enter: { byList: true } })
    const text = `name,email\nAda,"${people[0]!.address.toUpperCase()}"\n${people[1]!.address}\n${people[2]!.address}\n\nstranger@example.com\n${people[0]!.address}`
    const done = await enterList({ ...deps, members }, { campaign, text, by: owner })
    expect(done).toEqual({ kind: 'list', addresses: 4, unreadable: 1, known: 3, entered: 2 })
    expect(done.kind === 'list' && listInWords(done)).toBe(
      '2 came in, of 4 addresses; 1 belong to nobody who is known; 1 are in it or were, have no address of its channels, or are not in its audience; 1 lines hold no address',
    )
    expect(await enterList({ ...deps, members }, { campaign, text, by: owner })).toMatchObject({ entered: 0 })
    expect(await enterList({ ...deps, members }, { campaign: 'nothing', text, by: owner })).toMatchObject({ rule: 'unknown-campaign' }) // prettier-ignore
  })
})
