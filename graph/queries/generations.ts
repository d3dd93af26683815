import { sql, type Sql } from '#kernel/sql.ts'

export const liveGeneration = (): Sql => sql`
  select number, version, watermark from graph.generations where live`

export const newGeneration = (version: string): Sql => sql`
  insert into graph.generations (version) values (${version}) returning number`

/** The old one steps down in the statement before: at most one row is live at any moment. */
export const stepDown = (number: number): Sql => sql`
  update graph.generations set live = false where live and number <> ${number}`

export const goLive = (number: number, watermark: string): Sql => sql`
  update graph.generations set live = true, watermark = ${watermark} where number = ${number} returning number`

export const dropOtherEdges = (): Sql => sql`
  delete from graph.edges where generation in (select number from graph.generations where not live)`

export const dropOtherNodes = (): Sql => sql`
  delete from graph.nodes where generation in (select number from graph.generations where not live)`

export const dropOthers = (): Sql => sql`delete from graph.generations where not live`

/** So that the planner knows the new generation at once; the embedded engine has no housekeeper that would tell it. */
export const takeStatistics = (): Sql => sql`analyze graph.nodes, graph.edges`
