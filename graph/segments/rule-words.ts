import { formatMoney } from '#kernel/money.ts'
import type { Leaf, SegmentRule } from '../segment-rule.ts'

type Said<Word extends string> = Extract<Leaf, Record<Word, unknown>>[Word]
/** `no`: the phrase is of those of whom it is not so. */
type Saying = { no: boolean; currency: string }

/**
 * A rule in plain English, a predicate of people: "bought anything and have no running subscription". Negations are
 * carried down to what they deny.
 * @param currency of the business, in which amounts are written
 */
export const ruleWords = (rule: SegmentRule, currency = 'EUR'): string => phrase(rule, { no: false, currency }, false)

function phrase(rule: SegmentRule, saying: Saying, inside: boolean): string {
  if ('not' in rule) return phrase(rule.not, { ...saying, no: !saying.no }, inside)
  if ('all' in rule) return list(rule.all, !saying.no, saying, inside)
  if ('any' in rule) return list(rule.any, saying.no, saying, inside)
  return leaf(rule, saying)
}

function list(parts: readonly SegmentRule[], every: boolean, saying: Saying, inside: boolean): string {
  if (parts.length === 0) return every ? 'are anybody' : 'are nobody'
  if (parts.length === 1) return phrase(parts[0]!, saying, inside)
  const joined = parts.map((part) => phrase(part, saying, true)).join(every ? ' and ' : ' or ')
  return inside ? `(${joined})` : joined
}

function leaf(rule: Leaf, saying: Saying): string {
  const { no } = saying
  if ('bought' in rule) return bought(rule.bought, no)
  if ('spent' in rule) return spent(rule.spent, saying)
  if ('subscribed' in rule)
    return rule.subscribed === no ? 'have no running subscription' : 'have a running subscription'
  if ('consent' in rule) return `${no ? 'have not agreed' : 'agreed'} to ${rule.consent.channel}`
  if ('lifecycle' in rule) return `are ${not(no)}at the stage ${quoted(rule.lifecycle)}`
  if ('channel' in rule) return `${no ? 'did not come' : 'came'} by ${quoted(rule.channel)}`
  if ('visited' in rule) {
    const { path, ...often } = rule.visited
    return counted(no, often, ['visited', 'did not visit'], `pages under ${quoted(path)}`, 'times')
  }
  if ('did' in rule) return did(rule.did, no)
  if ('property' in rule) return property(rule.property, no)
  if ('reaches' in rule) return reaches(rule.reaches, no)
  if ('engagement' in rule) return `${denied(no)}have an engagement of ${range(rule.engagement, 'any')} points`
  return rfm(rule.rfm, no)
}

const quoted = (value: string | number | boolean): string => (typeof value === 'string' ? `“${value}”` : String(value))
const not = (no: boolean): string => (no ? 'not ' : '')
const denied = (no: boolean): string => (no ? 'do not ' : '')

const since = (days: number | undefined): string =>
  days === undefined ? '' : ` in the last ${days === 1 ? 'day' : `${days} days`}`

/** "visited X at least 3 times", and of others "visited X fewer than 3 times"; once is left unsaid. */
function counted(
  no: boolean,
  often: { atLeast: number; withinDays?: number | undefined },
  verb: readonly [does: string, doesNot: string],
  what: string,
  times: string,
): string {
  if (often.atLeast === 1) return `${verb[no ? 1 : 0]} ${what}${since(often.withinDays)}`
  return `${verb[0]} ${what} ${no ? 'fewer than' : 'at least'} ${often.atLeast} ${times}${since(often.withinDays)}`
}

function bought(rule: Said<'bought'>, no: boolean): string {
  const which = [
    ...(rule.type === undefined ? [] : [`of the type ${quoted(rule.type)}`]),
    ...(rule.topic === undefined ? [] : [`tagged ${quoted(rule.topic)}`]),
  ].join(' and ')
  const what = rule.sku === undefined ? 'anything' : quoted(rule.sku)
  const times = 'times (paid orders)'
  return counted(no, rule, ['bought', 'did not buy'], which === '' ? what : `${what} ${which}`, times)
}

function spent({ atLeastMinor, withinDays }: Said<'spent'>, { no, currency }: Saying): string {
  return `spent ${no ? 'less than' : 'at least'} ${formatMoney({ amountMinor: atLeastMinor, currency })}${since(withinDays)}`
}

function did(rule: Said<'did'>, no: boolean): string {
  const details = [
    ...Object.entries(rule.where ?? {}).map(([name, value]) => `${name} ${quoted(value)}`),
    ...(rule.about === undefined ? [] : [`about ${quoted(rule.about)}`]),
    ...(rule.campaign === undefined ? [] : [`of the campaign ${quoted(rule.campaign)}`]),
    ...(rule.beforeDays === undefined ? [] : [`more than ${rule.beforeDays} days ago`]),
  ]
  const what = `${quoted(rule.event)}${details.length === 0 ? '' : ` (${details.join(', ')})`}`
  return counted(no, rule, ['did', 'did not do'], what, 'times')
}

function property(rule: Said<'property'>, no: boolean): string {
  const { name, ...named } = rule
  const whose = `are people whose ${quoted(name)} is `
  if (Object.keys(named).every((test) => test === 'exists')) return `${whose}${not((rule.exists ?? true) === no)}known`
  const tests = [
    ...(rule.is === undefined ? [] : [quoted(rule.is)]),
    ...(rule.in === undefined ? [] : [`one of ${rule.in.map(quoted).join(', ')}`]),
    ...(rule.atLeast === undefined && rule.atMost === undefined ? [] : [range(rule, '')]),
    ...(rule.exists === undefined ? [] : [rule.exists ? 'known' : 'not known']),
  ]
  return `${whose}${not(no)}${tests.join(' and ')}`
}

function reaches(rule: Said<'reaches'>, no: boolean): string {
  const arrows = { out: '→', back: '←', either: '–' } as const
  const walk = rule.by.map(({ edge, way }) => `${arrows[way]} ${edge}`).join(' ')
  const which = Object.entries(rule.where ?? {}).map(([name, value]) => `${name} ${quoted(value)}`)
  const what = [`${/^[aeiou]/.test(rule.kind) ? 'an' : 'a'} ${rule.kind}`, ...(rule.id === undefined ? [] : [quoted(rule.id)]), ...(which.length === 0 ? [] : [`with ${which.join(', ')}`])] // prettier-ignore
  return `${denied(no)}lead to ${what.join(' ')} by ${walk}`
}

function rfm(rule: Said<'rfm'>, no: boolean): string {
  const digits = Object.entries(rule).flatMap(([name, digit]) => (digit ? [`${name} ${range(digit, 'any')}`] : []))
  return `are ${not(no)}buyers${digits.length === 0 ? '' : ` with ${digits.join(' and ')}`}`
}

function range(
  { atLeast, atMost }: { atLeast?: number | undefined; atMost?: number | undefined },
  any: string,
): string {
  if (atLeast !== undefined && atMost !== undefined) return atLeast === atMost ? String(atLeast) : `${atLeast} to ${atMost}` // prettier-ignore
  if (atLeast !== undefined) return `at least ${atLeast}`
  return atMost === undefined ? any : `at most ${atMost}`
}
