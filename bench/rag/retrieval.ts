import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { systemClock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { readConfig } from '#kernel/config.ts'
import { byWords } from '#rag/candidates.ts'
import type { Embedder } from '#rag/embedder.ts'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import { evaluateRetrieval } from '#rag/evaluate/retrieval.ts'
import { isInstalled, miniLm, modelFolder } from '#rag/local-models.ts'
import { retrieve, retrieveFacts, whereOf } from '#rag/retrieve.ts'
import { addCatalogue } from './facts-time.ts'
import { writeJudgedSets } from './judged-sets.ts'
import { generatedPassages, generatedQueries, seeded } from './zipf-texts.ts'

/**
 * How long an answer takes on a PostgreSQL server: full text alone, and the whole recipe, among many passages of words
 * as rare and as common as words are. Vectors are random, so that the database is measured and not a model; a model's
 * own time for a query is printed apart. `--judged FOLDER` writes the sets for `millrace retrieve evaluate` instead.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      passages: { type: 'string', default: '100000' },
      queries: { type: 'string', default: '400' },
      facts: { type: 'string', default: '50000' },
      keep: { type: 'string' },
      judged: { type: 'string' },
      sentences: { type: 'string', default: '5' },
    },
  })
  if (values.judged !== undefined) return writeJudgedSets(values.judged, Number(values.sentences))
  if (values.url === undefined) throw new Error('Say --url postgres://…: the server, where a database may be created')
  const name = values.keep ?? `millrace_bench_${randomBytes(4).toString('hex')}`
  const fresh = await created(values.url, name)
  const db = openDb({ options: { connectionString: within(values.url, name) } })
  try {
    const texts = generatedPassages(Number(values.passages))
    if (fresh) await fill(db, texts)
    await measureAll(db, generatedQueries(texts, Number(values.queries)))
    await measureFacts(db, Number(values.facts), Number(values.queries))
    await measureModel(generatedQueries(texts, 200), texts)
  } finally {
    await db.close()
    if (values.keep === undefined) await administer(values.url, `drop database ${name} with (force)`)
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function fill(db: Db, texts: readonly string[]): Promise<void> {
  const began = performance.now()
  await migrate(db, migrationFolders, systemClock)
  const corpus = texts.map((text, index) => ({ id: `p${index}`, text }))
  await evaluateRetrieval({ db, clock: systemClock, embedder: fake }, { corpus, queries: [], judgements: new Map() })
  await db.query({ text: 'vacuum analyze', values: [] })
  say(`${texts.length} passages indexed in ${((performance.now() - began) / 1000).toFixed(0)} s`)
}

async function measureAll(db: Db, queries: readonly string[]): Promise<void> {
  const deps = { db, embedder: fake }
  const question = (query: string) => ({ query, at: systemClock(), limit: 10 })
  await measure('beside it: PostgreSQL’s own ranked search', queries.slice(0, 20), (query) => ownSearch(db, query))
  await measure('full text alone', queries, (query) => byWords({ db }, query, whereOf(question(query))))
  await measure('hybrid', queries, (query) => retrieve(deps, question(query)))
}

/** Words of the query, any of them, ranked as PostgreSQL itself ranks: what one would write without this room. */
const ownSearch = (db: Db, query: string): Promise<unknown> =>
  db.query({
    text: `select id from ingest.chunks, to_tsquery('english', $1) asked where search @@ asked
      order by ts_rank_cd(search, asked) desc limit 50`,
    values: [query.split(' ').join(' | ')],
  })

/** Facts of the catalogue that a draft may state, by words of its titles. */
async function measureFacts(db: Db, facts: number, asked: number): Promise<void> {
  const [before] = await db.query<{ n: number }>({ text: 'select count(*) as n from ingest.facts', values: [] })
  const titles = await addCatalogue(db, Math.max(0, Math.ceil((facts - (before?.n ?? 0)) / 10)))
  await db.query({ text: 'vacuum analyze', values: [] })
  const queries = generatedQueries(titles.length > 0 ? titles : generatedPassages(1000), asked)
  await measure(`facts, among ${facts}`, queries, (query) =>
    retrieveFacts({ db }, { query, at: systemClock(), limit: 8 }),
  )
}

async function measure(
  name: string,
  queries: readonly string[],
  ask: (query: string) => Promise<unknown>,
): Promise<void> {
  for (const query of queries.slice(0, queries.length / 8)) await ask(query)
  const times: number[] = []
  for (const query of queries) times.push(await timed(() => ask(query)))
  say(`${lineOf(name, times)}; load ${(loadavg()[0] ?? 0).toFixed(1)}`)
}

async function measureModel(queries: readonly string[], passages: readonly string[]): Promise<void> {
  const { MILLRACE_MODELS: models } = readConfig()
  if (!isInstalled(models, miniLm))
    return say('all-MiniLM-L6-v2 is not installed: its time for a query is not measured')
  const embedder = minilmEmbedder({ dir: modelFolder(models, miniLm) })
  await embedder.embed(['warm'])
  const times: number[] = []
  for (const query of queries) times.push(await timed(() => embedder.embed([query])))
  say(lineOf(`${embedder.id}, a query`, times))
  for (const [name, texts] of [
    ['passages of 110 words', passages.slice(0, 64)],
    ['queries', queries],
  ] as const) {
    const ms = await timed(() => embedder.embed(texts))
    say(`${embedder.id}: ${((texts.length * 1000) / ms).toFixed(0)} ${name} a second`)
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function lineOf(name: string, times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)} ms`
  return `${name}: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} (${times.length} queries)`
}

/** Random unit vectors, the same for the same text. */
const fake: Embedder = {
  id: 'random',
  dimensions: 384,
  embed: (texts) => Promise.resolve(texts.map(randomVector)),
}

function randomVector(text: string): number[] {
  const random = seeded(Number.parseInt(sha256(text).slice(0, 8), 16))
  const vector = Array.from({ length: 384 }, () => random() - 0.5)
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

function within(url: string, name: string): string {
  const place = new URL(url)
  place.pathname = `/${name}`
  return place.href
}

/** Creates the database; false where it is there from an earlier run (`--keep`). */
async function created(url: string, name: string): Promise<boolean> {
  if (!/^[a-z0-9_]+$/.test(name)) throw new Error('--keep is the name of a database: small letters, digits and _')
  return administer(url, `create database ${name}`).then(
    () => true,
    (fault: unknown) => {
      if (fault instanceof Error && 'code' in fault && fault.code === '42P04') return false
      throw fault
    },
  )
}

async function administer(url: string, text: string): Promise<void> {
  const admin = openDb({ options: { connectionString: url, max: 1 } })
  try {
    await admin.query({ text, values: [] })
  } finally {
    await admin.close()
  }
}

await main(process.argv.slice(2))
