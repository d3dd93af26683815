/**
 * Whole columns for `unnest`, each as one array in the way PostgreSQL sends arrays itself: no value is written out as
 * text, escaped and read again, which for rows by the thousand costs more than to store them. A column in which nothing
 * stands is null: beside others `unnest` gives nulls for it. What a value may not be is refused here or by the database.
 */
export type Column = Uint8Array | null

const oid = { bytea: 17, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 }
const headBytes = 20
const lengthBytes = 4

type Written<T> = { oid: number; most: (value: T) => number; write: (into: Buffer, at: number, value: T) => number }

/** The binary form of a one-dimensional array: its head, then for each element its length and bytes; -1 is null. */
function column<T>(values: readonly (T | null | undefined)[], { oid: type, most, write }: Written<T>): Column {
  let size = headBytes
  let isEmpty = true
  for (const value of values) {
    size += lengthBytes
    if (value === null || value === undefined) continue
    size += most(value)
    isEmpty = false
  }
  if (isEmpty) return null
  const into = Buffer.allocUnsafe(size)
  for (const [index, number] of [1, 1, type, values.length, 1].entries()) into.writeInt32BE(number, index * 4)
  let at = headBytes
  for (const value of values) {
    const from = at + lengthBytes
    const length = value === null || value === undefined ? -1 : write(into, from, value)
    into.writeInt32BE(length, at)
    at = length > 0 ? from + length : from
  }
  return into.subarray(0, at)
}

/** Ids as `uuid[]`. */
export const uuids = (values: readonly (string | null | undefined)[]): Column =>
  column(values, { oid: oid.uuid, most: () => 16, write: writeUuid })

/** Texts as `text[]`. */
export const texts = (values: readonly (string | null | undefined)[]): Column =>
  column(values, { oid: oid.text, most: (text) => text.length * 3, write: (into, at, text) => into.write(text, at) })

/** Bytes as `bytea[]`. */
export const byteas = (values: readonly (Uint8Array | null | undefined)[]): Column =>
  column(values, {
    oid: oid.bytea,
    most: (bytes) => bytes.length,
    write: (into, at, bytes) => {
      into.set(bytes, at)
      return bytes.length
    },
  })

/** Whole numbers of 32 bits as `integer[]`; throws beyond them. */
export const integers = (values: readonly (number | null | undefined)[]): Column =>
  column(values, {
    oid: oid.int4,
    most: () => 4,
    write: (into, at, number) => {
      if (!Number.isInteger(number)) throw new RangeError(`${number} is no whole number`)
      return into.writeInt32BE(number, at) - at
    },
  })

const year2000 = 946_684_800_000

/** Moments as `timestamptz[]`; what is no moment is null, as in JSON. */
export const instants = (values: readonly (Date | null | undefined)[]): Column =>
  column(
    values.map((value) => (value && Number.isNaN(value.getTime()) ? null : value)),
    {
      oid: oid.timestamptz,
      most: () => 8,
      write: (into, at, instant) => into.writeBigInt64BE(BigInt(instant.getTime() - year2000) * 1000n, at) - at,
    },
  )

const hyphens = new Set([8, 13, 18, 23])
/** Where the sixteen pairs of digits of a UUID stand. */
const places = Array.from({ length: 36 }, (_, index) => index)
  .filter((index) => !hyphens.has(index))
  .filter((_, index) => index % 2 === 0)
/** The value of two hexadecimal digits by their codes, the first times 128; -1 where they are none. */
const bytesOfPairs = Int16Array.from({ length: 128 * 128 }, (_, codes) => {
  const pair = String.fromCharCode(codes >> 7, codes & 127)
  return /^[\da-f]{2}$/i.test(pair) ? Number.parseInt(pair, 16) : -1
})

function writeUuid(into: Buffer, at: number, id: string): number {
  let all = id.length === 36 ? 0 : -1
  for (let index = 0; index < 16; index += 1) {
    const place = places[index]!
    const byte = bytesOfPairs[id.charCodeAt(place) * 128 + id.charCodeAt(place + 1)] ?? -1
    all |= byte
    into[at + index] = byte
  }
  if (all < 0) throw new Error('An id that is no UUID was about to be written')
  return 16
}
