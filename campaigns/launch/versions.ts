import { z } from 'zod'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Actor, Approver } from '#governance/access.ts'
import { approveRelease, decisionsOn } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { createRelease, liveRelease, releaseByHash } from '#governance/releases.ts'
import { checkLaunch } from '../content/check-messages.ts'
import { campaignReleases } from '../content/copy.ts'
import { contentProblem, liveTemplate, pinsOf } from './compile.ts'
import { campaignDefinition, definitionOf, type CampaignDefinition } from '../definition.ts'
import { misreadings, type FieldNames } from '../definition/misreadings.ts'
import { problemsInHouse, type HouseDeps } from '../definition/in-house.ts'
import { problemLines, problemsOf } from '../definition/soundness.ts'
import { refusedByPreflight } from '../deliverability/preflight.ts'
import { audienceRefusal } from './audience-size.ts'
import { goLive, type Launched, type LaunchSettings } from './launch.ts'
import { offeredTo } from '../content/recheck.ts'

export type Proposed = { kind: 'proposed'; releaseHash: Hash } | { kind: 'refused'; rule: string; why: string }

/** A new version of a campaign, to be approved by somebody before anything of it is sent. */
export async function proposeVersion(deps: HouseDeps, input: { definition: unknown; by: Actor }): Promise<Proposed> {
  const read = await readVersion(deps, input.definition)
  if (read.kind === 'bad') return refused('definition', read.problems.map(({ words }) => words).join('; '))
  const { definition } = read
  const release = { name: definition.name, pins: pinsOf(definition), definition, by: input.by }
  return { kind: 'proposed', releaseHash: await createRelease(deps, release) }
}

/** What speaks against a version, as a sentence; the step it is about, or the part of the document, where it is one. */
export type VersionProblem = { step: string | null; part: string | null; words: string }

/**
 * A definition that could be proposed, or everything that speaks against it, place by place.
 * @param called what its author knows the fields by, where that is not their names
 */
export async function readVersion(
  deps: HouseDeps,
  given: unknown,
  called?: FieldNames,
): Promise<{ kind: 'read'; definition: CampaignDefinition } | { kind: 'bad'; problems: VersionProblem[] }> {
  const read = campaignDefinition.safeParse(given)
  if (!read.success)
    return { kind: 'bad', problems: read.error.issues.flatMap((issue) => misread(issue, given, called)) }
  const against = [...problemsOf(read.data), ...(await problemsInHouse(deps, read.data))]
  const problems = against.map((one) => ({ step: one.step, part: null, words: problemLines([one]).join() }))
  if (problems.length > 0) return { kind: 'bad', problems }
  const content = await contentProblem(read.data, (await liveTemplate(deps)).layout)
  return content === null
    ? { kind: 'read', definition: read.data }
    : { kind: 'bad', problems: [{ step: null, part: null, words: content }] }
}

function misread(issue: z.core.$ZodIssue, given: unknown, called?: FieldNames): VersionProblem[] {
  const [part, at] = issue.path
  const journey = z.object({ journey: z.array(z.object({ key: z.string() })) }).safeParse(given)
  const step = part === 'journey' && typeof at === 'number' ? journey.data?.journey[at]?.key : undefined
  return misreadings([issue], given, called).map((words) => ({ step: step ?? null, part: part === undefined ? null : String(part), words })) // prettier-ignore
}

/**
 * A person's yes to a version that was imported or edited: its messages are checked as readers would get them, it is
 * approved and made live, and its audience comes in. People on their way stay on the steps they entered with.
 * @param input.people the number of people it is for, where it is for everybody: typed by whoever says yes
 */
export async function approveVersion(
  deps: LaunchSettings,
  input: { releaseHash: Hash; by: Approver; people?: number },
): Promise<Launched> {
  const release = await releaseByHash(deps.db, input.releaseHash)
  if (!release) return refused('unknown', 'There is no such version')
  const definition = definitionOf(release)
  const against = problemLines(await problemsInHouse(deps, definition))
  if (against.length > 0) return refused('definition', against.join('; '))
  const checked = await checkLaunch(deps, definition, await offeredTo(deps.db, definition))
  if (checked.kind === 'unsound') return refused('messages', checked.why)
  const unready = await refusedByPreflight(deps, definition)
  if (unready) return unready
  const size = await audienceRefusal(deps, definition, input.people)
  if (size) return size
  const word = await approveRelease(deps, { releaseHash: release.hash, by: input.by })
  if (word.kind === 'refused') return word
  return goLive(deps, { campaign: release.name, releaseHash: release.hash, by: input.by })
}

/** Versions newer than the live one that nobody has decided on, newest first. */
export async function waitingVersions(db: Db, campaign: string): Promise<Release[]> {
  const live = await liveRelease(db, campaign)
  const releases = await campaignReleases(db, campaign)
  const newer = releases.filter(({ hash, createdAt }) => hash !== live?.hash && (!live || createdAt > live.createdAt))
  const undecided = await Promise.all(newer.map(async (release) => ((await decisionsOn(db, release.hash)).length === 0 ? [release] : []))) // prettier-ignore
  return undecided.flat()
}

/** A version of a campaign by its hash; null where this campaign has none such. */
export async function versionOf(db: Db, campaign: string, hash: string): Promise<Release | null> {
  const releases = await campaignReleases(db, campaign)
  return releases.find((release) => release.hash === hash) ?? null
}

/** The version whose hash is, or begins with, these digits: twelve are what is shown of it; null where it is none, or not one. */
export async function versionNamed(db: Db, digits: string): Promise<Release | null> {
  if (!/^[0-9a-f]{8,64}$/.test(digits)) return null
  const [found, ...others] = (await campaignReleases(db)).filter(({ hash }) => hash.startsWith(digits))
  return others.length === 0 ? (found ?? null) : null
}

/** The version a campaign is known by: the live one, else the one that was made last; null where there is none. */
export const knownVersion = async (db: Db, campaign: string): Promise<Release | null> =>
  (await liveRelease(db, campaign)) ?? (await campaignReleases(db, campaign))[0] ?? null

/** The definition that is live; null where nothing is. */
export async function currentDefinition(db: Db, campaign: string): Promise<CampaignDefinition | null> {
  const live = await liveRelease(db, campaign)
  return live && definitionOf(live)
}

const refused = (rule: string, why: string): { kind: 'refused'; rule: string; why: string } => ({
  kind: 'refused',
  rule,
  why,
})
