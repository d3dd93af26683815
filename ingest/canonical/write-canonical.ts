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
 * @param deps.identified all that `namedBy` names
 */
export async function writeCanonical(
  { identified, ...deps }: { tx: Tx; clock: Clock; zone: string; rates: Rates; identified: Identified },
  source: string,
  said: readonly Said[],
): Promise<void> {
  const writing: Writing = { ...deps, source, ...identified }
  const kinds = Map.groupBy(said, ({ canon }) => canon.is)
  const [profiles, events] = [only(kinds, 'profile'), only(kinds, 'event')]
  await Promise.all([
    writeProfiles(writing, profiles),
    writeLinks(writing, [...profiles, ...events]),
    writeEvents(writing, events),
    writeConsents(writing, only(kinds, 'consent')),
  ])
  await writeOrders(writing, only(kinds, 'order'), only(kinds, 'order-part'))
  await writeAdjustments(writing, only(kinds, 'adjustment'))
  await writeCosts(writing, only(kinds, 'cost'))
  await writeRates(writing, only(kinds, 'fx'))
  await writeProducts(writing, only(kinds, 'product'))
  await writeDocuments(writing, only(kinds, 'document'))
}

type Kinds = ReadonlyMap<Canonical['is'], readonly Said[]>

const only = <Is extends Canonical['is']>(kinds: Kinds, is: Is) =>
  (kinds.get(is) ?? []) as readonly Said<Extract<Canonical, { is: Is }>>[]

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
