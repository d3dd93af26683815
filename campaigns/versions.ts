import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Actor, Approver } from '#governance/access.ts'
import { approveRelease, decisionsOn } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { createRelease, listReleases, liveRelease, releaseByHash } from '#governance/releases.ts'
import { checkLaunch } from './check-messages.ts'
import { contentProblem, liveTemplate, pinsOf } from './compile.ts'
import { campaignDefinition, definitionOf, type CampaignDefinition } from './definition.ts'
import { misreadings } from './definition/misreadings.ts'
import { problemLines, problemsOf } from './definition/soundness.ts'
import { refusedByPreflight } from './deliverability/preflight.ts'
import { audienceRefusal } from './audience-size.ts'
import { goLive, type Launched, type LaunchSettings } from './launch.ts'
import { offeredTo } from './recheck.ts'

export type Proposed = { kind: 'proposed'; releaseHash: Hash } | { kind: 'refused'; rule: string; why: string }

/** A new version of a campaign, to be approved by somebody before anything of it is sent. */
export async function proposeVersion(
  deps: { db: Db; clock: Clock },
  input: { definition: unknown; by: Actor },
): Promise<Proposed> {
  const read = campaignDefinition.safeParse(input.definition)
  if (!read.success) return refused('definition', misreadings(read.error.issues, input.definition).join('; ')) // prettier-ignore
  const problems = problemLines(problemsOf(read.data))
  if (problems.length > 0) return refused('definition', problems.join('; '))
  const content = await contentProblem(read.data, (await liveTemplate(deps)).layout)
  if (content !== null) return refused('content', content)
  const { name } = read.data
  const release = { name, pins: pinsOf(read.data), definition: read.data, by: input.by }
  return { kind: 'proposed', releaseHash: await createRelease(deps, release) }
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
  const checked = await checkLaunch(deps, definition, await offeredTo(deps.db, definition))
  if (checked.kind === 'unsound') return refused('messages', checked.why)
  const against = await refusedByPreflight(deps, definition)
  if (against) return against
  const size = await audienceRefusal(deps, definition, input.people)
  if (size) return size
  const word = await approveRelease(deps, { releaseHash: release.hash, by: input.by })
  if (word.kind === 'refused') return word
  return goLive(deps, { campaign: release.name, releaseHash: release.hash, by: input.by })
}

/** Versions newer than the live one that nobody has decided on, newest first. */
export async function waitingVersions(db: Db, campaign: string): Promise<Release[]> {
  const live = await liveRelease(db, campaign)
  const releases = await listReleases(db, campaign)
  const newer = releases.filter(({ hash, createdAt }) => hash !== live?.hash && (!live || createdAt > live.createdAt))
  const undecided = await Promise.all(newer.map(async (release) => ((await decisionsOn(db, release.hash)).length === 0 ? [release] : []))) // prettier-ignore
  return undecided.flat()
}

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
