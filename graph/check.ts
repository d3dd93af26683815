import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { underLease } from '#kernel/leases.ts'
import { batchOf } from './batch.ts'
import { everyCanon, type Canon, type Said } from './canon.ts'
import { nodeKinds, type NodeKind } from './kinds.ts'
import type { Change, Digest, Generation, GraphWriter, NodeRef } from './port.ts'
import { currentSaying, projectionLease } from './project.ts'

const pageSize = 2_000
const named = 100
const leaseMs = 60_000

type Store = Pick<GraphWriter, 'live' | 'digests' | 'apply'>
type Deps = { db: Db; clock: Clock; store: Store }

/** How many, and the first of them by id. */
export type Differing = { count: number; first: string[] }

/** One kind of nodes, each with the edges it owns. */
export type KindChecked = {
  kind: NodeKind
  /** Compared, and equal. */
  same: number
  /** Changed since the graph was last brought up to date: the next projection looks after them. */
  waiting: number
  /** In the canonical tables, not in the graph. */
  missing: Differing
  /** In the graph, not in the canonical tables. */
  extra: Differing
  /** In both, said otherwise. */
  different: Differing
}

export type Checked =
  | { kind: 'checked'; generation: number; kinds: KindChecked[]; differences: number; repaired: boolean }
  | { kind: 'unchecked'; why: string }

/**
 * Compares the live graph with what the canonical tables say now, kind by kind in the order of ids, a page of each at a
 * time. No projection runs meanwhile; rows that change meanwhile wait for the next one and are no differences.
 * @param input.repair puts what is missing or different once more, and takes back what is extra
 */
export async function checkGraph(deps: Deps, input: { repair?: boolean } = {}): Promise<Checked> {
  const done = await underLease(deps, projectionLease, leaseMs, (mine) => checkNow(deps, input.repair ?? false, mine))
  return done ?? { kind: 'unchecked', why: 'The graph is being projected: wait for it to finish' }
}

async function checkNow({ db, store }: Deps, repair: boolean, mine: () => boolean): Promise<Checked> {
  const live = await store.live()
  if (!live) return { kind: 'unchecked', why: 'There is no graph yet: run `millrace graph`' }
  const { version, rules } = await currentSaying(db)
  if (live.version !== version) {
    return { kind: 'unchecked', why: 'The graph was made by other rules than now hold: run `millrace graph` first' }
  }
  const canons = new Map(everyCanon(rules).map((canon) => [canon.kind, canon]))
  const kinds: KindChecked[] = []
  for (const kind of nodeKinds) {
    const checked: KindChecked = { kind, same: 0, waiting: 0, missing: none(), extra: none(), different: none() }
    for await (const window of windows({ db, store }, live, kind, canons.get(kind))) {
      if (!mine()) throw new Error('Another process took over the projection of the graph: check again')
      const amends = compare(checked, window)
      if (repair && amends.put.length + amends.gone.length > 0) await store.apply(live.number, amends)
    }
    kinds.push(checked)
  }
  const differences = kinds.reduce((sum, { missing, extra, different }) => sum + missing.count + extra.count + different.count, 0) // prettier-ignore
  return { kind: 'checked', generation: live.number, kinds, differences, repaired: repair && differences > 0 }
}

const none = (): Differing => ({ count: 0, first: [] })

/** All of one kind between two ids: what the tables say, what the graph keeps, and what has changed since. */
type Window = { kind: NodeKind; said: Map<string, Change>; kept: Map<string, number>; news: Set<string> }

/**
 * The ids from end to end, in steps that no list is longer than a page in. What changed is read last: a row that changed
 * after it was read is then among the news.
 */
async function* windows(
  { db, store }: Pick<Deps, 'db' | 'store'>,
  live: Generation,
  kind: NodeKind,
  canon: Canon | undefined,
): AsyncGenerator<Window> {
  const page = { limit: pageSize, after: '' }
  for (;;) {
    const said = canon ? await canon.read(db, { ...page, since: '0' }) : []
    const kept = await store.digests(live.number, { ...page, kind })
    const news = canon ? await canon.read(db, { ...page, since: live.watermark }) : []
    const ids = { said: said.map(({ ref }) => ref.id), kept: kept.map(({ id }) => id), news: news.map(({ ref }) => ref.id) } // prettier-ignore
    const [end] = Object.values(ids)
      .flatMap((list) => (list.length < pageSize ? [] : list.slice(-1)))
      .toSorted(byCodePoint)
    const isWithin = (id: string): boolean => end === undefined || byCodePoint(id, end) <= 0
    yield { kind, ...within({ said, kept, news: ids.news }, isWithin) }
    if (end === undefined) return
    page.after = end
  }
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

function within(
  { said, kept, news }: { said: Said[]; kept: Digest[]; news: string[] },
  isWithin: (id: string) => boolean,
): Omit<Window, 'kind'> {
  const spoken = said.flatMap(({ ref, change }): [string, Change][] =>
    change !== null && isWithin(ref.id) ? [[ref.id, change]] : [],
  )
  return {
    said: new Map(spoken),
    kept: new Map(kept.flatMap(({ id, digest }): [string, number][] => (isWithin(id) ? [[id, digest]] : []))),
    news: new Set(news),
  }
}

/** Counts what is alike and what is not, and says what would make it so. */
function compare(checked: KindChecked, { kind, said, kept, news }: Window): { put: Change[]; gone: NodeRef[] } {
  const amends: { put: Change[]; gone: NodeRef[] } = { put: [], gone: [] }
  for (const id of new Set([...said.keys(), ...kept.keys()])) {
    const [change, digest] = [said.get(id), kept.get(id)]
    if (news.has(id)) checked.waiting += 1
    else if (change === undefined) {
      note(checked.extra, id)
      amends.gone.push({ kind, id })
    } else if (digest !== undefined && digest === digestOf(change)) checked.same += 1
    else {
      note(digest === undefined ? checked.missing : checked.different, id)
      amends.put.push(change)
    }
  }
  return amends
}

function note(differing: Differing, id: string): void {
  differing.count += 1
  if (differing.first.length < named) differing.first.push(id)
}

/** Of a node and the edges it owns, as the store sums them up. */
function digestOf(change: Change): number {
  const { nodes, edges } = batchOf([change])
  return [...nodes, ...edges].reduce((sum, { digest }) => sum + digest, 0)
}
