import { isCommon } from './common-words.ts'
import { isCountry } from './name-words.ts'
import type { Found } from './patterns.ts'

/** Between two parts of one address: spaces, a comma, a dash, the end of a line. */
const gap = String.raw`[ \t]*(?:[,–-][ \t]*)?(?:(?:\r?\n[ \t,]*){1,2})?`
const proper = String.raw`\p{Lu}[\p{L}\p{M}'’.-]*`
const town = String.raw`${proper}(?:[ ](?:(?:van|von|der|den|de|del|della|di|da|do|dos|das|la|le|les|el|al|nad|am|an|a[nd]n|sur|upon|of|in|and|the|i)[ ]){0,2}${proper}|-\p{L}+){0,4}`
const words = String.raw`[\p{L}\p{M}'’.]+(?:[ -][\p{L}\p{M}'’.]+){0,5}`
const flat = new RegExp(
  String.raw`^${gap}(?:apt|apartment|suite|ste|unit|flat)\.?[ ]?#?\d{1,5}[a-z]?(?![\p{L}\p{N}])`,
  'iu',
)
const code = new RegExp(
  String.raw`^${gap}(?:[A-Z]{2}[ ]+)?(?:[A-Z]{1,2}-)?(?:\d{4,6}(?:-\d{3,4})?|\d{4}[ ]?[A-Z]{2}|\d{3}[ ]\d{2}|[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2})(?![\p{L}\p{N}]|[.,]\d)`,
  'u',
)
const state = /^[ ]*(?:\r?\n)?[ ]*,[ ]*[A-Z]{2}(?![\p{L}\p{N}])/u
const region = /^[ ]*(?:(?:\r?\n)?[ ]*,[ ]*[A-Z]{2}|[A-Z]{2,3})(?![\p{L}\p{N}])/u
const townAfter = new RegExp(String.raw`^${gap}(${town})`, 'u')
const placeAfter = new RegExp(String.raw`^${gap}(${words})`, 'u')
const anyTown = new RegExp(String.raw`^[ ]*(?:,[ ]*|\r?\n[ ]*)(${words})(?=[ ]*[,\n])`, 'u')
const before = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:\d{1,5}[a-z]?,?[ ]+)?${proper}(?:[ ][\p{L}][\p{L}\p{M}'’.-]*){0,5}(?:[ ]\d{1,5}[a-z]?)?[,]?\s+$|(?<![\p{L}\p{N}])\d{1,5}[a-z]?[ ]+(?:[\p{L}\d][\p{L}\p{M}\d'’.-]*[ ]+){0,6}\d{1,5}[a-z]?[,]?\s+$`, 'u') // prettier-ignore
const houseBefore = /(?<![\p{L}\p{N}]|\d[.,])\d{1,5}[a-z]?,?[ ]+$/iu

/**
 * Grows each address over what belongs to it: the house number or street before a flat; flat, town, state, postcode
 * and country after it, on the same line or the next ones. Addresses that then touch become one.
 */
export function wholeAddress(text: string, found: readonly Found[]): Found[] {
  const others = found.filter(({ kind }) => kind !== 'ADDRESS')
  const grown: Found[] = []
  for (const core of found.filter(({ kind }) => kind === 'ADDRESS')) {
    const last = grown.at(-1)
    const floor = Math.max(last?.end ?? 0, ...others.filter(({ end }) => end <= core.start).map(({ end }) => end))
    const ceiling = Math.min(text.length, ...others.filter(({ start }) => start >= core.end).map(({ start }) => start))
    const start = startOf(text, core, floor)
    const end = endOf(text.slice(0, ceiling), Math.max(core.end, start))
    if (last && /^[\s,]*$/.test(text.slice(last.end, start))) last.end = Math.max(last.end, end)
    else if (!last || end > last.end) grown.push({ kind: 'ADDRESS', start, end })
  }
  return [...others, ...grown].toSorted((a, b) => a.start - b.start)
}

function startOf(text: string, core: Found, floor: number): number {
  const lead = text.slice(Math.max(floor, core.start - 120), core.start)
  const isFlat = /^(?:apt|suite|unit|ste|flat)/i.test(text.slice(core.start, core.end))
  const found = (isFlat ? before.exec(lead) : null) ?? houseBefore.exec(lead)
  return core.start - (found ? lead.length - found.index : 0)
}

function endOf(text: string, from: number): number {
  let end = from
  for (let part = 0; part < 8; part += 1) {
    const rest = text.slice(end, end + 160)
    const next = flat.exec(rest)?.[0] ?? countryIn(rest) ?? (part > 0 ? region : state).exec(rest)?.[0] ?? code.exec(rest)?.[0] ?? townIn(rest, text.slice(from - 12, end))
    if (next === undefined) break
    end += next.length
  }
  return end
} // prettier-ignore

/** The longest run of words that is a country's name, with what leads to it. */
function countryIn(rest: string): string | undefined {
  const found = placeAfter.exec(rest)
  if (!found) return undefined
  const [whole, run = ''] = found
  const names = run.split(/(?<=[ ])/)
  const count = names.findLastIndex((_, at) => isCountry(names.slice(0, at + 1).join('').trim().replace(/\.$/, '')))
  return count < 0 ? undefined : whole.slice(0, whole.length - run.length) + names.slice(0, count + 1).join('').trimEnd()
} // prettier-ignore

/** A town: with capitals after a comma, a line or a flat; in small letters where a comma or a line closes it too. */
function townIn(rest: string, last: string): string | undefined {
  const found = townAfter.exec(rest)
  const parted = /^[ ]*[,\n]/.test(rest) || /(?:apt|suite|unit|ste|flat)\.?[ ]?#?\d+[a-z]?$/i.test(last)
  if (found && parted) {
    const names = found[1]!.split(' ')
    const keep = names.findIndex((name) => /^\p{Lu}/u.test(name) && isCommon(name) && !/^(?:North|South|East|West|New|Old|Port|Fort|San|St|Saint|Mount|Lake|City|Park|Green|Hill|Beach|Heights|Central|Garden|Great)/i.test(name)) // prettier-ignore
    const used = keep < 0 ? names : names.slice(0, keep)
    if (used.length > 0) return found[0].slice(0, found[0].length - found[1]!.length) + used.join(' ')
  }
  return parted && !/\p{Lu}/u.test(rest) ? anyTown.exec(rest)?.[0] : undefined
}
