import type { Queryable } from '#kernel/db.ts'
import type { Hash, Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Evaluation } from '../evaluate/run.ts'
import type { SetupVersion } from '../evaluate/setup.ts'

export type KeptEvaluation = Evaluation & { setup: SetupVersion; by: string }

export async function insertEvaluation(db: Queryable, row: KeptEvaluation): Promise<void> {
  await db.query(sql`insert into rag.evaluations (id, setup_hash, setup, briefs_hash, scores, checks, total, cost_micro_usd, at, by)
    values (${row.id}, ${row.setupHash}, ${json(row.setup)}, ${row.briefsHash}, ${json(row.scores)}, ${json(row.checks)},
      ${row.total}, ${row.costMicroUsd}, ${row.at}, ${row.by})`)
}

const columns = sql`id, setup_hash as "setupHash", setup, briefs_hash as "briefsHash", scores, checks, total,
  cost_micro_usd as "costMicroUsd", at, by`

/** The newest evaluation of a setup; on these briefs alone where they are named. */
export async function evaluationOf(
  db: Queryable,
  setup: Hash,
  briefs: Hash | null = null,
): Promise<KeptEvaluation | null> {
  const rows = await db.query<KeptEvaluation>(sql`select ${columns} from rag.evaluations
    where setup_hash = ${setup} and (${briefs}::text is null or briefs_hash = ${briefs}) order by at desc, id desc limit 1`)
  return rows[0] ?? null
}

export async function evaluationById(db: Queryable, id: Id<'evaluation'>): Promise<KeptEvaluation | null> {
  const rows = await db.query<KeptEvaluation>(sql`select ${columns} from rag.evaluations where id = ${id}`)
  return rows[0] ?? null
}

/** Evaluations, newest first. */
export const evaluations = (db: Queryable, limit: number): Promise<KeptEvaluation[]> =>
  db.query(sql`select ${columns} from rag.evaluations order by at desc, id desc limit ${limit}`)
