import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrationFolders } from '#app/migrations.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { migrate } from '#kernel/migrate.ts'
import { leaseMs } from '#campaigns/delivery/claim.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { addPeople, anOwner, claimSize, enrol, ledger, readers, releaseBody, states } from '../campaigns/world.ts'

const kills = 6
const recipients = 2_000
/** Four claims of a worker leave side by side. */
const inFlight = 4 * claimSize
const program = fileURLToPath(new URL('send-worker.ts', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'millrace-chaos-'))
const children = new Set<ChildProcess>()
let db: Db
let sink: SmtpSink

beforeAll(async () => {
  sink = await smtpSink()
  sink.think(3)
  db = openDb(await embeddedConnection(home))
  await migrate(db, migrationFolders, systemClock)
  const deps = { db, clock: systemClock }
  const owner = await anOwner(db, systemClock)
  const people = await addPeople(db, systemClock, readers(recipients))
  await enrol(deps, await releaseBody(deps, owner), people)
})

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await db.close()
  await sink.close()
  rmSync(home, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 })
})

/** A worker whose clock runs ahead, so that it may take over what the one before left behind. */
function startWorker(round: number, ...more: string[]): ChildProcess {
  const offset = String(round * (leaseMs + 1_000))
  const child = spawn(process.execPath, [program, home, sink.url, offset, ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

describe('kill -9 while a campaign is being sent (promise 4)', () => {
  it(`loses nobody and doubles nobody over ${kills} kills`, async () => {
    for (let round = 0; round < kills; round++) {
      const child = startWorker(round)
      const enough = sink.taken.length + 7 + Math.floor(Math.random() * 40)
      await vi.waitUntil(() => sink.taken.length >= enough, { interval: 1, timeout: 90_000 })
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    expect(await once(startWorker(kills, 'drain'), 'exit')).toEqual([0, null])

    const copies = sink.copies()
    const rows = await ledger(db)
    expect(rows.size).toBe(recipients)
    for (const [address, row] of rows) {
      expect(['sent', 'unknown'], address).toContain(row.state)
      if (row.state === 'sent') expect(copies.get(address), address).toBe(1)
      else expect(copies.get(address) ?? 0, address).toBeLessThanOrEqual(1)
    }
    // What a kill leaves open is at most the groups that were leaving.
    const { unknown = 0 } = await states(db)
    expect(unknown).toBeLessThanOrEqual(kills * inFlight)
    expect(unknown).toBeLessThan(recipients)
  }, 600_000)
})
