import type { SegmentRule } from '../segment-rule.ts'
import type { RuleProblem } from './read-rule.ts'

/** Segments by id that a rule asks about, and whether it walks past segments otherwise. */
type Asked = { ids: string[]; walksPast: boolean }

/**
 * Why a rule may not be that of a segment, where it asks about segments: only whether a person is in a given one, and
 * never, by whatever way round, about itself. Otherwise its members could never come to rest.
 * @param others the rules of all segments by id
 */
export function loopProblems(id: string, rule: SegmentRule, others: ReadonlyMap<string, SegmentRule>): RuleProblem[] {
  if (askedBy(rule).walksPast)
    return [{ place: '', why: 'may reach a segment only as its end, and by its id: {"reaches": {"by": [{"edge": "in"}], "kind": "segment", "id": "…"}}' }] // prettier-ignore
  const seen = new Set<string>()
  const open = askedBy(rule).ids
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return [{ place: '', why: 'asks whether somebody is in this same segment: nobody could tell' }]
    const other = others.get(next)
    if (seen.has(next) || !other) continue
    seen.add(next)
    open.push(...askedBy(other).ids)
  }
  return []
}

function askedBy(rule: SegmentRule): Asked {
  if ('not' in rule) return askedBy(rule.not)
  if ('all' in rule) return joined(rule.all)
  if ('any' in rule) return joined(rule.any)
  if (!('reaches' in rule)) return { ids: [], walksPast: false }
  const { by, id, kind } = rule.reaches
  const first = by.findIndex(({ edge }) => edge === 'in')
  if (first < 0) return { ids: [], walksPast: false }
  const isEnd = first === by.length - 1 && kind === 'segment' && id !== undefined
  return isEnd ? { ids: [id], walksPast: false } : { ids: [], walksPast: true }
}

function joined(rules: readonly SegmentRule[]): Asked {
  const all = rules.map(askedBy)
  return { ids: all.flatMap(({ ids }) => ids), walksPast: all.some(({ walksPast }) => walksPast) }
}
