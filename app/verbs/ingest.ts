import { existsSync, statSync } from 'node:fs'
import { quarantineReport, replayQuarantine } from '#ingest/quarantine.ts'
import { runSource, type RunReport } from '#ingest/run.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { sources, withHouse, type House } from '../wire.ts'

const known = Object.keys(sources).join(', ')

export const ingest: Verb = {
  name: 'ingest',
  about: 'Read an export into the house: every row lands, or waits in quarantine with the reason',
  usage: [
    `ingest SOURCE FILE [--map MAPPING] [--json]   sources: ${known}`,
    'ingest quarantine [SOURCE] [--json]',
    'ingest replay SOURCE [--map MAPPING] [--json]',
  ],
  takes: 2,
  options: { map: { type: 'string' } },
  explains: {
    map: 'for orders: "customer=1,date=3:YYYYMMDD,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York", or a .json file',
  },
  run: async (call) => {
    const [what, file] = call.positionals
    if (what === undefined) throw new UsageError(`Read what? Sources: ${known}`)
    if (what === 'quarantine') {
      if (file !== undefined && !sources[file]) throw new UsageError(`"${file}" is no source. Sources: ${known}`)
      return withHouse(call.config, (house) => showQuarantine(call, house, file))
    }
    if (what === 'replay') {
      if (file === undefined) throw new UsageError(`Replay which source? Sources: ${known}`)
      const source = openSource(call, file)
      return withHouse(call.config, async (house) => told(call, await replayQuarantine(house.ingest, source)))
    }
    const source = openSource(call, what)
    if (file === undefined) throw new UsageError(`Which file? Say: millrace ingest ${what} FILE`)
    const path = pathOf(call, file)
    if (!existsSync(path)) throw new UsageError(`There is no file ${file}. Paths start where you stand: ${call.from}`)
    return withHouse(call.config, async (house) =>
      told(call, await runSource({ ...house.ingest, onProgress: progress(call, path) }, source, { path })),
    )
  },
}

function openSource(call: Call, name: string) {
  const source = sources[name]
  if (!source) throw new UsageError(`"${name}" is no source. Sources: ${known}`)
  const map = call.text('map')
  return source.open(map?.endsWith('.json') ? pathOf(call, map) : map)
}

/** A line on a terminal that follows the rows; nothing where the output is kept. */
function progress(call: Call, path: string): (counts: { received: number }) => void {
  if (!process.stderr.isTTY || call.json) return () => {}
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return ({ received }) => void process.stderr.write(`\r${received} rows of ${(size / 1e6).toFixed(1)} MB `)
}

function told(call: Call, report: RunReport): number {
  answer(call, report, linesOf(report))
  return report.quarantined > 0 ? exit.quarantined : exit.done
}

/** A run in words; the counts always add up. */
export function linesOf(report: RunReport): string[] {
  const { source, received, accepted, unchanged, quarantined, problems, resumed } = report
  return [
    `${source}: ${received} received = ${accepted} accepted + ${unchanged} unchanged + ${quarantined} quarantined${resumed ? ' (went on where it stopped)' : ''}`,
    ...problems.map(
      (problem) => `  ${problem.count} × ${problem.reason}, first at ${placeOf(problem.example)}: ${problem.fix}`,
    ),
  ]
}

const placeOf = (place: { file: string; line?: number; item?: number }): string =>
  `${place.file}${place.line === undefined ? '' : ` line ${place.line}`}${place.item === undefined ? '' : ` entry ${place.item}`}`

async function showQuarantine(call: Call, house: House, source: string | undefined): Promise<number> {
  const report = await quarantineReport(house.db, source === undefined ? {} : { source })
  answer(call, report, [
    `${report.open} rows wait in quarantine`,
    ...report.problems.map((problem) => `  ${problem.source}: ${problem.count} × ${problem.reason}. ${problem.fix}`),
    ...report.rows.map((row) => `  ${placeOf(row.place)}: ${row.reason}`),
  ])
  return exit.done
}
