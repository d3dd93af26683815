import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { ChunkId } from '#kernel/ids.ts'
import { joined, json, sql, type Sql } from '#kernel/sql.ts'
import { vectorText } from '../embedder.ts'
import { mayBeFound, type Where } from './text-search.ts'

type Model = { id: string; dimensions: number }

/**
 * Vectors are compared at half their precision: the index is half as large, and finds the same. A type modifier cannot
 * be a parameter; the dimension is a checked integer, never input.
 */
function vectorType(dimensions: number): Sql {
  if (!Number.isSafeInteger(dimensions) || dimensions < 1) throw new Error(`${dimensions} is no vector dimension`)
  return joined([{ text: `halfvec(${dimensions})`, values: [] }])
}

/** Contents that no vector of the model exists for, from a content hash on, in the order of the hash. */
export function contentsWithoutVector(
  db: Queryable,
  model: string,
  after: string,
  limit: number,
): Promise<{ contentHash: string; text: string }[]> {
  return db.query(sql`
    select c.content_hash as "contentHash", min(c.heading || E'\n' || c.text) as text
    from ingest.chunks c
    where c.content_hash > ${after}
      and not exists (select 1 from rag.embeddings e where e.content_hash = c.content_hash and e.model = ${model})
    group by c.content_hash order by c.content_hash limit ${limit}`)
}

/** How many contents the corpus has, and how many of them have a vector of the model. */
export async function countContents(db: Queryable, model: string): Promise<{ contents: number; embedded: number }> {
  const rows = await db.query<{ contents: number; embedded: number }>(sql`
    select count(*) as contents, count(e.content_hash) as embedded
    from (select distinct content_hash from ingest.chunks) c
    left join rag.embeddings e on e.content_hash = c.content_hash and e.model = ${model}`)
  return rows[0] ?? { contents: 0, embedded: 0 }
}

/** Keeps vectors; those of a content that already has one (another indexer was faster) are left alone. */
export async function keepVectors(
  db: Queryable,
  model: Model,
  at: Date,
  vectors: readonly { contentHash: string; vector: readonly number[] }[],
): Promise<void> {
  const rows = vectors.map(({ contentHash, vector }) => ({ hash: contentHash, vector: vectorText(vector) }))
  await db.query(sql`
    insert into rag.embeddings (content_hash, model, dimensions, embedding, embedded_at)
    select row.hash, ${model.id}, ${model.dimensions}, row.vector::vector, ${at}
    from jsonb_to_recordset(${json(rows)}::jsonb) as row(hash text, vector text)
    on conflict do nothing`)
}

/** Removes vectors, of every model, whose content is in no chunk any more; returns how many. */
export async function removeOrphanVectors(db: Queryable): Promise<number> {
  const rows = await db.query(sql`
    delete from rag.embeddings e
    where not exists (select 1 from ingest.chunks c where c.content_hash = e.content_hash) returning 1`)
  return rows.length
}

/** Below this many vectors a scan is exact and takes milliseconds; HNSW is neither. */
const indexFrom = 5000

/** HNSW of pgvector indexes at most this many dimensions of half precision; larger vectors are scanned. */
const indexedDimensions = 4000

const indexName = (model: Sql): Sql => sql`'embeddings_' || substr(md5(${model}), 1, 16)`

/** Gives a model's vectors an index of their own once they are many; true when it has one. */
export async function ensureEmbedderIndex(db: Db, model: Model, from = indexFrom): Promise<boolean> {
  if (model.dimensions > indexedDimensions) return false
  if (!(await hasVectors(db, model, from))) return false
  // DDL takes no parameters: PostgreSQL itself quotes the model's name into the statement.
  const [statement] = await db.query<{ text: string }>(sql`
    select format(
      'create index if not exists %I on rag.embeddings using hnsw ((embedding::halfvec(%s)) halfvec_cosine_ops) where model = %L',
      ${indexName(sql`${model.id}::text`)}, ${model.dimensions}::int, ${model.id}::text) as text`)
  if (statement) {
    await db.transaction(async (tx) => {
      // With the default the graph does not fit, and takes many times as long to build.
      await tx.query(sql`select set_config('maintenance_work_mem', '512MB', true)`)
      await tx.query({ text: statement.text, values: [] })
    })
  }
  return true
}

async function hasVectors(db: Queryable, model: Model, atLeast: number): Promise<boolean> {
  const rows = await db.query<{ enough: boolean }>(sql`
    select count(*) = ${atLeast} as enough
    from (select 1 from rag.embeddings where model = ${model.id} limit ${atLeast}) counted`)
  return rows[0]?.enough === true
}

export type NearChunk = { chunkId: ChunkId; similarity: number }

/** How far the index looks, so that enough is left of what may be found. */
const looksAt = 50
const tooFew = 10

/**
 * The chunks nearest to a vector by cosine similarity, among the documents that may be found.
 * In a transaction, because the index must look further than its default: what may be found is filtered after it.
 * Where little is left of what is nearest (one small source of many), that little is searched whole.
 */
export async function nearestChunks(
  tx: Tx,
  model: Model,
  vector: readonly number[],
  where: Where,
  limit: number,
): Promise<NearChunk[]> {
  const type = vectorType(model.dimensions)
  const distance = sql`embedding::${type} <=> ${vectorText(vector)}::${type}`
  // What is looked up in an index is found before a plan of it could be compiled.
  await tx.query(sql`select set_config('hnsw.ef_search', ${String(looksAt)}, true), set_config('jit', 'off', true)`)
  const nearest = sql`select content_hash, ${distance} as distance from rag.embeddings where model = ${model.id}
    order by ${distance} limit ${looksAt}`
  const found = await tx.query<NearChunk>(sql`
    with near as materialized (${nearest})
    select c.id as "chunkId", 1 - near.distance as similarity
    from near join ingest.chunks c using (content_hash) join ingest.documents d on d.id = c.document_id
    where ${mayBeFound(where)}
    order by near.distance, c.id limit ${limit}`)
  if (found.length >= Math.min(limit, tooFew) || !(await hasVectors(tx, model, looksAt))) return found
  return tx.query(sql`
    with open as materialized (
      select c.id, c.content_hash from ingest.chunks c join ingest.documents d on d.id = c.document_id
      where ${mayBeFound(where)})
    select open.id as "chunkId", 1 - (${distance}) as similarity
    from open join rag.embeddings using (content_hash) where model = ${model.id}
    order by similarity desc, open.id limit ${limit}`)
}

/** How near given chunks are; those without a vector of the model are not there. */
export function similarities(
  db: Queryable,
  model: Model,
  vector: readonly number[],
  chunkIds: readonly ChunkId[],
): Promise<NearChunk[]> {
  const type = vectorType(model.dimensions)
  return db.query(sql`
    select c.id as "chunkId", 1 - (e.embedding::${type} <=> ${vectorText(vector)}::${type}) as similarity
    from ingest.chunks c join rag.embeddings e on e.content_hash = c.content_hash and e.model = ${model.id}
    where c.id = any(${chunkIds}::uuid[])`)
}

/** The models that had a vector for every content once, the latest first. */
export function completedModels(db: Queryable): Promise<{ model: string }[]> {
  return db.query(sql`select model from rag.embedding_models order by completed_at desc, model`)
}

/** Notes that a model has a vector for every content, and forgets all others, their vectors and indexes; returns how many. */
export async function completeModel(tx: Tx, model: Model, at: Date): Promise<number> {
  await tx.query(sql`insert into rag.embedding_models (model, dimensions, completed_at)
    values (${model.id}, ${model.dimensions}, ${at}) on conflict (model) do nothing`)
  await tx.query(sql`delete from rag.embedding_models where model <> ${model.id}`)
  const rows = await tx.query(sql`delete from rag.embeddings where model <> ${model.id} returning 1`)
  const stale = await tx.query<{ text: string }>(sql`
    select format('drop index rag.%I', indexname) as text from pg_indexes
    where schemaname = 'rag' and tablename = 'embeddings' and indexname ~ '^embeddings_[0-9a-f]{16}$'
      and indexname <> ${indexName(sql`${model.id}::text`)}`)
  for (const { text } of stale) await tx.query({ text, values: [] })
  return rows.length
}

/** Counts rows anew for the planner, where nobody else does (the embedded engine has no autovacuum). */
export async function refreshStatistics(db: Queryable): Promise<void> {
  await db.query(sql`analyze rag.texts, rag.terms, rag.postings, rag.embeddings, ingest.chunks, ingest.documents`)
}
