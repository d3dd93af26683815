import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { selectStandings, type Standing } from './queries/consent.ts'

export type ConsentRule = 'unknown-identifier' | 'no-address' | 'suppressed' | 'consent-withdrawn' | 'no-consent'
export type Permission = { kind: 'allowed' } | { kind: 'blocked'; rule: ConsentRule; why: string }

/** What an address of a channel is; a channel not listed (tracking) asks consent of any identifier. */
const addressKinds: Record<string, string> = {
  email: 'email',
  sms: 'phone',
  whatsapp: 'phone',
  telegram: 'telegram',
}

/** Reasons that speak of one address and not of the person's wish; every other reason closes all of their addresses. */
const addressFaults = ['bounce', 'bounced', 'hard-bounce', 'invalid', 'blocked-by-provider']

/**
 * Whether marketing may be sent to each identifier, for a batch in one statement. Denies by default; in this order:
 * a suppression beats everything (of this address for any reason; of another identifier of the person unless it only
 * says that the other address is bad); a withdrawal as the newest word of *any* identifier of the person blocks them
 * all (notes on law: the strictest of phone, address and account); then the newest word of this very address must be
 * a grant, since a grant for one address is none for another.
 * Every id asked for is in the answer.
 */
export async function mayReceive(
  db: Queryable,
  input: { channel: string; purpose: 'marketing'; at: Date },
  identifierIds: readonly IdentifierId[],
): Promise<Map<IdentifierId, Permission>> {
  const asked = [...new Set(identifierIds)]
  const standings = await selectStandings(db, asked, input.channel, input.at, addressFaults)
  const known = new Map(standings.map((standing) => [standing.identifierId, permission(standing, input.channel)]))
  return new Map(
    asked.map((id) => [id, known.get(id) ?? blocked('unknown-identifier', 'This identifier is not known')]),
  )
}

function permission(standing: Standing, channel: string): Permission {
  const wanted = addressKinds[channel]
  if (wanted && standing.kind !== wanted) {
    return blocked('no-address', `A ${standing.kind} identifier is no address for ${channel}`)
  }
  if (standing.suppressedFor !== null) {
    const where = standing.suppressedElsewhere ? 'Another address of this person' : 'This address'
    return blocked('suppressed', `${where} is suppressed: ${standing.suppressedFor}`)
  }
  if (standing.state === 'withdrawn') return blocked('consent-withdrawn', `Consent to ${channel} was withdrawn`)
  if (standing.withdrawnElsewhere) {
    return blocked('consent-withdrawn', `Consent to ${channel} was withdrawn by another address of this person`)
  }
  if (standing.state === null) return blocked('no-consent', `There is no consent to ${channel}`)
  return { kind: 'allowed' }
}

const blocked = (rule: ConsentRule, why: string): Permission => ({ kind: 'blocked', rule, why })
