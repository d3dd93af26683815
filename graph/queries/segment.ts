import { joined, sql, type Sql } from '#kernel/sql.ts'
import type { SegmentRule } from '../segment-rule.ts'
import { holds, type Asked } from './reading.ts'
import { meets, type Weighing } from './segment-leaves.ts'

// A leaf is the set of those it selects, made once (a few passes over edges of one kind, hashed together), and a rule asks
// of each person whether they are in it. Of a few given people the same sets are made of what these lead to alone.

/**
 * Settings of the transaction that evaluates a rule: sets of a million fit into memory; compiling a statement takes
 * longer than it saves; and what is looked up a million times is hashed, not looked up and remembered one by one.
 */
export const roomForSets = (): Sql => sql`
  select set_config('work_mem', '128MB', true), set_config('hash_mem_multiplier', '2', true), set_config('jit', 'off', true),
    set_config('enable_memoize', 'off', true)`

/** The people a rule selects, by id; of `among` where given. */
export function peopleOf(asked: Asked & { among?: readonly string[] }, rule: SegmentRule): Sql {
  const { nodes } = asked.copy
  const picked =
    asked.among &&
    sql`(
    select array_agg(no) from ${nodes} where kind = 'person' and id = any(${asked.among}))::bigint[]`
  const weighing: Weighing = { ...asked, person: (no) => (picked ? sql`${no} = any(${picked})` : sql`true`) }
  return sql`
  select coalesce(json_agg(person.id order by person.id), '[]') from ${nodes} person
  where person.kind = 'person' and ${weighing.person(sql`person.no`)} and ${holds(sql`person`, asked)}
    and person.properties -> 'visitor' is distinct from 'true' and ${condition(weighing, rule)}`
}

function condition(asked: Weighing, rule: SegmentRule): Sql {
  if ('not' in rule) return sql`not ${condition(asked, rule.not)}`
  if ('all' in rule) return connected(rule.all.map((part) => condition(asked, part)), ' and ', sql`true`) // prettier-ignore
  if ('any' in rule) return connected(rule.any.map((part) => condition(asked, part)), ' or ', sql`false`) // prettier-ignore
  return sql`(${meets(asked, rule)})`
}

const connected = (parts: Sql[], word: string, empty: Sql): Sql =>
  parts.length === 0 ? empty : sql`(${joined(parts, word)})`
