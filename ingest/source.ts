import type { Clock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Canonical } from './canon.ts'

/** Where a row stands: `line` counts lines of a file and `item` entries of a JSON list, both from 1; bytes from 0. */
export type Place = { file: string; line?: number; item?: number; offset: number; length: number }

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

/** The header of a file: kept, so that a single row of it can be read again. */
export type Header = { is: 'header'; file: string; columns: readonly string[] }

/** Lines that are no rows of data (titles, totals): not received, but told. */
export type Aside = { is: 'aside'; what: string }

export type Item = SourceRow | Rejected | Header | Aside

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
  /** Which files of a folder are its own: `.json`. */
  endings: readonly string[]
  /** How rows are read, where that can be chosen (a mapping): rows read otherwise are read anew. */
  reading?: unknown
  read: (input: SourceInput, setting: Setting) => AsyncIterable<Item>
}
