import { UsageError } from '#kernel/errors.ts'
import { quoted, type Duck } from './duck.ts'
import type { Linked } from './link.ts'
import { termFacet } from './model.ts'
import { prepareRecord, scorePair, type ScoredPair } from './online.ts'
import { columnOf, textOf } from './columns-sql.ts'

/** Why two records are, or are not, one person's. `together`: whether they ended in one cluster. */
export type Explained = ScoredPair & { together: boolean }

/**
 * Explains a pair of a table that was just linked.
 * @param id the SQL of a record's id
 */
export async function explainRecords(
  duck: Duck,
  { model, groups }: Linked,
  id: string,
  ids: readonly [string, string],
): Promise<Explained> {
  const rids = await Promise.all(ids.map((one) => ridOf(duck, id, one)))
  const [left, right] = await Promise.all(rids.map((rid) => recordOf(duck, model.fields, rid)))
  const told = {
    ...model,
    terms: await Promise.all(model.fields.map((field, at) => termOf(duck, field, at, rids[0]!))),
  }
  const scored = scorePair(told, prepareRecord(told, left!), prepareRecord(told, right!))
  return { ...scored, together: groups[rids[0]!] === groups[rids[1]!] }
}

async function ridOf(duck: Duck, id: string, wanted: string): Promise<number> {
  const [found] = await duck.columns(`select rowid::int from raw where ${id} = ${quoted(wanted)}`)
  if (found!.length === 0) throw new UsageError(`There is no record "${wanted}"`)
  return Number(found![0])
}

type Fields = Linked['model']['fields']

async function recordOf(duck: Duck, fields: Fields, rid: number): Promise<Record<string, string | null>> {
  const whole =
    fields.find((one) => one.name === 'given')?.columns.join() ===
    fields.find((one) => one.name === 'family')?.columns.join()
  const read = fields.filter((one) => one.columns.length > 0)
  const values = await duck.columns(
    `select ${read.map((one) => textOf(one.columns)).join(', ')} from raw where rowid = ${rid}`,
  )
  const entries = read.map((one, at) => [one.name, values[at]![0] === null ? null : String(values[at]![0])] as const)
  const record = Object.fromEntries(entries)
  return whole ? { ...record, full: record['given'] ?? null, given: null, family: null } : record
}

/** How many bear the value of this record, counted as the scores were. */
async function termOf(duck: Duck, field: Fields[number], at: number, rid: number) {
  const [values] = await duck.columns(
    `select ${columnOf(field.name, termFacet(field.kind))} from rec where rid = ${rid}`,
  )
  const value = values![0] === null ? null : String(values![0])
  const [counts] = await duck.columns(`select c from term${at} where v = ${quoted(value ?? '')}`)
  const [totals] = await duck.columns(`select coalesce(sum(c), 1)::double from term${at}`)
  const counted = value === null || counts!.length === 0 ? {} : { [value]: Number(counts![0]) }
  return { total: Number(totals![0]), rest: 1, counts: counted }
}
