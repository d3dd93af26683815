import type { Tx } from '#kernel/db.ts'
import type { Purpose } from '#governance/consent.ts'
import { carriedBy, type AnyChannel } from '../channel.ts'
import { knownProvider } from '../deliverability/mailbox-provider.ts'
import type { Verdict } from '../queries/claims.ts'
import { fillRates, keepLines, selectMailboxes, spendRates, type Bucket, type Filled } from '../queries/rates.ts'

/**
 * Most messages a second, of all workers together: by the name of a channel (`email`), of a way out as the ledger has it
 * (`second-smtp`), or of whoever keeps the mailboxes of its readers (`to:gmail`, `to:example.com`).
 */
export type Rates = ReadonlyMap<string, number>

const toProvider = 'to:'
/** What is not used is kept for so long: a claim a second then finds all that the rate allows. */
const burstSeconds = 2

/** The most that leaves at once: two seconds' worth, and always one. */
export const burstOf = (perSecond: number): number => Math.max(1, perSecond * burstSeconds)

const bucketsOf = (rates: Rates, scopes: Iterable<string>): Bucket[] =>
  [...new Set(scopes)].flatMap((scope) => {
    const perSecond = rates.get(scope)
    return perSecond === undefined ? [] : [{ scope, perSecond, burst: burstOf(perSecond) }]
  })

/** What a claim may take of a channel and its way out, and the buckets that what it takes comes out of. */
type Pace = { most: number; scopes: string[]; why: string | null }

const unhurried: Pace = { most: Infinity, scopes: [], why: null }

/** Asked in the claim's transaction, before rows are taken; asks nothing of the database where no rate is set. */
export async function paceOf(
  tx: Tx,
  rates: Rates | undefined,
  { via, at }: { via: AnyChannel | null | undefined; at: Date },
): Promise<Pace> {
  const channel = via ? carriedBy(via) : 'email'
  const buckets = rates ? bucketsOf(rates, [channel, ...(via ? [via.name] : [])]) : []
  if (buckets.length === 0) return unhurried
  const filled = await fillRates(tx, buckets, at)
  const least = filled.reduce((one, other) => (other.tokens < one.tokens ? other : one))
  const why = `${least.scope} lets ${rates?.get(least.scope)} messages leave in a second: the next go in a moment`
  return { most: Math.max(0, Math.floor(least.tokens)), scopes: buckets.map(({ scope }) => scope), why }
}

/**
 * Takes the tokens of what a claim takes. Readers whose provider has none left are planned for when it will, so that nobody
 * behind them waits.
 */
export async function spend(
  tx: Tx,
  rates: Rates | undefined,
  {
    pace,
    channel,
    ...asked
  }: { pace: Pace; channel: string; at: Date; purpose: Purpose; verdicts: readonly Verdict[] },
): Promise<readonly Verdict[]> {
  const isSorted =
    channel === 'email' && rates !== undefined && [...rates.keys()].some((key) => key.startsWith(toProvider))
  const { verdicts: paced, spent } = isSorted ? await byProvider(tx, rates, asked) : { verdicts: asked.verdicts, spent: new Map<string, number>() } // prettier-ignore
  const claimed = paced.filter(({ state }) => state === 'claimed').length
  if (claimed > 0) for (const scope of pace.scopes) spent.set(scope, claimed)
  if (spent.size > 0) await spendRates(tx, spent)
  return paced
}

async function byProvider(
  tx: Tx,
  rates: Rates,
  { at, purpose, verdicts }: { at: Date; purpose: Purpose; verdicts: readonly Verdict[] },
): Promise<{ verdicts: Verdict[]; spent: Map<string, number> }> {
  const claimed = verdicts.filter(({ state }) => state === 'claimed').map(({ id }) => id)
  const mailboxes = new Map((await selectMailboxes(tx, claimed)).map((row) => [row.id, { ...row, scope: scopeOf(row) }])) // prettier-ignore
  const buckets = bucketsOf(rates, [...mailboxes.values()].map(({ scope }) => scope)) // prettier-ignore
  const filled = new Map((buckets.length === 0 ? [] : await fillRates(tx, buckets, at)).map((bucket) => [bucket.scope, bucket])) // prettier-ignore
  const lines = new Map(buckets.map((bucket) => [bucket.scope, lineAt(filled.get(bucket.scope)!, bucket, at)]))
  const paced = verdicts.map((verdict): Verdict => {
    const mailbox = mailboxes.get(verdict.id)
    const line = mailbox && lines.get(mailbox.scope)
    if (!line) return verdict
    const reason = `${mailbox.scope.slice(toProvider.length)} is sent ${rates.get(mailbox.scope)} messages a second at most`
    // Whoever stood in line already, and what answers its reader, stands behind nobody.
    const dueAt = purpose === 'transactional' || mailbox.reason === reason ? line.soon() : line.behind()
    if (dueAt === null) return verdict
    const isInLine = dueAt.getTime() < at.getTime() + longestLineMs
    return { id: verdict.id, state: 'planned', reason: isInLine ? reason : `${reason}; others come first`, dueAt, tracked: false } // prettier-ignore
  })
  const ends = [...lines].flatMap(([scope, line]) => line.ends().map((end) => [scope, end] as const))
  if (ends.length > 0) await keepLines(tx, new Map(ends))
  const spent = [...lines].map(([scope, line]) => [scope, line.taken()] as const).filter(([, n]) => n > 0)
  return { verdicts: paced, spent: new Map(spent) }
}

const scopeOf = ({ provider, domain }: { provider: string | null; domain: string }): string =>
  `${toProvider}${provider ?? knownProvider(domain) ?? domain}`

/**
 * So far ahead the waiting are planned one behind the other. Whoever comes after them comes to the end of the line again then,
 * when rates and windows may be others.
 */
const longestLineMs = 10 * 60_000
/** Tokens are counted in fractions, which do not add up to the last digit. */
const crumb = 1e-6

/**
 * Those who want a token of a bucket, one after the other: as many as it holds go now, the others are told when. A line stands
 * where others were told so before; a full bucket says that they have not come for it.
 */
export function lineAt(
  { tokens, lineUntil }: Omit<Filled, 'scope'>,
  { perSecond, burst }: Omit<Bucket, 'scope'>,
  at: Date,
) {
  const gapMs = 1_000 / perSecond
  let taken = 0
  let [next, end] = [0, tokens < burst ? (lineUntil?.getTime() ?? 0) : 0]
  const before = end
  const stands = end > at.getTime()
  const take = (): boolean => {
    if (taken + 1 > tokens + crumb) return false
    taken += 1
    return true
  }
  /** The first moment with a token, behind a moment that is given away. */
  const after = (moment: number): number => Math.max(moment, at.getTime() - Math.max(0, tokens - taken) * gapMs) + gapMs
  return {
    taken: () => taken,
    /** Until when the line stands, where it became longer. */
    ends: (): Date[] => (end > before ? [new Date(end)] : []),
    /** When one may go who stands behind nobody; null is now. */
    soon(): Date | null {
      if (take()) return null
      next = after(next)
      return new Date(Math.ceil(next))
    },
    /** When one may go who comes to the end of the line; null is now. */
    behind(): Date | null {
      if (!stands && take()) return null
      end = Math.min(after(end), at.getTime() + longestLineMs)
      return new Date(Math.ceil(end))
    },
  }
}
