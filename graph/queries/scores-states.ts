import type { Hash } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/** What is reckoned from a person's own rows, and what from the purchases of all. */
export type Part = 'people' | 'buyers'

/** How far a part follows. */
export type State = { scoringHash: Hash; watermark: string; fullAt: Date }

export const stateOf = (part: Part): Sql => sql`
  select scoring_hash as "scoringHash", watermark, full_at as "fullAt" from graph.score_states where part = ${part}`

export const putState = (part: Part, { scoringHash, watermark, fullAt }: State): Sql => sql`
  insert into graph.score_states (part, scoring_hash, watermark, full_at)
  values (${part}, ${scoringHash}, ${watermark}, ${fullAt})
  on conflict (part) do update set scoring_hash = excluded.scoring_hash, watermark = excluded.watermark,
    full_at = excluded.full_at`

/**
 * For reckoning with whole tables: the embedded engine gathers no statistics by itself, and of what a statement makes on
 * its way no engine has any. A planner that guesses few rows there nests loops over all (33,000 buyers: 254 s against
 * 1 s, tried).
 */
export const planForWhole = (): Sql => sql`
  set local enable_nestloop = off; set local work_mem = '64MB'; set local jit = off`
