import { sql, type Sql } from '#kernel/sql.ts'

/** The tables of one of the two copies. */
export type Copy = { nodes: Sql; edges: Sql }
export type CopyName = 'a' | 'b'

export const copies: Readonly<Record<CopyName, Copy>> = {
  a: { nodes: sql`graph.nodes_a`, edges: sql`graph.edges_a` },
  b: { nodes: sql`graph.nodes_b`, edges: sql`graph.edges_b` },
}

export const liveGeneration = (): Sql => sql`
  select number, version, watermark, copy from graph.generations where live`

/** A generation in the copy that the live one leaves free. */
export const newGeneration = (version: string): Sql => sql`
  insert into graph.generations (version, copy)
  select ${version}, case when exists (select from graph.generations where live and copy = 'a') then 'b' else 'a' end
  returning number`

/** Where a generation is kept. Held, so that it is not dropped, and its copy emptied, while it is being written. */
export const copyOf = (number: number): Sql => sql`
  select copy from graph.generations where number = ${number} for key share`

/** The old one steps down in the statement before: at most one row is live at any moment. */
export const stepDown = (number: number): Sql => sql`
  update graph.generations set live = false where live and number <> ${number}`

export const goLive = (number: number, watermark: string): Sql => sql`
  update graph.generations set live = true, watermark = ${watermark} where number = ${number} returning number`

export const dropOthers = (): Sql => sql`delete from graph.generations where not live`

/** The copies in which nothing lives. */
export const freeCopies = (): Sql => sql`
  select copy from unnest(array['a', 'b']) copy where copy not in (select copy from graph.generations)`

export const emptyCopy = ({ nodes, edges }: Copy): Sql => sql`truncate ${nodes}, ${edges} restart identity`

/** So that the planner knows the new generation at once; the embedded engine has no housekeeper that would tell it. */
export const takeStatistics = ({ nodes, edges }: Copy): Sql => sql`analyze ${nodes}, ${edges}`
