import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { Action } from '#governance/permissions.ts'
import { releaseHistory } from '#governance/releases.ts'
import { textChannels, type ChannelName } from './channel.ts'
import { campaignReleases } from './content/copy.ts'
import {
  countUnreached,
  insertSwitchMove,
  selectSwitches,
  selectWays,
  type Sharing,
  type SwitchMove,
  type Ways,
} from './queries/switches.ts'

export type { Ways } from './queries/switches.ts'

/** The switches below the kill switch: one for each channel, and one for each campaign. All are on for everybody until somebody moves them. */
export type SwitchName = `channel.${ChannelName}` | `campaign.${string}`

export const channelNames: readonly ChannelName[] = ['email', ...textChannels]

/** Why nothing of a campaign may leave by a channel now, or null. Asked in every claim's transaction, and every group's. */
export function switchedOff(ways: Ways, { campaign, channel }: { campaign: string; channel: string }): string | null {
  if (!ways.sending) return 'Sending is switched off: switch it on to go on'
  if (ways.channel === 0) return `The channel ${channel} is switched off: switch it on to go on`
  return ways.campaign === 0 ? `“${campaign}” is switched off: switch it on to go on` : null
}

/** The shares of people that a claim keeps to. */
export const sharesOf = (ways: Ways, { campaign, channel }: { campaign: string; channel: string }): Sharing[] => [
  { name: `channel.${channel}`, percent: ways.channel },
  { name: `campaign.${campaign}`, percent: ways.campaign },
]

/** What the switches do to a campaign now: `stopped`, where nothing of it may leave; `partly`: what is off, or on for some. */
export async function switchesOver(
  db: Queryable,
  campaign: string,
  channels: readonly string[],
): Promise<{ stopped: string | null; partly: string[] }> {
  const off: string[] = []
  const partly = new Set<string>()
  for (const channel of channels) {
    const ways = await selectWays(db, { campaign, channel })
    const why = switchedOff(ways, { campaign, channel })
    if (why !== null) off.push(why)
    for (const { name, percent } of sharesOf(ways, { campaign, channel }))
      if (why === null && percent < 100)
        partly.add(`Switched on for ${percent} % of people (${name}): the others’ messages wait`)
  }
  if (off.length === channels.length) return { stopped: off[0] ?? null, partly: [] }
  return { stopped: null, partly: [...off, ...partly] }
}

/** Why messages that are planned wait for a switch, in words: it is off, or on for other people. */
export async function keptBackBySwitches(
  db: Queryable,
  campaign: string,
  rows: readonly { id: DeliveryId; channel: string; state: string }[],
): Promise<string[]> {
  const planned = rows.filter(({ state }) => state === 'planned')
  const words = new Set<string>()
  for (const channel of new Set(planned.map((row) => row.channel))) {
    const ways = await selectWays(db, { campaign, channel })
    const off = switchedOff(ways, { campaign, channel })
    if (off !== null) words.add(`${off}.`)
    const ids = planned.filter((row) => row.channel === channel).map(({ id }) => id)
    for (const share of off === null ? sharesOf(ways, { campaign, channel }) : []) {
      if (share.percent < 100 && (await countUnreached(db, ids, share)) > 0)
        words.add(`${share.name} is switched on for ${share.percent} % of people, and they are not among them.`)
    }
  }
  return [...words]
}

/** A switch as a page shows it. */
export type Standing = { name: SwitchName; percent: number; moved: SwitchMove | null }

/** Every switch: those of all channels, and of all campaigns. */
export async function standingSwitches(db: Queryable): Promise<Standing[]> {
  const moves = new Map((await selectSwitches(db)).map((move) => [move.name, move]))
  const campaigns = [...new Set((await campaignReleases(db)).map(({ name }) => name))]
  const names: SwitchName[] = [
    ...channelNames.map((name): SwitchName => `channel.${name}`),
    ...campaigns.map((name): SwitchName => `campaign.${name}`),
  ]
  return names.map((name) => ({ name, percent: moves.get(name)?.percent ?? 100, moved: moves.get(name) ?? null }))
}

type MoveRule = 'unknown-switch' | 'no-share' | 'no-reason' | 'not-permitted'

/**
 * Moves a switch: 0 is off, 100 is on for everybody. It binds every claim that begins after the commit; off, no further
 * group of a claim under way begins. The audit entry comes first: its lock puts moves in the order of their commits.
 */
export async function moveSwitch(
  deps: { db: Db; clock: Clock },
  input: { name: string; percent: number; by: Actor; reason: string },
): Promise<{ kind: 'moved'; percent: number } | Refused<MoveRule>> {
  const { name, percent, by } = input
  const reason = input.reason.trim().slice(0, 500)
  if (!Number.isInteger(percent) || percent < 0 || percent > 100)
    return { kind: 'refused', rule: 'no-share', why: 'Say on, off, or a whole number from 0 to 100' }
  if (reason === '') return { kind: 'refused', rule: 'no-reason', why: 'Say why: whoever looks next reads it' }
  return deps.db.transaction(async (tx) => {
    const refused = (await refusal(tx, by, mayMove(percent))) ?? (await unknown(tx, name))
    if (refused) return refused
    await appendAudit(tx, deps.clock, { actor: by, action: 'switch.moved', subject: name, detail: { percent } })
    await insertSwitchMove(tx, { name, percent, movedAt: deps.clock(), movedBy: by, reason })
    return { kind: 'moved', percent }
  })
}

/** To switch off is everybody's who may stop all sending; anything else lets something leave. */
const mayMove = (percent: number): Action => (percent === 0 ? 'sending.stop' : 'sending.start')

async function unknown(db: Queryable, name: string): Promise<Refused<'unknown-switch'> | null> {
  const [of, ...rest] = name.split('.')
  const what = rest.join('.')
  const isKnown =
    of === 'channel'
      ? channelNames.some((one) => one === what)
      : of === 'campaign' && (await releaseHistory(db, what)).length > 0
  return isKnown ? null : { kind: 'refused', rule: 'unknown-switch', why: `There is no switch “${name}”` }
}
