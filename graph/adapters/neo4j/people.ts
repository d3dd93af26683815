import { engagementLevel } from '../../engagement.ts'
import type { Leaf, SegmentRule } from '../../segment-rule.ts'
import { stored, storedName } from './rows.ts'
import type { Asking } from './segment.ts'

// Rules about what is known of a person alone, and the people they are asked about.

type Named<Name extends string> = Extract<Leaf, Record<Name, unknown>>
type PersonLeaf = Named<'lifecycle'> | Named<'channel'> | Named<'property'> | Named<'engagement'> | Named<'rfm'>
export type PersonRule = PersonLeaf | { all: PersonRule[] } | { any: PersonRule[] } | { not: PersonRule }

export function isOfPerson(rule: SegmentRule): rule is PersonRule {
  if ('all' in rule) return rule.all.every(isOfPerson)
  if ('any' in rule) return rule.any.every(isOfPerson)
  if ('not' in rule) return isOfPerson(rule.not)
  return ['lifecycle', 'channel', 'property', 'engagement', 'rfm'].some((name) => name in rule)
}

/** The people asked about, as `person`. */
export const amongPeople = `UNWIND $among AS id WITH DISTINCT id
  MATCH (person:MillraceNode {_key: $graph + 'person/' + id})`

/** All of them, from the index alone and in its order: the rest of a person is read only where a rule asks for it. */
const everybody = `MATCH (person:Person) USING INDEX person:Person(_key, _validFrom, _validTo, _visitor)
  WHERE person._key STARTS WITH $graph + 'person/'
    AND person._validFrom IS NOT NULL AND person._validTo IS NOT NULL AND person._visitor IS NOT NULL`

/** In pieces, which the driver reads faster than one long list. */
export const idsOf = `
  WITH person._key AS key ORDER BY key
  WITH collect(substring(key, size($graph) + size('person/'))) AS ids
  UNWIND range(0, size(ids) - 1, 500) AS first RETURN ids[first..first + 500] AS ids`

/** Whether \`person\` is somebody, and holds, and the rules select them. */
export const isSelected = (asking: Asking, rules: readonly PersonRule[]): string =>
  ['person._visitor = false', asking.hold('person'), ...rules.map((rule) => condition(rule, asking))].join(' AND ')

export const peopleWho = (asking: Asking, rules: readonly PersonRule[]): string =>
  `${asking.isAmong ? `${amongPeople} WHERE true` : everybody} AND ${isSelected(asking, rules)} ${idsOf}`

/** Never null, so that it can be denied. True and false are parameters too: folded away, they would take the index with them. */
function condition(rule: PersonRule, asking: Asking): string {
  const parts = (rules: PersonRule[]): string[] => rules.map((part) => condition(part, asking))
  if ('not' in rule) return `NOT ${condition(rule.not, asking)}`
  if ('all' in rule) return `(${[asking.add(true), ...parts(rule.all)].join(' AND ')})`
  if ('any' in rule) return `(${[asking.add(false), ...parts(rule.any)].join(' OR ')})`
  return `(${leaf(rule, asking)})`
}

const given = (test: string): string => `coalesce(${test}, false)`

function leaf(rule: PersonLeaf, asking: Asking): string {
  const { add } = asking
  if ('lifecycle' in rule) return given(`person.lifecycle = ${add(rule.lifecycle)}`)
  if ('channel' in rule) return given(`person.channel = ${add(rule.channel)}`)
  if ('property' in rule) return property(rule.property, asking)
  if ('rfm' in rule) return fifths(rule.rfm, asking)
  return engaged(rule.engagement, asking)
}

/** Numbers compare with numbers alone: with another kind of value the answer is null, which is no. */
function property(
  { name, is, in: several, atLeast, atMost, exists }: Named<'property'>['property'],
  { add }: Asking,
): string {
  const value = `person[${add(storedName(name))}]`
  const tests = [
    is === undefined ? [] : `${value} = ${add(stored(is))}`,
    several === undefined ? [] : `${value} IN ${add(several.map(stored))}`,
    atLeast === undefined ? [] : `${value} >= ${add(stored(atLeast))}`,
    atMost === undefined ? [] : `${value} <= ${add(stored(atMost))}`,
  ].flat()
  if (exists === false) return tests.length > 0 ? add(false) : `${value} IS NULL`
  return [`${value} IS NOT NULL`, ...tests.map(given)].join(' AND ')
}

function fifths(rule: Named<'rfm'>['rfm'], { add }: Asking): string {
  const tests = (['recency', 'frequency', 'monetary'] as const).flatMap((name) => {
    const bounds = rule[name]
    if (bounds === undefined) return []
    const [least, most] = [bounds.atLeast ?? 1, bounds.atMost ?? 5].map((digit) => add(stored(digit)))
    return given(`person.${name} >= ${least} AND person.${name} <= ${most}`)
  })
  return [add(true), ...tests].join(' AND ')
}

/** Who did nothing has no points: too few for a lower bound, few enough for an upper one. */
function engaged({ atLeast, atMost }: Named<'engagement'>['engagement'], { add, at }: Asking): string {
  const tests = [
    atLeast === undefined ? [] : `coalesce(person.engagement >= ${add(engagementLevel(atLeast, at))}, false)`,
    atMost === undefined ? [] : `coalesce(person.engagement <= ${add(engagementLevel(atMost, at))}, true)`,
  ].flat()
  return [add(true), ...tests].join(' AND ')
}
