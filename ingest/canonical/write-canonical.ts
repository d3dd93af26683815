import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { Canonical, Consent, Cost, FxRate, Happening } from '../canon.ts'
import { recordConsents } from '../consent.ts'
import { recordCosts } from '../costs.ts'
import { recordEvents } from '../events.ts'
import type { Rates } from '../fx.ts'
import type { Identified, IdentifierRef } from '../identifiers.ts'
import { upsertRates } from '../queries/fx-rates.ts'
import { writeAdjustments, writeOrders } from './write-orders.ts'
import { writeDocuments, writeProducts } from './write-content.ts'
import { writeLinks, writeProfiles } from './write-profiles.ts'
import { newestOf, rateOf, type Said, type Writing } from './writing.ts'

/** Every identifier that a batch names, as often as it does. */
export const namedBy = (said: readonly Said[]): IdentifierRef[] => said.flatMap(({ canon }) => refsOf(canon))

/**
 * Turns a batch of what records said into canonical rows, in as many statements as there are kinds of rows. What a
 * newer record says replaces what an older one said, unless the newer one knew less.
 * @param deps.identified the ids of all that `namedBy` names, in its order
 */
export async function writeCanonical(
  { identified, ...deps }: { tx: Tx; clock: Clock; zone: string; rates: Rates; identified: Identified },
  source: string,
  said: readonly Said[],
): Promise<void> {
  // By the very object that names somebody: to put kind and value together again for each look would cost more.
  const byRef = new Map(namedBy(said).map((ref, index) => [ref, identified.ids[index]!]))
  const writing: Writing = { ...deps, source, idOf: (ref) => byRef.get(ref)!, fresh: identified.fresh }
  const [profiles, events] = [only(said, 'profile'), only(said, 'event')]
  await Promise.all([
    writeProfiles(writing, profiles),
    writeLinks(writing, [...profiles, ...events]),
    writeEvents(writing, events),
    writeConsents(writing, only(said, 'consent')),
  ])
  await writeOrders(writing, only(said, 'order'), only(said, 'order-part'))
  await writeAdjustments(writing, only(said, 'adjustment'))
  await writeCosts(writing, only(said, 'cost'))
  await writeRates(writing, only(said, 'fx'))
  await writeProducts(writing, only(said, 'product'))
  await writeDocuments(writing, only(said, 'document'))
}

const isSaid =
  <Is extends Canonical['is']>(is: Is) =>
  (one: Said): one is Said<Extract<Canonical, { is: Is }>> =>
    one.canon.is === is

const only = <Is extends Canonical['is']>(said: readonly Said[], is: Is): Said<Extract<Canonical, { is: Is }>>[] =>
  said.filter(isSaid(is))

/** Every identifier a statement names. */
export function refsOf(canon: Canonical): readonly IdentifierRef[] {
  if (canon.is === 'profile') return [canon.of, ...canon.links]
  if (canon.is === 'event') return [canon.by, ...(canon.links ?? [])]
  return canon.is === 'order' || canon.is === 'consent' ? [canon.by] : []
}

async function writeEvents({ tx, clock, source, idOf }: Writing, said: readonly Said<Happening>[]): Promise<void> {
  const events = said.map(({ canon, recordId, externalId }) => ({
    externalId,
    ...canon,
    source,
    identifierId: idOf(canon.by),
    recordId,
  }))
  await recordEvents(tx, clock, events)
}

async function writeConsents({ tx, clock, source, idOf }: Writing, said: readonly Said<Consent>[]): Promise<void> {
  const consents = said.map(({ canon, recordId }) => ({ ...canon, source, identifierId: idOf(canon.by), recordId }))
  await recordConsents(tx, clock, consents)
}

async function writeCosts({ tx, clock, source, rates }: Writing, said: readonly Said<Cost>[]): Promise<void> {
  const costs = said.map(({ canon, recordId }) => {
    return { ...canon, source, rateMinor: rateOf(rates, canon.currency, canon.day), recordId }
  })
  await recordCosts(tx, clock, costs)
}

async function writeRates({ tx }: Writing, said: readonly Said<FxRate>[]): Promise<void> {
  const rows = newestOf(
    said.map(({ canon, recordId }) => ({ ...canon, recordId })),
    ({ base, quote, day }) => `${base} ${quote} ${day}`,
    () => 0,
  )
  if (rows.length > 0) await upsertRates(tx, rows)
}
