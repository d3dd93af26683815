import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { liveRelease, releaseByHash, releaseHistory } from '#governance/releases.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { readChannels, type ChannelReadout } from './best-channel.ts'
import { holdoutShares } from './holdout.ts'
import { selectHoldingOut } from '../queries/lift-counts.ts'
import { readTimes, type TimeReadout } from './best-times.ts'
import { readContents, testedSteps, type ContentReadout } from './contents.ts'
import { keepLifts, readLifts, type Lift } from './lift.ts'
import { readSplits, type SplitReadout } from './splits.ts'

export type Experiments =
  | { kind: 'nothing-live'; why: string }
  | {
      kind: 'read'
      splits: SplitReadout[]
      contents: ContentReadout[]
      times: TimeReadout[]
      channels: ChannelReadout[]
      lifts: Lift[]
      /** Why splits and contents say nothing, where there are such; null where they are read. */
      unread: string | null
    }

/** What the experiments of a campaign's live version say. */
export async function readExperiments(deps: { db: Queryable; clock: Clock }, campaign: string): Promise<Experiments> {
  const { db } = deps
  const live = await liveRelease(db, campaign)
  if (!live) return { kind: 'nothing-live', why: `Nothing of "${campaign}" is live` }
  const definition = definitionOf(live)
  return {
    kind: 'read',
    splits: await readSplits(db, { definition, releaseHash: live.hash }),
    contents: await readContents(deps, definition),
    times: await readTimes(db, definition),
    channels: await readChannels(db, definition),
    lifts: await readLifts(deps, { definition, releases: await alikeHoldingOut(db, definition) }),
    unread: unread(definition),
  }
}

/** Whether people are held out of a campaign, or of all. */
export async function isHoldingOut(db: Queryable, campaign: string): Promise<boolean> {
  const live = await liveRelease(db, campaign)
  const shares = live && (await holdoutShares(db, definitionOf(live)))
  return shares !== null && shares.everywhere + shares.here > 0
}

/** What the live version of a campaign brings, against people who are sent nothing; none where nobody is held out. */
export async function liftsOf(deps: { db: Queryable; clock: Clock }, campaign: string): Promise<Lift[]> {
  const lifted = await liftedNow(deps.db, campaign)
  return lifted ? readLifts(deps, lifted) : []
}

/** Keeps what is slow to count of campaigns that hold people out, and of all together, for whoever reads it next. */
export async function followLifts(deps: { db: Queryable; clock: Clock; log: Log }): Promise<void> {
  for (const campaign of [null, ...(await selectHoldingOut(deps.db))]) {
    try {
      const lifted = campaign === null ? null : await liftedNow(deps.db, campaign)
      if (campaign === null || lifted) await keepLifts(deps, lifted)
    } catch (fault) {
      deps.log.error({ campaign, fault: messageOf(fault) }, 'what sending brings could not be counted; the next round tries again') // prettier-ignore
    }
  }
}

async function liftedNow(db: Queryable, campaign: string): Promise<Parameters<typeof readLifts>[1] | null> {
  const live = await liveRelease(db, campaign)
  const definition = live && definitionOf(live)
  return definition && { definition, releases: await alikeHoldingOut(db, definition) }
}

function unread(definition: CampaignDefinition): string | null {
  const compares = definition.journey.some(({ kind }) => kind === 'split') || testedSteps(definition).length > 0
  return compares && !definition.goalReachedBy
    ? 'The campaign says nothing that can be counted: give it a goalReachedBy'
    : null
}

/** The releases that were ever live and held out the same share: what they drew is read together. */
async function alikeHoldingOut(db: Queryable, { name, holdout }: CampaignDefinition): Promise<Hash[]> {
  if (!holdout) return []
  const hashes = [...new Set((await releaseHistory(db, name)).map(({ hash }) => hash))]
  const releases = await Promise.all(hashes.map((hash) => releaseByHash(db, hash)))
  return releases.flatMap((one) => (one && definitionOf(one).holdout?.share === holdout.share ? [one.hash] : []))
}
