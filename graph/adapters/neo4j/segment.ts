import type { Instant } from '../../port.ts'
import type { SegmentRule } from '../../segment-rule.ts'
import type { Connection } from './connection.ts'
import { live } from './generations.ts'
import { isOfPerson, peopleWho, type PersonRule } from './people.ts'
import { holding, inKey, instants, outOfKey, type Hold, type Stored } from './rows.ts'
import { both, union, without } from './sets.ts'
import { peopleBy, type ThingLeaf } from './things.ts'

// A leaf of a rule is a statement that gives the ids of people, from its things or from the people it is asked about.
// Here the sets are joined. What is known of a person alone goes along with the first leaf that looks further.

/** So few that the next leaf is asked about these alone. */
const few = 20_000

/** What a statement is made for. A value becomes a parameter, never text; `add` gives its name. */
export type Asking = { hold: Hold; at: Date; isAmong: boolean; add: (value: unknown) => string }
type Asked = { among: readonly string[] | null; where: PersonRule[] }
type Ask = (among: readonly string[] | null, statement: (asking: Asking) => string) => Promise<string[]>

export async function segment(
  { read }: Connection,
  rule: SegmentRule,
  question: Instant & { among?: readonly string[] },
): Promise<string[]> {
  const [space] = await read<{ graph: string }>(`${live} RETURN graph`)
  if (!space) return []
  const ask: Ask = async (among, statement) => {
    const values: Stored = { ...instants(question), ...space, among }
    const add = (value: unknown): string => {
      const name = `p${Object.keys(values).length}`
      values[name] = value
      return `$${name}`
    }
    const asking = { hold: holding(question), at: question.at, isAmong: among !== null, add }
    const rows = await read<{ ids: string[] }>(statement(asking), values)
    return rows.flatMap(({ ids }) => ids)
  }
  const ids = await selected(ask, rule, { among: question.among?.map(inKey) ?? null, where: [] })
  return ids.map(outOfKey)
}

async function selected(ask: Ask, rule: SegmentRule, asked: Asked): Promise<string[]> {
  if (asked.among?.length === 0) return []
  if (isOfPerson(rule)) return ask(asked.among, (asking) => peopleWho(asking, [rule, ...asked.where]))
  if ('all' in rule) return all(ask, rule.all, asked)
  if ('any' in rule) return union(await Promise.all(rule.any.map((part) => selected(ask, part, asked))))
  if ('not' in rule) return allBut(ask, asked, () => selected(ask, rule.not, { ...asked, where: [] }))
  return reaching(ask, rule, asked)
}

async function allBut(ask: Ask, { among, where }: Asked, others: () => Promise<string[]>): Promise<string[]> {
  const [people, some] = await Promise.all([ask(among, (asking) => peopleWho(asking, where)), others()])
  return without(people, some)
}

/** A leaf by its things. Who did nothing has none: such people are all but those whose things say otherwise. */
async function reaching(ask: Ask, leaf: ThingLeaf, asked: Asked): Promise<string[]> {
  const by = (where: PersonRule[], opposite: boolean): Promise<string[]> =>
    ask(asked.among, (asking) => peopleBy(asking, leaf, { where, opposite }))
  const isTrueOfNothing =
    ('subscribed' in leaf && !leaf.subscribed) || ('spent' in leaf && leaf.spent.atLeastMinor <= 0)
  return isTrueOfNothing ? allBut(ask, asked, () => by([], true)) : by(asked.where, false)
}

/** The one that selects the fewest, as far as its words tell, comes first; the others are asked about these if few. */
async function all(ask: Ask, rules: readonly SegmentRule[], asked: Asked): Promise<string[]> {
  const where = [...asked.where, ...rules.filter(isOfPerson)]
  const [first, ...others] = rules.filter((rule) => !isOfPerson(rule)).toSorted((a, b) => reach(a) - reach(b))
  if (!first) return ask(asked.among, (asking) => peopleWho(asking, where))
  let people = await selected(ask, first, { ...asked, where })
  for (const rule of others) {
    const narrowed = { among: people.length <= few ? people : asked.among, where: [] }
    people =
      'not' in rule
        ? without(people, await selected(ask, rule.not, narrowed))
        : both(people, await selected(ask, rule, narrowed))
  }
  return people
}

/** How far a rule reaches, roughly: one named thing, the last days, most of everybody. */
function reach(rule: SegmentRule): number {
  if ('not' in rule) return 10_000
  if ('all' in rule) return Math.min(...rule.all.map(reach))
  if ('any' in rule) return Math.max(...rule.any.map(reach))
  if ('reaches' in rule) return rule.reaches.id === undefined ? 3_000 : 10
  if ('consent' in rule || 'subscribed' in rule) return 5_000
  const [body] = Object.values(rule) as [
    Partial<Record<'sku' | 'topic' | 'about' | 'campaign' | 'withinDays', unknown>>,
  ]
  const days = typeof body.withinDays === 'number' ? Math.min(body.withinDays, 1_000) : 1_000
  return (body.sku ?? body.about ?? body.campaign)
    ? 20 + days / 100
    : body.topic === undefined
      ? 100 + days
      : 50 + days / 10
}
