import type { Tx } from '#kernel/db.ts'
import { carriedBy, type AnyChannel } from './channel.ts'
import { knownProvider } from './deliverability/mailbox-provider.ts'
import type { Verdict } from './queries/claims.ts'
import { fillRates, keepLines, selectMailboxes, spendRates, type Bucket, type Filled } from './queries/rates.ts'

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
  { pace, channel, at, verdicts }: { pace: Pace; channel: string; at: Date; verdicts: readonly Verdict[] },
): Promise<readonly Verdict[]> {
  const isSorted =
    channel === 'email' && rates !== undefined && [...rates.keys()].some((key) => key.startsWith(toProvider))
  const { verdicts: paced, spent } = isSorted ? await byProvider(tx, rates, at, verdicts) : { verdicts, spent: new Map<string, number>() } // prettier-ignore
  const claimed = paced.filter(({ state }) => state === 'claimed').length
  if (claimed > 0) for (const scope of pace.scopes) spent.set(scope, claimed)
  if (spent.size > 0) await spendRates(tx, spent)
  return paced
}

async function byProvider(
  tx: Tx,
  rates: Rates,
  at: Date,
  verdicts: readonly Verdict[],
): Promise<{ verdicts: Verdict[]; spent: Map<string, number> }> {
  const claimed = verdicts.filter(({ state }) => state === 'claimed').map(({ id }) => id)
  const mailboxes = await selectMailboxes(tx, claimed)
  const scopes = new Map(mailboxes.map(({ id, domain, provider }) => [id, `${toProvider}${provider ?? knownProvider(domain) ?? domain}`])) // prettier-ignore
  const buckets = bucketsOf(rates, scopes.values())
  const filled = buckets.length === 0 ? [] : await fillRates(tx, buckets, at)
  const lines = new Map(filled.map((bucket) => [bucket.scope, lineAt(bucket, rates.get(bucket.scope)!, at)]))
  const paced = verdicts.map((verdict): Verdict => {
    const scope = scopes.get(verdict.id)
    const line = scope === undefined ? undefined : lines.get(scope)
    const dueAt = line?.next() ?? null
    if (scope === undefined || dueAt === null) return verdict
    const reason = `${scope.slice(toProvider.length)} is sent ${rates.get(scope)} messages a second at most`
    return { id: verdict.id, state: 'planned', reason, dueAt, tracked: false }
  })
  const ends = [...lines].flatMap(([scope, line]) => (line.until() === null ? [] : [[scope, line.until()!] as const]))
  if (ends.length > 0) await keepLines(tx, new Map(ends))
  const spent = [...lines].map(([scope, line]) => [scope, line.taken()] as const).filter(([, n]) => n > 0)
  return { verdicts: paced, spent: new Map(spent) }
}

/** So far ahead the waiting are planned one behind the other. Whoever comes after them is looked at again then, when rates and windows may be others. */
const longestLineMs = 10 * 60_000

/** Those who want a token of a bucket, one after the other: as many as it holds go now, the others stand in line behind those who do already. */
function lineAt({ tokens, lineUntil }: Filled, perSecond: number, at: Date) {
  const gapMs = 1_000 / perSecond
  let taken = 0
  let last: number | null = null
  return {
    taken: () => taken,
    /** When the last who stands in line is planned; null where nobody came to. */
    until: (): Date | null => (last === null ? null : new Date(last)),
    /** When the next may go; null is now. */
    next(): Date | null {
      if (taken + 1 <= tokens) {
        taken += 1
        return null
      }
      last ??= Math.max(at.getTime() - (tokens - taken) * gapMs, lineUntil?.getTime() ?? 0)
      last = Math.min(last + gapMs, at.getTime() + longestLineMs)
      return new Date(Math.ceil(last))
    },
  }
}
