import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { rollback } from '#governance/releases.ts'
import { holdCampaign, liftHold, openHolds } from '#campaigns/content/holds.ts'
import type { Campaign } from './oracle.ts'
import { patiently } from './patiently.ts'
import { launch, type Townsman } from './town.ts'

/** What people who run campaigns do to them while the storm goes on, and when it surely held. */
export type Desk = {
  /** Makes a campaign live, for most of its people. */
  launch: (campaign: Campaign) => Promise<void>
  /** Makes a second version live, and lets the rest in. */
  improve: (campaign: Campaign) => Promise<void>
  /** Goes back to the first version. */
  goBack: (campaign: Campaign) => Promise<void>
  hold: (campaign: Campaign) => Promise<void>
  lift: (campaign: Campaign) => Promise<void>
  launched: ReadonlySet<Campaign>
  /** The version that a release carries. */
  versions: ReadonlyMap<Hash, number>
  /** Since when a campaign is back at its first version. */
  back: ReadonlyMap<Campaign, Date>
  /** While which campaigns stood still. */
  held: readonly { campaign: Campaign; from: Date; until: Date | null }[]
}

type Deps = { db: Db; clock: Clock }

export function openDesk(deps: Deps, owner: UserId, people: (campaign: Campaign) => readonly Townsman[]): Desk {
  const versions = new Map<Hash, number>()
  const second = new Map<Campaign, Hash>()
  const back = new Map<Campaign, Date>()
  const held: { campaign: Campaign; from: Date; until: Date | null }[] = []
  const launched = new Set<Campaign>()
  const release = async (campaign: Campaign, version: number, invited: readonly Townsman[]): Promise<void> => {
    const hash = await patiently(() => launch(deps, { owner, campaign, version, people: invited }))
    versions.set(hash, version)
    if (version === 2) second.set(campaign, hash)
    launched.add(campaign)
  }
  return {
    launch: (campaign) => {
      const all = people(campaign)
      return release(campaign, 1, isImproved(campaign) ? all.slice(0, Math.ceil((all.length * 2) / 3)) : all)
    },
    improve: (campaign) => release(campaign, 2, people(campaign)),
    goBack: async (campaign) => {
      const from = second.get(campaign)
      if (from === undefined) throw new Error(`There is no second version of ${campaign}`)
      await patiently(() => rollback(deps, { name: campaign, from, by: owner, reason: 'storm' }))
      back.set(campaign, deps.clock())
    },
    hold: async (campaign) => {
      await patiently(() => holdCampaign(deps, { campaign, by: owner, reason: 'storm' }))
      held.push({ campaign, from: deps.clock(), until: null })
    },
    lift: async (campaign) => {
      for (const one of held) if (one.campaign === campaign) one.until ??= deps.clock()
      for (const { id, seen } of await patiently(() => openHolds(deps, campaign)))
        await patiently(() => liftHold(deps, { id, campaign, by: owner, reason: 'storm', seen }))
    },
    launched,
    versions,
    back,
    held,
  }
}

/** Campaigns that get a second version, and lose it again. */
export const isImproved = (campaign: Campaign): boolean => campaign === 'answers' || campaign === 'rounds'
