import type { Clock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Canonical, Cost } from './canon.ts'

/**
 * Where a row stands: `line` counts lines of a file and `item` entries of a JSON list, both from 1; bytes from 0. What was
 * sent may say when it was so (`asOf`, ISO 8601 in UTC): then it never replaces what was so later.
 */
export type Place = { file: string; line?: number; item?: number; offset: number; length: number; asOf?: string }

/** One row as received, and what it says. */
export type SourceRow = {
  is: 'row'
  kind: string
  /** A row without an id is known by its hash and its occurrence within the input, under the name given here. */
  externalId: string | { unnamedIn: string }
  raw: Buffer
  place: Place
  canon: readonly Canonical[]
}

/** A row that cannot be read, why, and what to do. `raw` is null when it was too large to hold. */
export type Rejected = {
  is: 'rejected'
  kind: string
  raw: Buffer | null
  sha256: Hash
  place: Place
  reason: string
  fix: string
}

/** The header of a file: kept, so that a single row of it can be read again. Its cells lie between commas unless told. */
export type Header = {
  is: 'header'
  file: string
  columns: readonly string[]
  delimiter?: string | undefined
  encoding?: string | undefined
}

/** Lines that are no rows of data (titles, totals): not received, but told. */
export type Aside = { is: 'aside'; what: string }

/**
 * What a whole report says of the days it covers (`YYYY-MM-DD`, both included), after its last row: a cost of one of its
 * campaigns that is not among its own was taken back. No row of data, and not counted.
 */
export type Restatement = {
  is: 'restatement'
  from: string
  to: string
  campaigns: readonly string[]
  costs: readonly Pick<Cost, 'externalId' | 'currency' | 'amountMinor' | 'impressions' | 'clicks'>[]
}

export type Item = SourceRow | Rejected | Header | Aside | Restatement

/** What a source may need to know of the business. `country`: where phone numbers without a prefix are at home. */
export type Setting = { clock: Clock; zone: string; currency: string; country?: string | undefined }

/** The bytes of one file. `columns` is given when they are rows of it without their header. */
export type SourceInput = { file: string; bytes: AsyncIterable<Uint8Array>; columns?: readonly string[] | undefined }

/**
 * A vendor's format, read row by row in constant memory. The same bytes always give the same items, so that a run can
 * go on where it stopped. A row that cannot be read is an item; an input that is not what it claims to be (columns
 * missing) is a UsageError.
 */
export type Source = {
  name: string
  /** Which files of a folder are its own, whatever their case: `.json`. */
  endings: readonly string[]
  /** True where files may be no text, or none at all, and the source itself says what is wrong with one. */
  anyBytes?: boolean
  /** How rows are read, where that can be chosen (a mapping): rows read otherwise are read anew. */
  reading?: unknown
  /** The name of how rows are read, where files of one source differ by right: only those of one name are compared. */
  layout?: string
  /** True where a folder holds all there is: a document that is gone from it ends. */
  whole?: boolean
  read: (input: SourceInput, setting: Setting) => AsyncIterable<Item>
}
