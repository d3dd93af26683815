import { audienceRefusal } from '../launch/audience-size.ts'
import { checkLaunch } from '../content/check-messages.ts'
import { inItsWay, type Checked } from '../deliverability/preflight.ts'
import { inWords } from '../content/citations.ts'
import type { LaunchSettings } from '../launch/launch.ts'
import { offeredTo } from '../content/recheck.ts'
import { readDocument, type ReadDocument } from './document.ts'
import { noticesInHouse } from './in-house.ts'

/** `notices`: what speaks against nothing, and should be known before a yes. */
type CheckedDocument = ReadDocument & { notices: string[] }

/** A campaign from a file, and everything that its approval will ask, now: also the points before a first send. */
export async function checkForLaunch(deps: LaunchSettings, text: string): Promise<CheckedDocument> {
  const read = await checkDocument(deps, text)
  const against = read.kind === 'bad' ? [] : await inItsWay(deps, read.definition)
  if (against.length === 0) return read
  const byOwner = against.some(({ mark }) => mark === 'unknown') ? [howToWaive] : []
  return { kind: 'bad', problems: against.map(pointWords), notices: [...read.notices, ...byOwner] }
}

const howToWaive = 'An owner may take an unknown point upon themselves for 30 days: millrace preflight --waive POINT --reason WORDS --as ADDRESS' // prettier-ignore

const pointWords = ({ id, what, mark, evidence, fix, records }: Checked): string =>
  [`${what} (${id}): ${mark}.`, evidence, fix, ...records.map(({ name, type, value }) => `${name} ${type} ${value}`)]
    .filter((part) => part !== null)
    .join(' ')

/**
 * Reads a campaign from a file and asks everything that its approval will ask, but for the preflight, which asks outside:
 * its messages as readers get them, under the guards, and how many people it is for.
 */
export async function checkDocument(deps: LaunchSettings, text: string): Promise<CheckedDocument> {
  const read = await readDocument(deps, text)
  if (read.kind === 'bad') return { ...read, notices: [] }
  const { definition } = read
  const messages = await checkLaunch(deps, definition, await offeredTo(deps.db, definition))
  const size = await audienceRefusal(deps, definition)
  const problems = [
    ...(messages.kind === 'unsound' ? messages.findings.map((finding) => inWords([finding])) : []),
    ...(size?.rule === 'nobody' ? [size.why] : []),
  ]
  const unseen = await noticesInHouse(deps.db, definition)
  const notices = [...unseen, ...(size === null || size.rule === 'nobody' ? [] : [size.why])]
  return problems.length > 0 ? { kind: 'bad', problems, notices } : { ...read, notices }
}
