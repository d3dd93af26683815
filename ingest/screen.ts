import type { Clock } from '#kernel/clock.ts'
import type { Canonical } from './canon.ts'
import { refsOf } from './canonical/write-canonical.ts'
import { valuedOn } from './canonical/writing.ts'
import type { Rates } from './fx.ts'
import type { Need } from './queries/fx-rates.ts'

export type Objection = { reason: string; fix: string }

const dayMs = 86_400_000
const longestId = 500
const suspect = new RegExp('[\\0\\ud800-\\udfff]')

/** Whether every text of a value can be kept by the database: none can hold a zero character or half a surrogate pair. */
export function isStorable(value: unknown): boolean {
  // Hardly any text holds one of these at all: one look at most of them.
  if (typeof value === 'string') return !suspect.test(value) || (value.isWellFormed() && !value.includes('\0'))
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isStorable)
  for (const name in value) {
    const inner: unknown = (value as Record<string, unknown>)[name]
    if (!isKnownName(name) || !isStorable(inner)) return false
  }
  return true
}

/** Rows repeat their names, of which few are a stranger's: each is looked at once. */
function isKnownName(name: string): boolean {
  if (knownNames.has(name)) return true
  if (!isStorable(name)) return false
  if (knownNames.size < mostNames) knownNames.add(name)
  return true
}

const knownNames = new Set<string>()
const mostNames = 1000

/** What a row says that must be valued: currency and day. Refunds and disputes take the rate of their order. */
export function needsOf(canon: readonly Canonical[], zone: string): Need[] {
  return canon.flatMap((one): Need[] => {
    if (one.is === 'order') return [{ currency: one.currency, day: valuedOn(one.orderedAt, zone) }]
    if (one.is === 'cost') return [{ currency: one.currency, day: one.day }]
    if (one.is !== 'adjustment' || one.kind !== 'fee') return []
    return [{ currency: one.currency, day: valuedOn(one.occurredAt, zone) }]
  })
}

/**
 * What forbids to take a row in although it could be read; null when nothing does. The same rules for every source.
 * @param row.newestAt the last moment it names, in milliseconds since 1970
 */
export function objectionTo(
  row: { externalId: string; canon: readonly Canonical[]; newestAt: number },
  clock: Clock,
): Objection | null {
  if (!isStorable([row.externalId, row.canon])) {
    return { reason: 'The row holds a character that is none', fix: 'Remove the zero character or broken emoji' }
  }
  return wrongId(row) ?? wrongName(row.canon) ?? inTheFuture(row.newestAt, clock)
}

function wrongId({ externalId, canon }: { externalId: string; canon: readonly Canonical[] }): Objection | null {
  if (externalId === '') return { reason: 'The row has no id', fix: 'Export it with its id' }
  const named = canon.flatMap((one) => refsOf(one).map((ref) => ref.value))
  if (named.includes('')) {
    const fix = 'Give it the customer’s id, e-mail address or phone number: one of them must be filled and readable'
    return { reason: 'The row names nobody', fix }
  }
  const ids = [externalId, ...named]
  return ids.some((id) => id.length > longestId)
    ? { reason: `An id is longer than ${longestId} characters`, fix: 'Check that the right column is taken for the id' }
    : null
}

/** What things go by beside their ids must be names, not texts: the graph and its indexes find things by them. */
function wrongName(canon: readonly Canonical[]): Objection | null {
  const long = canon.flatMap(namesOf).find((name) => typeof name === 'string' && name.length > longestId)
  return typeof long !== 'string'
    ? null
    : {
        reason: `A name is longer than ${longestId} characters: ${long.slice(0, 40)}…`,
        fix: 'Check that the right columns are taken for article, tag, campaign and organisation',
      }
}

function namesOf(canon: Canonical): readonly (string | null | undefined)[] {
  if (canon.is === 'profile') return [canon.organisation, canon.campaignRef]
  if (canon.is === 'event' || canon.is === 'cost') return [canon.campaignRef]
  if (canon.is === 'order' || canon.is === 'order-part') return canon.lines.map(({ sku }) => sku)
  if (canon.is === 'product') return [canon.externalId, canon.sku, ...canon.tags]
  return canon.is === 'document' ? [canon.uri] : []
}

/** A day of grace, for clocks and zones that differ. `at` is in milliseconds since 1970. */
export function inTheFuture(at: number, clock: Clock): Objection | null {
  return at > clock().getTime() + dayMs
    ? { reason: 'The row is dated in the future', fix: 'Correct its date at its source, or check the date format' }
    : null
}

/** The last moment that statements name, their own time among them, in milliseconds since 1970; -Infinity without any. */
export function newestMomentOf(canon: readonly Canonical[]): number {
  let newest = -Infinity
  for (const one of canon) for (const at of momentsOf(one)) newest = Math.max(newest, at.getTime())
  return newest
}

function momentsOf(canon: Canonical): Date[] {
  if (canon.is === 'profile') return [canon.updatedAt, ...(canon.createdAt ? [canon.createdAt] : [])]
  if (canon.is === 'event' || canon.is === 'adjustment' || canon.is === 'consent') return [canon.occurredAt]
  if (canon.is === 'order') return [canon.orderedAt]
  return canon.is === 'cost' || canon.is === 'fx' ? [new Date(`${canon.day}T00:00:00Z`)] : []
}

/** What forbids to take in a row that cannot be valued. */
export function withoutRate(needs: readonly Need[], currency: string, rates: Rates): Objection | null {
  const missing = needs.find((need) => rates(need.currency, need.day) === null)
  if (!missing) return null
  return {
    reason: `No exchange rate from ${missing.currency} to ${currency} for its day`,
    fix: `Ingest rates that cover ${missing.day} or the 7 days before, then replay the quarantine`,
  }
}
