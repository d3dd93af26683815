/**
 * The string comparisons of DuckDB 1.5.5, to the last bit: `jaro_winkler_similarity`, `levenshtein` and
 * `damerau_levenshtein`. DuckDB compares the bytes of UTF-8, not letters: `é` and `e` are two bytes apart. A pair
 * scored here, one record at a time, so weighs what it weighed in the batch.
 * Nothing is allocated in a call; the buffers below grow to the longest string seen.
 */

let left = new Uint8Array(256)
let right = new Uint8Array(256)
let leftMatched = new Uint8Array(256)
let rightMatched = new Uint8Array(256)
let [row, rowBefore, rowOfTransposition] = [new Int32Array(258), new Int32Array(258), new Int32Array(258)]
const lastRowOf = new Int32Array(256)
const encoder = new TextEncoder()

/**
 * Jaro similarity, from 0.7 on raised by a tenth of what is missing for each of at most four equal bytes at the start
 * (Winkler 1990). From 0 to 1; 0 when either is empty.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return a === '' ? 0 : 1
  const [lengthA, lengthB] = read(a, b)
  const similarity = jaro(lengthA, lengthB)
  if (similarity <= 0.7) return similarity
  const most = Math.min(lengthA, lengthB, 4)
  let prefix = 0
  while (prefix < most && left[prefix] === right[prefix]) prefix += 1
  return similarity + prefix * 0.1 * (1 - similarity)
}

/** How many bytes must be added, removed or replaced to make one of the other. */
export function levenshtein(a: string, b: string): number {
  if (a === b) return 0
  const [start, lengthA, lengthB] = readDifference(a, b)
  if (lengthA === 0 || lengthB === 0) return lengthA + lengthB
  for (let j = 0; j <= lengthB; j += 1) row[j] = j
  for (let i = 1; i <= lengthA; i += 1) {
    const byte = left[start + i - 1]!
    let diagonal = i - 1
    let here = i
    row[0] = i
    for (let j = 1; j <= lengthB; j += 1) {
      const above = row[j]!
      const replaced = byte === right[start + j - 1] ? diagonal : diagonal + 1
      here = Math.min(replaced, above + 1, here + 1)
      row[j] = here
      diagonal = above
    }
  }
  return row[lengthB]!
}

/**
 * As `levenshtein`, with two neighbours changing places as one step, even when more happens between them afterwards
 * (the unrestricted distance). In linear memory: Zhao and Sahni, String correction using the Damerau-Levenshtein
 * distance, BMC Bioinformatics 20 (2019).
 */
export function damerauLevenshtein(a: string, b: string): number {
  if (a === b) return 0
  const [start, lengthA, lengthB] = readDifference(a, b)
  if (lengthA === 0 || lengthB === 0) return lengthA + lengthB
  const never = Math.max(lengthA, lengthB) + 1
  // Cell j of a row is at j + 1, so that the cell before the first is there too.
  row.fill(never, 0, lengthB + 2)
  rowBefore.fill(never, 0, lengthB + 2)
  rowOfTransposition.fill(never, 0, lengthB + 2)
  lastRowOf.fill(-1)
  for (let j = 0; j <= lengthB; j += 1) row[j + 1] = j
  for (let i = 1; i <= lengthA; i += 1) {
    const spare = rowBefore
    rowBefore = row
    row = spare
    damerauRow(i, start, lengthB, never)
    lastRowOf[left[start + i - 1]!] = i
  }
  return row[lengthB + 1]!
}

/** Row i of the distances. What `row` holds at first is row i - 2. */
function damerauRow(i: number, start: number, lengthB: number, never: number): void {
  const byte = left[start + i - 1]!
  let lastColumn = -1
  let twoAbove = row[1]!
  let beforeMatch = never
  row[1] = i
  for (let j = 1; j <= lengthB; j += 1) {
    const other = right[start + j - 1]!
    let least = Math.min(rowBefore[j]! + (byte === other ? 0 : 1), row[j]! + 1, rowBefore[j + 1]! + 1)
    if (byte === other) {
      lastColumn = j
      rowOfTransposition[j + 1] = rowBefore[j - 1]!
      beforeMatch = twoAbove
    } else {
      const lastRow = lastRowOf[other]!
      if (j - lastColumn === 1) least = Math.min(least, rowOfTransposition[j + 1]! + i - lastRow)
      else if (i - lastRow === 1) least = Math.min(least, beforeMatch + j - lastColumn)
    }
    twoAbove = row[j + 1]!
    row[j + 1] = least
  }
}

/** Equal bytes not further apart than half the longer string, less those out of order. */
function jaro(lengthA: number, lengthB: number): number {
  if (lengthA === 0 || lengthB === 0) return 0
  if (lengthA === 1 && lengthB === 1) return left[0] === right[0] ? 1 : 0
  const bound = Math.floor(Math.max(lengthA, lengthB) / 2) - 1
  leftMatched.fill(0, 0, lengthA)
  rightMatched.fill(0, 0, lengthB)
  let common = 0
  for (let j = 0; j < lengthB; j += 1) {
    const byte = right[j]
    const last = Math.min(lengthA - 1, j + bound)
    for (let i = Math.max(0, j - bound); i <= last; i += 1) {
      if (left[i] !== byte || leftMatched[i] === 1) continue
      leftMatched[i] = 1
      rightMatched[j] = 1
      common += 1
      break
    }
  }
  if (common === 0) return 0
  const outOfOrder = Math.floor(countOutOfOrder(lengthB) / 2)
  // The order of the sums is DuckDB's: another would differ in the last bit.
  return (common / lengthA + common / lengthB + (common - outOfOrder) / common) / 3
}

function countOutOfOrder(lengthB: number): number {
  let count = 0
  let i = 0
  for (let j = 0; j < lengthB; j += 1) {
    if (rightMatched[j] === 0) continue
    while (leftMatched[i] === 0) i += 1
    if (left[i] !== right[j]) count += 1
    i += 1
  }
  return count
}

/** Puts the bytes of both into the buffers; their numbers. */
function read(a: string, b: string): [number, number] {
  const most = Math.max(a.length, b.length) * 3 + 2
  if (most > left.length) grow(most)
  return [encode(a, left), encode(b, right)]
}

/** As `read`, without the bytes both begin or end with: where the rest begins, and how long it is in each. */
function readDifference(a: string, b: string): [number, number, number] {
  let [endA, endB] = read(a, b)
  let start = 0
  while (start < endA && start < endB && left[start] === right[start]) start += 1
  while (endA > start && endB > start && left[endA - 1] === right[endB - 1]) {
    endA -= 1
    endB -= 1
  }
  return [start, endA - start, endB - start]
}

/** The plain letters of most names are copied; the encoder is called for others alone. */
function encode(text: string, into: Uint8Array): number {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit > 127) return encoder.encodeInto(text, into).written
    into[at] = unit
  }
  return text.length
}

function grow(bytes: number): void {
  const size = bytes * 2
  left = new Uint8Array(size)
  right = new Uint8Array(size)
  leftMatched = new Uint8Array(size)
  rightMatched = new Uint8Array(size)
  row = new Int32Array(size + 2)
  rowBefore = new Int32Array(size + 2)
  rowOfTransposition = new Int32Array(size + 2)
}
