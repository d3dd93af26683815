import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import {
  selectDoubtful, selectHeard, selectNews, selectOfSamePeople, selectStandings, type Standing,
} from './queries/consent.ts' // prettier-ignore

export type ConsentRule = 'unknown-identifier' | 'no-address' | 'suppressed' | 'consent-withdrawn' | 'no-consent'
/** What a message is to its reader. Transactional: an answer to what they did or ordered, no word of which they asked not to get. */
export type Purpose = 'marketing' | 'transactional'
export type Permission = { kind: 'allowed' } | { kind: 'blocked'; rule: ConsentRule; why: string }

/** What an address of a channel is; a channel not listed (tracking) asks consent of any identifier. */
const addressKinds: Record<string, string> = {
  email: 'email',
  sms: 'phone',
  whatsapp: 'phone',
  telegram: 'telegram',
}

/** What an address of a channel is: a kind of identifier. */
export const addressKindOf = (channel: string): string => addressKinds[channel] ?? channel

/** Reasons that speak of one address and not of the person's wish; every other reason closes all of their addresses. */
const addressFaults = ['bounce', 'bounced', 'hard-bounce', 'invalid', 'blocked-by-provider']

/** Reasons that speak of marketing alone: what answers its reader goes on. Every other reason binds whatever is sent. */
const marketingOnly = ['unsubscribed', 'unengaged']

/**
 * Whether something may be sent to each identifier, for a batch in one statement. Transactional messages need no consent to
 * marketing, and pass a suppression that only ended that; everything else binds them too. Of marketing:
 * denies by default; in this order:
 * a suppression beats everything (of this address for any reason; of another identifier of the person unless it only
 * says that the other address is bad); a withdrawal as the newest word of *any* identifier of the person blocks them
 * all (notes on law: the strictest of phone, address and account); then the newest word of this very address must be
 * a grant, since a grant for one address is none for another.
 * Every id asked for is in the answer.
 */
export async function mayReceive(
  db: Queryable,
  { channel, ...input }: { channel: string; purpose: Purpose; at: Date },
  identifierIds: readonly IdentifierId[],
): Promise<Map<IdentifierId, Permission>> {
  const byChannel = await mayReceiveBy(db, { ...input, channels: [channel] }, identifierIds)
  return byChannel.get(channel)!
}

/** The same of several channels, in one question: most are plainly allowed, and only of the others all is asked. */
export async function mayReceiveBy<Channel extends string>(
  db: Queryable,
  input: { channels: readonly Channel[]; purpose: Purpose; at: Date },
  identifierIds: readonly IdentifierId[],
): Promise<Map<Channel, Map<IdentifierId, Permission>>> {
  const asked = [...new Set(identifierIds)]
  const kinds = input.channels.map((channel) => ({ channel, kind: addressKinds[channel] ?? null }))
  const doubts = asked.length === 0 ? [] : await selectDoubtful(db, asked, kinds, input.at)
  const doubtful = Map.groupBy(doubts, ({ channel }) => channel)
  const permissions = new Map<Channel, Map<IdentifierId, Permission>>()
  for (const channel of input.channels) {
    const ids = (doubtful.get(channel) ?? []).map(({ identifierId }) => identifierId)
    const permitted = new Map<IdentifierId, Permission>(asked.map((id) => [id, allowed]))
    for (const id of ids) permitted.set(id, blocked('unknown-identifier', 'This identifier is not known'))
    const purpose = addressKinds[channel] === undefined ? 'marketing' : input.purpose
    // Who shuts a channel by its own word (STOP, /stop) shuts it to everything.
    const passed = purpose === 'transactional' && channel === 'email' ? marketingOnly : []
    const standings =
      ids.length === 0 ? [] : await selectStandings(db, ids, channel, input.at, { addressFaults, passed })
    for (const standing of standings) permitted.set(standing.identifierId, permission(standing, channel, purpose))
    permissions.set(channel, permitted)
  }
  return permissions
}

/** How far the house had heard when somebody was asked about: see `saidSince`. */
export type Heard = { readonly heard: string }

/** Asked in the transaction that then asks who may be written to. */
export const heardSoFar = async (db: Queryable): Promise<Heard> => ({ heard: await selectHeard(db) })

/**
 * Those identifiers of whose people something was said or taken away since: who might be written to then, of all others,
 * still may. Time alone only opens: a withdrawal dated ahead counts already.
 */
export async function saidSince(
  db: Queryable,
  { heard }: Heard,
  identifierIds: readonly IdentifierId[],
): Promise<readonly IdentifierId[]> {
  const news = await selectNews(db, heard, mostNews)
  if (news.length === 0) return []
  const known = news.filter((id) => id !== null)
  if (news.length >= mostNews || known.length < news.length) return identifierIds
  return selectOfSamePeople(db, identifierIds, known)
}

/** Where so much is said, as during an import, everybody is asked about again. */
const mostNews = 500

const allowed: Permission = { kind: 'allowed' }

function permission(standing: Standing, channel: string, purpose: Purpose): Permission {
  const wanted = addressKinds[channel]
  if (wanted && standing.kind !== wanted) {
    return blocked('no-address', `A ${standing.kind} identifier is no address for ${channel}`)
  }
  if (standing.suppressedFor !== null) {
    const where = standing.suppressedElsewhere ? 'Another address of this person' : 'This address'
    return blocked('suppressed', `${where} is suppressed: ${standing.suppressedFor}`)
  }
  if (purpose === 'transactional') return allowed
  if (standing.state === 'withdrawn') return blocked('consent-withdrawn', `Consent to ${channel} was withdrawn`)
  if (standing.withdrawnElsewhere) {
    return blocked('consent-withdrawn', `Consent to ${channel} was withdrawn by another address of this person`)
  }
  if (standing.state === null) return blocked('no-consent', `There is no consent to ${channel}`)
  return allowed
}

const blocked = (rule: ConsentRule, why: string): Permission => ({ kind: 'blocked', rule, why })
