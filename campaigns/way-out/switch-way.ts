import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { refusal } from '#governance/access.ts'
import type { Action } from '#governance/permissions.ts'
import type { ChannelName } from '../channel.ts'
import { domainOf, leavesTheHouse } from '../deliverability/outlet.ts'
import { countDomain } from '../deliverability/reputation.ts'
import { dropCandidate, lockCandidate, putCandidate, type CandidateRow } from '../queries/way-out.ts'
import { missingOf, no, noCandidate, type Said, type WayOutDeps } from './candidate.ts'
import {
  configurationOf, impliedBy, isMail, liveConfiguration, senderBy, type Configuration, type Configured, type SecretName,
} from './configuration.ts' // prettier-ignore

const slots: Record<'forth' | 'back', Action> = { forth: 'channel.configure', back: 'campaign.rollback' }

/** `seen`: the candidate that whoever clicks has read. */
type Word = { channel: ChannelName; seen: string; by: UserId; reason: string }

/**
 * Makes the candidate of a channel live and puts what was live into its slot, so that the same click goes back. Every claim,
 * and every group, that begins after the commit leaves by it; groups under way are finished by the way they began.
 */
export async function switchWay(
  deps: WayOutDeps,
  input: Word,
): Promise<{ kind: 'switched'; secret: SecretName; back: boolean } | Said> {
  const done = await deps.db.transaction(async (tx) => {
    const row = await lockCandidate(tx, input.channel)
    if (!row) return noCandidate
    if (row.hash !== input.seen)
      return no('not-ready', 'Another configuration stands in the second slot: read it first')
    const back = row.provedBy === 'was-live'
    const configuration = await configurationOf(tx, row.hash)
    const refused = await refusal(tx, input.by, slots[back ? 'back' : 'forth'])
    if (refused) return refused
    const missing = missingOf(row, configuration, deps.ways)
    if (missing.length > 0) return no('not-ready', `Not yet: ${missing.join('; ')}`)
    await swap(tx, deps, row, input)
    return { kind: 'switched' as const, configuration, back }
  })
  if (done.kind === 'refused') return done
  await countFrom(deps, done.configuration)
  return { kind: 'switched', secret: done.configuration.secret, back: done.back }
}

/** A domain that mail leaves from for the first time is counted from there on. */
async function countFrom({ db, clock, ways, ...deps }: WayOutDeps, configuration: Configuration): Promise<void> {
  const sender = senderBy(configuration, deps.sender)
  if (!isMail(configuration) || !sender || !leavesTheHouse(ways.outlet(configuration.secret))) return
  const sending = { domain: domainOf(sender.from.address), channel: 'email' }
  await countDomain({ db, clock, zone: deps.preflight.zone }, sending)
}

async function swap(tx: Tx, { clock, ways }: WayOutDeps, row: CandidateRow, word: Word): Promise<void> {
  const { channel, by, reason } = word
  const author = { clock, by }
  const before = await liveConfiguration(tx, ways, channel)
  const left = before && (await leave(tx, author, channel, before))
  await pointAt(tx, author, 'channel', channel, row.hash, reason.trim().slice(0, 500) || 'switched')
  if (left === null) await dropCandidate(tx, channel)
  else await putCandidate(tx, channel, { hash: left, at: clock(), by, wasLive: true })
  await appendAudit(tx, clock, { actor: by, action: 'channel.switched', subject: row.hash, detail: { channel, from: left } }) // prettier-ignore
}

/** What is left behind, by its hash: what the settings alone said becomes a version, so that there is a way back to it. */
const leave = async (
  tx: Tx,
  author: { clock: Clock; by: string },
  channel: ChannelName,
  { hash, configuration }: Configured,
): Promise<Hash> => hash ?? register(tx, author, 'channel', channel, impliedBy(configuration.secret))
