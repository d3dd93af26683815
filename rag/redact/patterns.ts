import { wholeAddress } from './address-extent.ts'
import { addressRules } from './address-rules.ts'
import { birthRules } from './birth-rules.ts'
import { contactRules, phoneRules } from './contact-rules.ts'
import { numberRules } from './number-rules.ts'
import { spokenNames } from './spoken-names.ts'
import { inWindows } from './windows.ts'

/**
 * Kinds of people's data; the name is the placeholder's. The first are those that identify somebody (`findPersonal`);
 * those of the second line are what texts say around them (`findMentioned`).
 */
export type PersonalKind =
  | 'EMAIL' | 'URL' | 'IBAN' | 'CARD' | 'IP' | 'MAC' | 'ID' | 'PHONE' | 'BIRTH' | 'ADDRESS' | 'NAME'
  | 'LINK' | 'PLACE' | 'ORGANISATION' | 'DATE' | 'AGE' | 'JOB' | 'PREFIX' // prettier-ignore
/** `start` and `end` count UTF-16 code units, as JavaScript's strings do; `end` is the place after the last. */
export type Found = { kind: PersonalKind; start: number; end: number }

export type Rule = {
  kind: PersonalKind
  pattern: RegExp
  holds?: (text: string) => boolean
  /** The pattern takes whatever stands close; what `holds` is a run of whole groups within it. */
  groups?: true
}

/** In the order of precedence: of two finds that overlap, the rule that stands first keeps its find. */
const rules: readonly Rule[] = [...contactRules, ...numberRules, ...birthRules, ...phoneRules, ...addressRules]

/** Placeholders that stand in a text already are nobody's data, and nothing is found across one. */
export const placeholder = /\[(?:EMAIL|URL|IBAN|CARD|IP|MAC|ID|PHONE|BIRTH|ADDRESS|NAME|TEXT)_\d+\]/g

/** The text with signs in the places of placeholders that no rule takes for anything. */
export const masked = (text: string): string => text.replace(placeholder, (name) => '\u0000'.repeat(name.length))

/**
 * What the rules find that identifies somebody, in order of place, without overlaps. Structured kinds (e-mail, IBAN,
 * card, IP, URL with a token, ids with a check digit) are near certain; phones and birth dates are likely; addresses
 * are caught where a street word, a flat or a postcode shows them; names where a greeting, a title or the like does.
 */
export const findPersonal = (text: string): Found[] => inWindows(text, personalIn)

function personalIn(text: string): Found[] {
  const open = masked(text)
  const whole = wholeAddress(open, findByRules(open, rules, []))
  return sorted(spokenNames(open).reduce((kept, found) => [...kept, ...freeParts(open, found, kept)], whole))
}

/** Adds what some rules find in the places that nothing has taken yet. */
export function findByRules(text: string, some: readonly Rule[], taken: readonly Found[]): Found[] {
  let kept: readonly Found[] = taken
  for (const rule of some) {
    for (const match of text.matchAll(rule.pattern)) {
      for (const found of findsOf(rule, match)) kept = [...kept, ...freeParts(text, found, kept)]
    }
  }
  return sorted(kept)
}

const sorted = (found: readonly Found[]): Found[] => found.toSorted((a, b) => a.start - b.start)

function findsOf({ kind, holds, groups }: Rule, match: RegExpExecArray): Found[] {
  const text = match[1] ?? match[0]
  if (groups && holds) return groupsThatHold(text, holds).map(({ start, end }) => ({ kind, start: match.index + start, end: match.index + end })) // prettier-ignore
  return holds && !holds(match[0]) ? [] : [{ kind, start: match.index, end: match.index + match[0].length }]
}

/** No account or card is written in more. */
const mostGroups = 34

/** The longest runs of whole groups that hold, from the left, without overlap. */
function groupsThatHold(text: string, holds: (text: string) => boolean): { start: number; end: number }[] {
  const groups = [...text.matchAll(/[^ .-]+/g)].map((group) => ({
    start: group.index,
    end: group.index + group[0].length,
  }))
  const found: { start: number; end: number }[] = []
  for (let at = 0; at < groups.length; at += 1) {
    const start = groups[at]!.start
    const near = groups.slice(at, at + mostGroups)
    const last = near.findLastIndex(({ end }) => end - start < 50 && holds(text.slice(start, end)))
    if (last < 0) continue
    found.push({ start, end: near[last]!.end })
    at += last
  }
  return found
}

/** What of a find no earlier one has taken, without the signs that belong to the sentence around it. */
export function freeParts(text: string, found: Found, kept: readonly Found[]): Found[] {
  const others = kept.filter((other) => found.start < other.end && other.start < found.end)
  const cuts = others.toSorted((a, b) => a.start - b.start)
  const starts = [found.start, ...cuts.map(({ end }) => end)]
  const ends = [...cuts.map(({ start }) => start), found.end]
  return starts.flatMap((from, index) => {
    const to = ends[index] ?? from
    const part = text.slice(from, Math.max(from, to))
    const inner = part.replace(/[\s.,;:!?]+$/u, '')
    const lead = /^[\s.,;:!?]*/u.exec(inner)![0].length
    const start = from + lead
    return /[\p{L}\p{N}]/u.test(inner) ? [{ kind: found.kind, start, end: from + inner.length }] : []
  })
}
