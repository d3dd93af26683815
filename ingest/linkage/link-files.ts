import { rename } from 'node:fs/promises'
import { UsageError } from '#kernel/errors.ts'
import { explainRecords, type Explained } from './explain-records.ts'
import { chooseFields, type Choice } from './choose-fields.ts'
import { named, openDuck, quoted, type Duck } from './duck.ts'
import { linkRecords, type Linked, type Step } from './link.ts'
import type { ColumnMap } from './map.ts'
import type { LinkageModel } from './model.ts'
import { readTable } from './read-table.ts'
import { makeRecords } from './record-table.ts'

export type LinkFiles = {
  files: readonly { name: string; path: string }[]
  map: ColumnMap | null
  model: LinkageModel | null
  /** Where clusters are written: `record_id,cluster_id,probability_band`. */
  out: string | null
  /** Two record ids to explain. */
  explain: readonly [string, string] | null
  step?: Step
}

export type FilesLinked = {
  records: number
  clusters: number
  /** Records by band. */
  bands: { merge: number; review: number; alone: number }
  choice: Choice
  linked: Linked
  explained: Explained | null
}

/**
 * Links the records of one file, or of two, into people, without labels. Of two files records go by `file:id`.
 * Throws UsageError for files, maps and ids that cannot be understood, and writes nothing then.
 */
export async function linkFiles(input: LinkFiles): Promise<FilesLinked> {
  const duck = await openDuck()
  const step = input.step ?? (() => {})
  try {
    step('reading')
    const table = await readTable(duck, input.files)
    const choice = await choose(duck, table, input)
    step('preparing')
    await makeRecords(duck, choice.fields)
    const linked = await linkRecords(duck, {
      fields: choice.fields,
      records: table.rows,
      model: input.model ?? undefined,
      step,
    })
    const id = recordId(choice.id, input.files.length > 1)
    const explained = input.explain ? await explainRecords(duck, linked, id, input.explain) : null
    step('writing')
    const { clusters, bands } = await keepClusters(duck, linked, table.rows)
    if (input.out !== null) await writeClusters(duck, id, input.out)
    return { records: table.rows, clusters, bands, choice, linked, explained }
  } finally {
    await duck.close()
  }
}

/** A model brings its own fields: the columns it was trained on must be there. */
async function choose(
  duck: Duck,
  table: Awaited<ReturnType<typeof readTable>>,
  { map, model }: LinkFiles,
): Promise<Choice> {
  const choice = await chooseFields(duck, table, map)
  if (!model) return choice
  const fields = model.fields.map((known) => {
    const same = choice.fields.find((one) => one.name === known.name)
    return same
      ? { ...known, columns: same.columns, ...(same.format === undefined ? {} : { format: same.format }) }
      : { ...known, columns: [] }
  })
  const missing = fields.filter((one) => one.columns.length === 0).map((one) => one.name)
  if (missing.length === fields.length) throw new UsageError('Nothing the model compares is in this file')
  return {
    ...choice,
    fields,
    warnings: [
      ...choice.warnings,
      ...missing.map((name) => `The model compares "${name}", which this file does not have`),
    ],
  }
}

/** The SQL of a record's id; without a column of ids the number of its row in its file. */
const recordId = (column: string | null, several: boolean): string => {
  const before = several ? '(select min(other.rowid) from raw other where other."file:" = raw."file:")' : '0'
  const own = column === null ? `(raw.rowid - ${before} + 1)::varchar` : `trim(raw.${named(column)})`
  return several ? `raw."file:" || ':' || ${own}` : own
}

/** Clusters in table `cluster`, numbered from 1 in the order of their first record. */
async function keepClusters(
  duck: Duck,
  { groups, certainty, edges, model }: Linked,
  records: number,
): Promise<Pick<FilesLinked, 'clusters' | 'bands'>> {
  const asked = new Uint8Array(records)
  for (let index = 0; index < edges.a.length; index += 1) {
    if (edges.weight[index]! < model.bands.review) continue
    asked[edges.a[index]!] = 1
    asked[edges.b[index]!] = 1
  }
  const bands = { merge: 0, review: 0, alone: 0 }
  let clusters = 0
  const numbers = new Int32Array(records)
  await duck.run('create or replace table cluster (rid int, cluster int, band varchar)')
  const appender = await duck.appender('cluster')
  for (let rid = 0; rid < records; rid += 1) {
    const first = groups[rid]!
    if (first === rid) numbers[rid] = clusters += 1
    const band = certainty[rid] === 2 ? 'merge' : certainty[rid] === 1 || asked[rid] === 1 ? 'review' : 'alone'
    bands[band] += 1
    appender.appendInteger(rid)
    appender.appendInteger(numbers[first]!)
    appender.appendVarchar(band)
    appender.endRow()
  }
  appender.closeSync()
  return { clusters, bands }
}

/** Written beside and renamed at the end: a file that is there is whole. */
async function writeClusters(duck: Duck, id: string, out: string): Promise<void> {
  const draft = `${out}.part`
  await duck.run(`copy (select ${id} as record_id, made.cluster as cluster_id, made.band as probability_band
    from raw join cluster made on made.rid = raw.rowid order by made.rid) to ${quoted(draft)} (format csv, header true)`)
  await rename(draft, out)
}
