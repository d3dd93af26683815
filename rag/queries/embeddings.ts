import type { Queryable, Tx } from '#kernel/db.ts'
import type { ChunkId } from '#kernel/ids.ts'
import { joined, json, sql, type Sql } from '#kernel/sql.ts'
import { vectorText } from '../embedder.ts'

type Model = { id: string; dimensions: number }

/** A type modifier cannot be a parameter; the dimension is a checked integer, never input. */
function vectorType(dimensions: number): Sql {
  if (!Number.isSafeInteger(dimensions) || dimensions < 1) throw new Error(`${dimensions} is no vector dimension`)
  return joined([{ text: `vector(${dimensions})`, values: [] }])
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

/** HNSW of pgvector indexes at most this many dimensions; larger vectors are scanned. */
const indexedDimensions = 2000

/** Gives a model's vectors an index of their own once they are many; true when it has one. */
export async function ensureEmbedderIndex(db: Queryable, model: Model, from = indexFrom): Promise<boolean> {
  if (model.dimensions > indexedDimensions) return false
  const few = await db.query<{ few: boolean }>(sql`
    select count(*) < ${from} as few from (select 1 from rag.embeddings where model = ${model.id} limit ${from}) counted`)
  if (few[0]?.few !== false) return false
  // DDL takes no parameters: PostgreSQL itself quotes the model's name into the statement.
  const [statement] = await db.query<{ text: string }>(sql`
    select format(
      'create index if not exists %I on rag.embeddings using hnsw ((embedding::vector(%s)) vector_cosine_ops) where model = %L',
      'embeddings_' || substr(md5(${model.id}::text), 1, 16), ${model.dimensions}::int, ${model.id}::text) as text`)
  if (statement) await db.query({ text: statement.text, values: [] })
  return true
}

export type NearChunk = { chunkId: ChunkId; similarity: number }

/**
 * The chunks nearest to a vector by cosine similarity, among the documents valid at `at` and of the sources asked for.
 * In a transaction, because the index must look further than its default: validity and scope are filtered after it.
 */
export async function nearestChunks(
  tx: Tx,
  model: Model,
  vector: readonly number[],
  where: { at: Date; sources: readonly string[] | null },
  limit: number,
): Promise<NearChunk[]> {
  const type = vectorType(model.dimensions)
  const asked = vectorText(vector)
  await tx.query(sql`select set_config('hnsw.ef_search', '400', true)`)
  return tx.query(sql`
    with near as materialized (
      select content_hash, embedding::${type} <=> ${asked}::${type} as distance
      from rag.embeddings where model = ${model.id}
      order by embedding::${type} <=> ${asked}::${type} limit 400)
    select c.id as "chunkId", 1 - near.distance as similarity
    from near join ingest.chunks c using (content_hash)
    join ingest.documents d on d.id = c.document_id
    where d.valid_from <= ${where.at} and (d.valid_to is null or d.valid_to > ${where.at})
      and (${where.sources}::text[] is null or d.source = any(${where.sources}::text[]))
    order by near.distance, c.id limit ${limit}`)
}
