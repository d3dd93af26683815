import { quarantineReport, replayQuarantine } from '#ingest/quarantine.ts'
import { replaySource } from '#ingest/replay.ts'
import type { Source } from '#ingest/source.ts'
import { UsageError } from '#kernel/errors.ts'
import { sourcesOf } from '../open-sources.ts'
import { progressBar } from '../progress.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { sources } from '../wire-sources.ts'
import { placeOf, told, toldAll } from './ingest-report.ts'

/** The name that rows of a source are kept under. Throws a UsageError for what is no source. */
type NameOf = (name: string) => string

/** Lists what waits. */
export function quarantine(call: Call, nameOf: NameOf): Promise<number> {
  const source = call.positionals[1] === undefined ? undefined : nameOf(call.positionals[1])
  return withHouse(call.config, async ({ db }) => {
    const report = await quarantineReport(db, { source })
    answer(call, report, [
      `${report.open} rows wait in quarantine`,
      ...report.problems.map((problem) => `  ${problem.source}: ${problem.count} × ${problem.reason}. ${problem.fix}`),
      ...report.rows.map((row) => `  ${placeOf(row.place)}: ${row.reason}`),
    ])
    return exit.done
  })
}

/** Reads what waits again: by the mapping that is given, or each row by the mapping its file was read with. */
export function replay(
  call: Call,
  nameOf: NameOf,
  sourceOf: (call: Call, name: string) => (house: House) => Promise<Source>,
): Promise<number> {
  const [, asked] = call.positionals
  if (asked === undefined) throw new UsageError(`Replay which source? Sources: ${Object.keys(sources).join(', ')}`)
  const name = nameOf(asked)
  const given = call.text('map') === undefined ? null : sourceOf(call, asked)
  return withHouse(call.config, async (house) => {
    const waiting = (await quarantineReport(house.db, { source: name, limit: 0 })).open
    const bar = progressBar(call, `replay of ${name}`)
    const deps = { ...house.ingest, onProgress: ({ received }: { received: number }) => bar(received, waiting) }
    try {
      if (given) return told(call, await replayQuarantine(deps, await given(house)))
      const reports = await replaySource(deps, sourcesOf(house), name)
      return reports.length === 1 ? told(call, reports[0]!) : toldAll(call, reports)
    } finally {
      bar.end()
    }
  })
}
