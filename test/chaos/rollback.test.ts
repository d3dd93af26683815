import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { approved } from '#governance/approvals.ts'
import { liveRelease, releaseHistory, rollback } from '#governance/releases.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { sql } from '#kernel/sql.ts'
import { aBody, addPeople, anOwner, campaign, enrol, readers, releaseBody } from '../campaigns/world.ts'
import { roughSmtp, type RoughSmtp } from '../support/rough-smtp.ts'
import { stopEngine, unpack } from './house.ts'
import { startTime, type StormTime } from './pace.ts'
import { keepGoing, type Kept } from './processes.ts'

/** A process takes a second to start, and on a machine that others use a hundred times as long. */
const patienceMs = 180_000
const folder = mkdtempSync(join(tmpdir(), 'millrace-storm-'))
const home = join(folder, 'home')
let worker: Kept | undefined
let db: Db
let sink: RoughSmtp
let time: StormTime

beforeAll(async () => {
  time = startTime(join(folder, 'pace.json'), new Date('2026-03-02T10:00:00Z'), 10)
  mkdirSync(home)
  unpack(inject('snapshot'), home)
  db = openDb(await embeddedConnection(home))
  sink = await roughSmtp({ latencyMs: 5 })
})
afterAll(async () => {
  await worker?.stop()
  await db.close()
  await sink.close()
  await stopEngine(home)
  rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 })
})

const asks = (text: string) => ({ text, citations: [] })
/** A content that claims nothing and names its version, so that the sink sees which it got. */
const version = (name: string) =>
  aBody({ subject: asks(`${name}?`), preheader: asks('How are you?'), blocks: [{ kind: 'paragraph', sentences: [asks('How are you?')] }], slots: [] }) // prettier-ignore

type Row = { address: string; state: string; claimedAt: Date | null; releaseHash: string }

/** Every message with the claim that took it last. */
const ledger = (): Promise<Row[]> =>
  db.query<Row>(sql`
    select i.value as address, d.state, c.claimed_at as "claimedAt", d.release_hash as "releaseHash"
    from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
    left join campaigns.claims c on c.id = d.claim_id`)

describe('a rollback while messages leave', () => {
  it('binds every claim that begins after it, and two kills beside it lose and double nobody', async () => {
    const [chunk, chunks] = [50, 12]
    const deps = { db, clock: time.now }
    const owner = await anOwner(db, time.now)
    const people = await addPeople(db, time.now, readers(chunk * chunks))
    const good = await releaseBody(deps, owner, version('good'))
    await releaseBody(deps, owner, version('bad'))
    const env = { MILLRACE_HOME: home, SMTP_URL: sink.url, MAIL_FROM: 'hello@alder.example', BUSINESS_ADDRESS: '1 Mill Lane', BUSINESS_ZONE: 'Europe/Amsterdam' } // prettier-ignore
    worker = keepGoing({ verb: 'worker', env, pace: time.path, folder })

    // People come in a few at a time, so that claims begin all the while.
    for (let n = 1; n <= chunks; n++) {
      const live = await approved(db, (await liveRelease(db, campaign))!.hash)
      await enrol(deps, live!, people.slice(0, n * chunk))
      await expect.poll(() => sink.taken.length, { timeout: patienceMs }).toBeGreaterThan((n - 2) * chunk)
      if (n === 4 || n === 8) await worker.kill()
      if (n === 6) expect(await rollback(deps, { name: campaign, by: owner, reason: 'bad' })).toMatchObject({ to: good.hash }) // prettier-ignore
    }
    const open = async (): Promise<number> => {
      time.jump(20_000)
      return (await ledger()).filter(({ state }) => ['planned', 'claimed', 'sending'].includes(state)).length
    }
    await expect.poll(open, { timeout: patienceMs, interval: 500 }).toBe(0)

    const [back] = await releaseHistory(db, campaign)
    const seen = new Map(sink.taken.map(({ to, raw }) => [to, /^Subject: (good|bad)/m.exec(raw)?.[1]]))
    const rows = await ledger()
    expect(rows).toHaveLength(people.length)
    for (const { address, state, claimedAt, releaseHash } of rows) {
      expect(['sent', 'unknown'], address).toContain(state)
      if (state === 'sent') expect(sink.copies.get(address), address).toBe(1)
      else expect(sink.copies.get(address) ?? 0, address).toBeLessThanOrEqual(1)
      const after = claimedAt !== null && claimedAt > back!.movedAt
      const shown = seen.get(address)
      if (after) expect(releaseHash, address).toBe(good.hash)
      if (shown) expect(shown, address).toBe(releaseHash === good.hash ? 'good' : 'bad')
    }
    expect(new Set(seen.values())).toEqual(new Set(['good', 'bad']))
  }, 600_000)
})
