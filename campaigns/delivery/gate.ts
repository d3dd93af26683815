import type { IdentifierId } from '#kernel/ids.ts'
import type { Permission } from '#governance/consent.ts'
import { capsOf, overCap, type PersonCaps } from './caps.ts'
import type { ChannelName } from '../channel.ts'
import { copyFor, purposeOf, type CampaignDefinition } from '../definition.ts'
import { mostStops, type Candidate, type Verdict } from '../queries/claims.ts'
import { mediumOf } from '../hours/quiet-hours.ts'
import { nextOpening, reachOf } from '../hours/window.ts'

/** What the gate knows beside the row: read in the transaction of the claim. */
export type GateFacts = {
  definition: CampaignDefinition
  at: Date
  businessZone: string
  /** What the house lets one person have, whatever a campaign says. */
  houseCaps?: PersonCaps | undefined
  /** By what the rows go, e-mail unless told, and who may be written to by it. */
  channel?: ChannelName
  mayMail: ReadonlyMap<IdentifierId, Permission>
  mayTrack: ReadonlyMap<IdentifierId, Permission>
}

const hourMs = 3_600_000
const lookAgainMs = 10 * 60_000

/**
 * Decides on a batch of due rows, in order, when they are claimed and never earlier: their reader left the journey or
 * reached its goal → suppressed; too late → expired; its workers stopped again and again → failed; a step the live release
 * lacks → planned, to be looked for again; no consent or suppressed → suppressed; the same address or person twice →
 * suppressed; too many for this person → capped; outside the window → planned for its opening; a window that never opens
 * where they may be → held; otherwise claimed.
 */
export function judge(candidates: readonly Candidate[], facts: GateFacts): Verdict[] {
  const batch: Batch = { places: new Set(), claimed: new Map(), openings: new Map(), copies: new Map() }
  return candidates.map((candidate) => {
    const verdict = judgeOne(candidate, facts, batch)
    if (verdict.state !== 'claimed') return verdict
    placesOf(candidate).forEach((place) => batch.places.add(place))
    batch.claimed.set(readerOf(candidate), (batch.claimed.get(readerOf(candidate)) ?? 0) + 1)
    return verdict
  })
}

/**
 * What the rows before have taken. Worked out once: when somewhere opens, for all who are there, and of which steps the
 * release has copy.
 */
type Batch = {
  places: Set<string>
  claimed: Map<string, number>
  openings: Map<string, Date | null>
  copies: Map<string, boolean>
}

function judgeOne(candidate: Candidate, facts: GateFacts, batch: Batch): Verdict {
  const { definition, at, channel = 'email' } = facts
  const end = (state: Verdict['state'], reason: string): Verdict => ended(candidate, state, reason)
  if (candidate.left !== null) return end('suppressed', candidate.left)
  const expiresAt = candidate.plannedFor.getTime() + definition.limits.expireAfterHours * hourMs
  if (at.getTime() > expiresAt) return end('expired', `not sent within ${definition.limits.expireAfterHours} hours`)
  if (candidate.stops >= mostStops) return end('failed', `its worker stopped ${candidate.stops} times: look at what is known of this person`) // prettier-ignore
  if (!hasCopy(candidate, facts, batch)) {
    // A rollback may bring it back: it is looked for again until the row expires.
    const dueAt = new Date(Math.min(at.getTime() + lookAgainMs, expiresAt + 1))
    const by = channel === 'email' ? '' : ` by ${channel}`
    return { id: candidate.id, state: 'planned', reason: `the live release has no such step${by}`, dueAt, tracked: false } // prettier-ignore
  }
  const permission = facts.mayMail.get(candidate.identifierId)
  if (permission?.kind !== 'allowed')
    return { ...end('suppressed', permission?.why ?? 'consent could not be read'), unreached: true }
  const [address, person] = placesOf(candidate)
  if (candidate.sameAddress || batch.places.has(address)) return end('suppressed', 'same address')
  if (candidate.samePerson || batch.places.has(person)) return end('suppressed', 'same person')
  const now = batch.claimed.get(readerOf(candidate)) ?? 0
  const capped = overCap(capsOf(definition, facts.houseCaps), {
    today: candidate.today + now,
    recent: candidate.recent + now,
  })
  if (capped !== null) return end('capped', capped)
  return inWindow(candidate, { facts, batch, channel })
}

function hasCopy({ stepKey }: Candidate, { definition, channel = 'email' }: GateFacts, { copies }: Batch): boolean {
  const known = copies.get(stepKey)
  if (known !== undefined) return known
  const has = copyFor(definition, stepKey, channel) !== null
  copies.set(stepKey, has)
  return has
}

const ended = ({ id }: Candidate, state: Verdict['state'], reason: string): Verdict => ({ id, state, reason, dueAt: null, tracked: false }) // prettier-ignore

/** Who reads it. A person nobody knows any more is their address. */
const readerOf = (candidate: Candidate): string => candidate.currentPersonId ?? candidate.identifierId

/** The address and the person that a message of this step takes. */
function placesOf(candidate: Candidate): [string, string] {
  const step = `${candidate.stepKey} ${candidate.occurrence}`
  return [`${step} address ${candidate.identifierId}`, `${step} person ${readerOf(candidate)}`]
}

/** A message leaves when it is lawful and wished wherever its reader may be. */
function inWindow(
  candidate: Candidate,
  { facts, batch, channel }: { facts: GateFacts; batch: Batch; channel: string },
): Verdict {
  const { at } = facts
  const { zone, country } = candidate
  const place = `${zone} ${country} ${channel}`
  const opens = batch.openings.has(place) ? batch.openings.get(place)! : openingFor(candidate, facts, channel)
  batch.openings.set(place, opens)
  if (opens === null) return ended(candidate, 'held', neverOpens(candidate))
  const tracked = facts.mayTrack.get(candidate.identifierId)?.kind === 'allowed'
  if (opens <= at) return { id: candidate.id, state: 'claimed', reason: null, dueAt: null, tracked }
  return { id: candidate.id, state: 'planned', reason: 'outside the sending window', dueAt: opens, tracked: false }
}

function openingFor({ zone, country }: Candidate, facts: GateFacts, channel: string): Date | null {
  const { definition, businessZone, at } = facts
  if (purposeOf(definition) === 'transactional') return at
  const reach = reachOf({ zone, country, window: definition.limits.window, medium: mediumOf(channel), businessZone })
  return reach === null ? at : nextOpening(reach, at)
}

const neverOpens = ({ zone, country }: Candidate): string =>
  zone === null && country !== null
    ? `no hour of the sending window is lawful in every zone of ${country}`
    : 'no hour of the sending window is lawful where they are'
