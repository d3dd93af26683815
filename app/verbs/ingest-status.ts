import { wordsOfDrift } from '#ingest/drift.ts'
import { ingestStatus, spanOf, streamOf, type SourceStatus } from '#ingest/status.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse } from '../wire.ts'

/** How every source stands: last run, age of its data, what changed in its rows, what to look at. */
export function status(call: Call): Promise<number> {
  return withHouse(call.config, async (house) => {
    const sources = await ingestStatus(house)
    answer(call, { at: house.clock(), sources }, sources.length === 0 ? ['Nothing was ever read: try ingest --help'] : sources.flatMap(linesOf)) // prettier-ignore
    return exit.done
  })
}

function linesOf(standing: SourceStatus): string[] {
  const { source, runs, newestAt, lagMs, sinceMs, rhythmMs, waiting, drift, alarms } = standing
  return [
    source,
    ...runs.map(
      (run) =>
        `  ${run.state}${streamOf(run)} ${(run.finishedAt ?? run.advancedAt ?? run.startedAt).toISOString()}: ${run.received} received = ${run.accepted} accepted + ${run.unchanged} unchanged + ${run.quarantined} quarantined`,
    ),
    ...(newestAt && lagMs !== null ? [`  newest row ${newestAt.toISOString()}, ${spanOf(lagMs)} ago`] : []),
    ...(sinceMs === null ? [] : [`  last brought something new ${spanOf(sinceMs)} ago${rhythmMs === null ? '' : `, usually every ${spanOf(rhythmMs)}`}`]), // prettier-ignore
    ...(waiting === 0 ? [] : [`  ${waiting} rows wait in quarantine`]),
    ...drift.map((one) => `  changed: ${one.kind} ${wordsOfDrift(one)}`),
    ...alarms.map(({ why, fix }) => `  ! ${why}. ${fix}`),
  ]
}
