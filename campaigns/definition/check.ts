import { audienceRefusal } from '../launch/audience-size.ts'
import { checkLaunch } from '../content/check-messages.ts'
import { inItsWay, type Checked } from '../deliverability/preflight.ts'
import { inWords } from '../content/citations.ts'
import type { LaunchSettings } from '../launch/launch.ts'
import { offeredTo } from '../content/recheck.ts'
import { readDocument, type ReadDocument } from './document.ts'
import { noticesInHouse } from './in-house.ts'

/** `notices`: what speaks against nothing, and should be known before a yes. */
type CheckedDocument =
  | (Extract<ReadDocument, { kind: 'read' }> & { notices: string[] })
  | Extract<ReadDocument, { kind: 'bad' }>

/** A campaign from a file, and everything that its approval will ask, now: also the points before a first send. */
export async function checkForLaunch(deps: LaunchSettings, text: string): Promise<CheckedDocument> {
  const read = await checkDocument(deps, text)
  const against = read.kind === 'bad' ? [] : await inItsWay(deps, read.definition)
  if (against.length === 0) return read
  return { kind: 'bad', problems: against.map(pointWords) }
}

const pointWords = ({ what, mark, evidence, fix, records }: Checked): string =>
  [`${what}: ${mark}.`, evidence, fix, ...records.map(({ name, type, value }) => `${name} ${type} ${value}`)]
    .filter((part) => part !== null)
    .join(' ')

/**
 * Reads a campaign from a file and asks everything that its approval will ask, but for the preflight, which asks outside:
 * its messages as readers get them, under the guards, and how many people it is for.
 */
export async function checkDocument(deps: LaunchSettings, text: string): Promise<CheckedDocument> {
  const read = await readDocument(deps, text)
  if (read.kind === 'bad') return read
  const { definition } = read
  const messages = await checkLaunch(deps, definition, await offeredTo(deps.db, definition))
  const size = await audienceRefusal(deps, definition)
  const problems = [
    ...(messages.kind === 'unsound' ? messages.findings.map((finding) => inWords([finding])) : []),
    ...(size?.rule === 'nobody' ? [size.why] : []),
  ]
  if (problems.length > 0) return { kind: 'bad', problems }
  const notices = await noticesInHouse(deps.db, definition)
  return { ...read, notices: [...notices, ...(size === null ? [] : [size.why])] }
}
