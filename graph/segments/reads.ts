import type { Leaf, SegmentRule } from '../segment-rule.ts'

/** What besides a person's own rows can move them in or out of what a rule selects. */
export type Reads = {
  /** Time that passes. */
  time: boolean
  /** What is said of products. */
  products: boolean
  /** Anything in the graph: the rule walks it, past other people too. */
  anything: boolean
}

/** Ways that end at rows of the person's own: news of these is news of the person. */
const ownWays: ReadonlySet<string> = new Set([
  'in', 'known-as', 'known-as works-at', 'known-as placed', 'known-as did', 'known-as consented',
]) // prettier-ignore

/** Looks a rule through for what can change its answer. */
export function readsOf(rule: SegmentRule): Reads {
  if ('not' in rule) return readsOf(rule.not)
  if ('all' in rule) return joined(rule.all)
  if ('any' in rule) return joined(rule.any)
  return ofLeaf(rule)
}

function joined(rules: readonly SegmentRule[]): Reads {
  const all = rules.map(readsOf)
  return {
    time: all.some(({ time }) => time),
    products: all.some(({ products }) => products),
    anything: all.some(({ anything }) => anything),
  }
}

function ofLeaf(rule: Leaf): Reads {
  const none = { time: false, products: false, anything: false }
  if ('bought' in rule) {
    const { withinDays, type, topic } = rule.bought
    return { ...none, time: withinDays !== undefined, products: type !== undefined || topic !== undefined }
  }
  if ('spent' in rule) return { ...none, time: rule.spent.withinDays !== undefined }
  if ('visited' in rule) return { ...none, time: rule.visited.withinDays !== undefined }
  if ('did' in rule) {
    const { withinDays, beforeDays, about } = rule.did
    return { ...none, time: withinDays !== undefined || beforeDays !== undefined, products: about !== undefined }
  }
  if ('engagement' in rule) return { ...none, time: true }
  if ('reaches' in rule) {
    const { by, where } = rule.reaches
    const isOwn = where === undefined && ownWays.has(by.map(({ edge }) => edge).join(' '))
    return isOwn ? none : { time: true, products: true, anything: true }
  }
  return none
}
