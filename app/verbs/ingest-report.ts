import type { Problem } from '#ingest/queries/quarantine.ts'
import type { RunReport } from '#ingest/run.ts'
import { answer, exit, type Call } from '../verb.ts'

type Told = { source: string; received: number; accepted: number; unchanged: number; quarantined: number; problems: readonly Problem[]; resumed?: boolean } // prettier-ignore

/** Prints what a run did. */
export function told(call: Call, report: RunReport): number {
  answer(call, report, linesOf(report))
  return report.quarantined > 0 ? exit.quarantined : exit.done
}

/** Prints what several runs did. */
export function toldAll(call: Call, reports: readonly (RunReport & { stream?: string })[]): number {
  answer(call, reports, reports.flatMap(linesOf))
  return reports.some(({ quarantined }) => quarantined > 0) ? exit.quarantined : exit.done
}

/** A run in words; the counts always add up. */
export function linesOf(report: Told & { input?: string }): string[] {
  const { received, accepted, unchanged, quarantined, problems, resumed } = report
  const stream = /^api:(.+)$/.exec(report.input ?? '')?.[1]
  const source = stream === undefined ? report.source : `${report.source} ${stream}`
  return [
    `${source}: ${received} received = ${accepted} accepted + ${unchanged} unchanged + ${quarantined} quarantined${resumed ? ' (went on where it stopped)' : ''}`,
    ...problems.map(
      (problem) => `  ${problem.count} × ${problem.reason}, first at ${placeOf(problem.example)}: ${problem.fix}`,
    ),
  ]
}

export const placeOf = (place: { file: string; line?: number; item?: number }): string =>
  `${place.file}${place.line === undefined ? '' : ` line ${place.line}`}${place.item === undefined ? '' : ` entry ${place.item}`}`
