import type { Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import { replayQuarantine } from './quarantine.ts'
import { namesOfMapping } from './queries/mappings.ts'
import { openReadings } from './queries/quarantine.ts'
import type { IngestDeps, RunReport } from './run.ts'
import { liveMapping } from './saved-mappings.ts'
import type { Source } from './source.ts'

/** Opens a source by its name, with the mapping it is read by: all formats it comes in, and none where nothing is of that name. */
export type OpenSource = (name: string, mapping: string | undefined) => readonly Source[]

/**
 * The formats of a source for rows whose file was read in some way: by the same mapping, or, where that was ever saved under a name,
 * by what the name stands for now. Throws a UsageError where there is no such source.
 */
export async function sourceFor(
  db: Db,
  open: OpenSource,
  name: string,
  reading: unknown,
): Promise<[Source, ...Source[]]> {
  const [source, ...others] = open(name, await mappingFor(db, reading))
  if (source) return [source, ...others]
  throw new UsageError(`Rows of ${name} cannot be read here: the source is not set up`)
}

async function mappingFor(db: Db, reading: unknown): Promise<string | undefined> {
  if (reading === null || reading === undefined) return undefined
  const [name] = await namesOfMapping(db, reading)
  const saved = name === undefined ? null : await liveMapping(db, name)
  return saved?.text ?? JSON.stringify(reading)
}

/** Replays all waiting rows of a source, those of each mapping by theirs: one report for each. */
export async function replaySource(deps: IngestDeps, open: OpenSource, name: string): Promise<RunReport[]> {
  const reports: RunReport[] = []
  // One after the other: each is a run of its own.
  for (const reading of await openReadings(deps.db, name)) {
    const [source, ...others] = await sourceFor(deps.db, open, name, reading)
    reports.push(await replayQuarantine(deps, source, { reading: reading ?? null, others }))
  }
  return reports
}
