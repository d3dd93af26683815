import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import { evaluateClustering, type Evaluation } from '#ingest/linkage/evaluate.ts'
import { readLabels, truthPlace } from '#ingest/linkage/labels.ts'
import { makers, type DataSet } from './generate.ts'
import { measure, type Measured } from './measure.ts'

/** What each set should reach: pair F1 of clusters, and, for the large one, seconds and megabytes. */
const targets: Readonly<Record<string, string>> = {
  fake_1000: 'F1 ≥ 0.92',
  febrl1: 'F1 ≥ 0.998',
  febrl2: 'F1 ≥ 0.998',
  corrupted: 'F1 ≥ 0.98',
  historical: 'F1 ≥ 0.87',
  households: 'F1 ≥ 0.95, 30 s, 3000 MB',
  traps: 'no wrong merge in the merge band',
}
const realSets: Readonly<Record<string, { file: string; label: string }>> = {
  fake_1000: { file: 'fake_1000.csv', label: 'cluster' },
  febrl1: { file: 'febrl1.csv', label: 'rec_id:^rec-(\\d+)-' },
  febrl2: { file: 'febrl2.csv', label: 'rec_id:^rec-(\\d+)-' },
}

type Row = { set: string; measured: Measured; found: Evaluation | null; wrong: string | null }

async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      records: { type: 'string' },
      seed: { type: 'string', default: '1' },
      folder: { type: 'string' },
      quiet: { type: 'boolean' },
    },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(targets)
  for (const name of names) if (!makers[name] && !realSets[name]) throw new Error(`There is no set "${name}"`)
  const folder = values.folder === undefined ? mkdtempSync(join(tmpdir(), 'identity-bench-')) : resolve(values.folder)
  mkdirSync(folder, { recursive: true })
  const size = { records: values.records === undefined ? undefined : Number(values.records), seed: values.seed }
  try {
    const rows: Row[] = []
    for (const name of names) {
      const set = realSets[name] ? realSet(name) : makers[name]!.make(folder, size)
      if (set === null) process.stderr.write(`${name}: skipped, there is no file of it in MILLRACE_DATA\n`)
      else rows.push(await runSet(set, folder, values.quiet !== true))
    }
    process.stdout.write(`${table(rows).join('\n')}\n`)
    if (rows.some(({ measured }) => measured.code !== 0)) process.exitCode = 1
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

function realSet(name: string): DataSet | null {
  const { file, label } = realSets[name]!
  const data = resolve(process.env['MILLRACE_DATA'] ?? '../shared/data', 'identity', file)
  return existsSync(data) ? { name, data, truth: `${data}:${label}` } : null
}

async function runSet(set: DataSet, folder: string, echo: boolean): Promise<Row> {
  process.stderr.write(`── ${set.name}\n`)
  const clusters = join(folder, `${set.name}-clusters.csv`)
  const measured = await measure(['identity', 'resolve', set.data, '--out', clusters], echo)
  if (measured.code !== 0) return { set: set.name, measured, found: null, wrong: null }
  const labels = await readLabels(
    clusters,
    truthPlace(set.truth, (path) => path),
  )
  const found = evaluateClustering(labels.clusters, labels.truth)
  return { set: set.name, measured, found, wrong: set.name === 'traps' ? wrongMerges(clusters, set) : null }
}

type Cells = Record<string, string>

/** In which traps different people were taken for one, at the merge band. */
function wrongMerges(clusters: string, set: DataSet): string {
  const rows = (path: string): Cells[] => parse<Cells>(readFileSync(path), { columns: true, bom: true })
  const truth = new Map(rows(truthPlace(set.truth, (path) => path).path).map((row) => [row['id'], row]))
  const merged = rows(clusters).filter((row) => row['probability_band'] === 'merge')
  const traps = new Map<string, number>()
  for (const cluster of Map.groupBy(merged, (row) => row['cluster_id']).values()) {
    const known = cluster.map((row) => truth.get(row['record_id'])).filter((row) => row !== undefined)
    const humans = new Set(known.map((row) => row['human']))
    if (humans.size < 2) continue
    const name = [...new Set(known.map((row) => row['trap'] ?? ''))].join(' / ')
    traps.set(name, (traps.get(name) ?? 0) + humans.size - 1)
  }
  const total = [...traps.values()].reduce((sum, count) => sum + count, 0)
  const worst = [...traps].toSorted((a, b) => b[1] - a[1]).slice(0, 6)
  const list = worst.map(([name, count]) => `${count} of ${name}`).join(', ')
  return `merges of different people at the merge band: ${total}${total === 0 ? '' : ` (${list}${traps.size > 6 ? ', …' : ''})`}`
}

function table(rows: readonly Row[]): string[] {
  const head = [
    'set',
    'records',
    'wall s',
    'peak MB',
    'pairs',
    'M pairs/s',
    'precision',
    'recall',
    'F1',
    'B³ F1',
    'goal',
  ]
  const cells = rows.map(({ set, measured, found }) => {
    const { report, seconds, peakMb, code } = measured
    // A pair is scored when it has been compared and weighed.
    const scoring = (report.phases ?? []).filter(({ name }) => name === 'comparing' || name === 'scoring')
    const spent = scoring.reduce((sum, phase) => sum + phase.seconds, 0)
    const { pairs } = report
    const speed = pairs !== undefined && spent > 0 ? (pairs / spent / 1e6).toFixed(2) : '–'
    const scores = found ? [found.pairwise.precision, found.pairwise.recall, found.pairwise.f1, found.bcubed.f1] : []
    const shown = found ? scores.map((value) => value.toFixed(4)) : [`exit ${code}`, '–', '–', '–']
    return [set, String(found?.records ?? '–'), seconds.toFixed(1), String(peakMb ?? '–'), String(pairs ?? '–'), speed, ...shown, targets[set] ?? ''] // prettier-ignore
  })
  const widths = head.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ') // prettier-ignore
  const phases = rows.flatMap(({ set, measured }) => {
    const told = (measured.report.phases ?? []).map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`)
    return told.length === 0 ? [] : [`${set}: ${told.join(', ')}`]
  })
  const wrong = rows.flatMap(({ set, wrong: text }) => (text === null ? [] : [`${set}: ${text}`]))
  return [line(head), ...cells.map(line), ...(phases.length > 0 ? ['', ...phases] : []), ...(wrong.length > 0 ? ['', ...wrong] : [])] // prettier-ignore
}

await main(process.argv.slice(2))
