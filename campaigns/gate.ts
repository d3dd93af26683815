import type { IdentifierId } from '#kernel/ids.ts'
import type { Permission } from '#governance/consent.ts'
import { sendByKey, type CampaignDefinition } from './definition.ts'
import type { Candidate, Verdict } from './queries/claims.ts'
import { nextOpening, zoneOr } from './window.ts'

/** What the gate knows beside the row: read in the transaction of the claim. */
export type GateFacts = {
  definition: CampaignDefinition
  at: Date
  businessZone: string
  mayMail: ReadonlyMap<IdentifierId, Permission>
  mayTrack: ReadonlyMap<IdentifierId, Permission>
}

const hourMs = 3_600_000

/**
 * Decides on a batch of due rows, in order, when they are claimed and never earlier: a step the live release lacks →
 * held; too late → expired; no consent or suppressed → suppressed; the same address or person twice → suppressed;
 * too many for this person → capped; outside the window → planned for its opening; otherwise claimed.
 */
export function judge(candidates: readonly Candidate[], facts: GateFacts): Verdict[] {
  const taken = new Set<string>()
  return candidates.map((candidate) => {
    const verdict = judgeOne(candidate, facts, taken)
    if (verdict.state === 'claimed') placesOf(candidate).forEach((place) => taken.add(place))
    return verdict
  })
}

function judgeOne(candidate: Candidate, facts: GateFacts, taken: ReadonlySet<string>): Verdict {
  const { definition, at } = facts
  const end = (state: Verdict['state'], reason: string): Verdict => ({
    id: candidate.id,
    state,
    reason,
    dueAt: null,
    tracked: false,
  })
  if (!sendByKey(definition, candidate.stepKey)) return end('held', 'the live release has no such step')
  const expiresAt = candidate.plannedFor.getTime() + definition.limits.expireAfterHours * hourMs
  if (at.getTime() > expiresAt) return end('expired', `not sent within ${definition.limits.expireAfterHours} hours`)
  const permission = facts.mayMail.get(candidate.identifierId)
  if (permission?.kind !== 'allowed') return end('suppressed', permission?.why ?? 'consent could not be read')
  const [address, person] = placesOf(candidate)
  if (candidate.sameAddress || taken.has(address)) return end('suppressed', 'same address')
  if (candidate.samePerson || taken.has(person)) return end('suppressed', 'same person')
  const most = definition.limits.perPersonPerWeek
  if (most !== null && candidate.recent >= most) return end('capped', `had ${candidate.recent} messages in seven days`)
  return inWindow(candidate, facts)
}

/** The address and the person that a message of this step takes. A person nobody knows any more is their address. */
function placesOf(candidate: Candidate): [string, string] {
  const step = `${candidate.stepKey} ${candidate.occurrence}`
  return [
    `${step} address ${candidate.identifierId}`,
    `${step} person ${candidate.currentPersonId ?? candidate.identifierId}`,
  ]
}

function inWindow(candidate: Candidate, facts: GateFacts): Verdict {
  const { definition, at, businessZone } = facts
  const tracked = facts.mayTrack.get(candidate.identifierId)?.kind === 'allowed'
  const claimed: Verdict = { id: candidate.id, state: 'claimed', reason: null, dueAt: null, tracked }
  if (definition.limits.window === null) return claimed
  const opens = nextOpening(definition.limits.window, zoneOr(candidate.zone, businessZone), at)
  if (opens.getTime() <= at.getTime()) return claimed
  return { id: candidate.id, state: 'planned', reason: 'outside the sending window', dueAt: opens, tracked: false }
}
