import type { Found } from './patterns.ts'

const size = 4000
/** What a window sees before and after the part it answers for: longer than an address with the words that tell it. */
const margin = 250

/**
 * Finds in a text of any length, a window at a time: patterns look back and ahead, and their time grows faster than
 * the text. A find belongs to the window in whose own part it begins.
 */
export function inWindows(text: string, find: (text: string) => Found[]): Found[] {
  if (text.length <= size) return find(text)
  const found: Found[] = []
  for (let from = 0; from < text.length; from += size - 2 * margin) {
    const own = {
      start: from === 0 ? 0 : from + margin,
      end: from + size >= text.length ? text.length : from + size - margin,
    }
    for (const { kind, start, end } of find(text.slice(from, from + size))) {
      const one = { kind, start: Math.max(start + from, found.at(-1)?.end ?? 0), end: end + from }
      if (start + from >= own.start && start + from < own.end && one.start < one.end) found.push(one)
    }
    if (own.end === text.length) break
  }
  return found
}
