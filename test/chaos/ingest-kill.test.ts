import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '#examples/roastery/random.ts'
import { generateRoastery } from '#examples/roastery/generate.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { sql } from '#kernel/sql.ts'
import { endProcess, enginesOf, millrace, startMillrace, testHome, type Ended, type Running } from '../app/millrace.ts'
import { canonicalTotals, testFolder } from '../ingest/ingest-support.ts'

type Victim = 'verb' | 'engine' | 'both'
type Counts = { received: number; accepted: number; unchanged: number; quarantined: number }

/** One round each: the verb is the one that dies most often. */
const victims: readonly Victim[] = ['verb', 'engine', 'verb', 'both', 'verb', 'engine', 'verb']
const random = createRandom('kill the ingest')
const folder = testFolder()
const file = join(folder.path, 'web', 'events.jsonl')
const [calm, rough] = [testHome(), testHome()]

const ingesting = (home: string): Running => startMillrace({ home, ownGroup: true }, 'ingest', 'web', file, '--json')

/** The runs as they stand, or none while the engine is down or the house not yet built. */
async function look(db: Db): Promise<Counts[]> {
  const runs = await db
    .query<Counts>(sql`select received, accepted, unchanged, quarantined from ingest.runs`)
    .catch(() => [])
  for (const { received, accepted, unchanged, quarantined } of runs)
    expect(received).toBe(accepted + unchanged + quarantined)
  return runs
}

/** Lets the ingest go on until it has taken in some more rows, and a moment longer; or until it has ended. */
async function until(db: Db, ended: Promise<Ended>, received: number): Promise<void> {
  const over = ended.then(() => true)
  while (!(await Promise.race([over, pause(5, false)]))) {
    const [run] = await look(db)
    if ((run?.received ?? 0) < received) continue
    await pause(random.int(0, 40))
    return
  }
}

function kill(victim: Victim, running: Running): void {
  if (victim !== 'verb') for (const engine of enginesOf(rough)) endProcess(engine, 'SIGKILL')
  if (victim !== 'engine' && running.child.pid !== undefined) endProcess(-running.child.pid, 'SIGKILL')
}

describe('kill -9 while an export is read', () => {
  let truth: Record<string, unknown>
  let report: Counts
  let db: Db

  beforeAll(async () => {
    // The visitors of three shops one after the other: enough for several commits.
    const visits = [1, 2, 3].map((seed) => generateRoastery({ seed }).files.get('web/events.jsonl')!)
    await mkdir(dirname(file))
    await writeFile(file, Buffer.concat(visits))
    const { code, stdout } = await millrace({ home: calm }, 'ingest', 'web', file, '--json')
    expect(code).toBe(3)
    report = JSON.parse(stdout) as Counts
    const undisturbed = openDb(await embeddedConnection(calm))
    truth = await canonicalTotals(undisturbed)
    await undisturbed.close()
    db = openDb(await embeddedConnection(rough))
  }, 120_000)
  afterAll(() => db.close())

  it(`loses no row and doubles none over ${victims.length} kills of the verb and its engine`, async () => {
    let behind = 0
    let interrupted = 0
    for (const victim of victims) {
      const running = ingesting(rough)
      await until(db, running.ended, behind + random.int(0, report.received / victims.length))
      kill(victim, running)
      const { code } = await running.ended
      if (code !== 3) interrupted += 1
      const [run] = await look(db)
      behind = run?.received ?? behind
    }
    expect(interrupted).toBeGreaterThan(victims.length / 2)

    const last = await ingesting(rough).ended
    expect(last).toMatchObject({ code: 3, stderr: '' })
    const { received, accepted, unchanged, quarantined } = report
    expect(await look(db)).toContainEqual({ received, accepted, unchanged, quarantined })
    expect(await canonicalTotals(db)).toEqual(truth)
    expect(await millrace({ home: rough }, 'audit')).toMatchObject({ code: 0, stderr: '' })
  }, 240_000)
})
