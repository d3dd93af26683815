import { RefusedError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { commitShared, type Alongside } from './batch.ts'
import { dayIn } from './cleanse/instant.ts'
import type { BatchRun } from './decide.ts'
import { once } from './feed.ts'
import { finishEarlierRuns, insertRun, unfinishedRun, type RunCounts } from './queries/runs.ts'
import { settingOf, type IngestDeps } from './run.ts'
import type { Item, Source } from './source.ts'

/**
 * What was sent: `name` says where to (`collect`, `webhook`), `body` is as a file of the source is. `asOf`: how things
 * stood then, so that what was so later is not replaced. `alongside` writes in the same transaction.
 */
export type Pushed = { name: string; body: Uint8Array; asOf?: Date; alongside?: Alongside }

/**
 * Takes in what a vendor or a web page sent, on the path of a file's bytes; it is committed when this returns. All that
 * is sent to one name on one day of the business is one run. Any number of processes may do so at once.
 * @returns what became of it: received = accepted + unchanged + quarantined
 */
export async function takePushed(deps: IngestDeps, source: Source, pushed: Pushed): Promise<RunCounts> {
  const items = await itemsOf(deps, source, pushed)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commitShared(deps, await standingRun(deps, source, pushed.name), items, pushed.alongside)
    } catch (fault) {
      // The day has changed meanwhile, and another process has ended this day's run.
      if (attempt < 3 && fault instanceof RefusedError) continue
      throw fault
    }
  }
}

async function itemsOf(deps: IngestDeps, source: Source, { name, body, asOf }: Pushed): Promise<Item[]> {
  const items: Item[] = []
  const stood = asOf && { asOf: asOf.toISOString() }
  for await (const item of source.read({ file: `push:${name}`, bytes: once(body) }, settingOf(deps))) {
    items.push(item.is === 'row' && stood ? { ...item, place: { ...item.place, ...stood } } : item)
  }
  return items
}

async function standingRun(deps: IngestDeps, source: Source, name: string): Promise<BatchRun> {
  const at = deps.clock()
  const day = dayIn(at, deps.business.zone)
  const wanted = { source: source.name, input: `push:${name}`, fingerprint: `day ${day}` }
  const { reading, layout } = source
  const known = { source: source.name, reading, layout, again: false, replay: false, live: 'pushed' as const }
  const standing = await unfinishedRun(deps.db, wanted)
  if (standing) return { ...known, id: standing.id }
  const place = { items: 0, asides: {} }
  await deps.db.transaction(async (tx) => {
    await insertRun(tx, { ...wanted, id: newId<'run'>(deps.clock), place, reading }, at)
    await finishEarlierRuns(tx, wanted, at)
  })
  const begun = await unfinishedRun(deps.db, wanted)
  if (!begun) throw new RefusedError(`The run of ${day} was ended just now: send it again`)
  return { ...known, id: begun.id }
}
