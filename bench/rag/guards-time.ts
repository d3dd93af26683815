import { givenEvidence, runRules, subjectOf } from '#rag/guardrails/check.ts'
import { rules } from '#rag/guardrails/rule-set.ts'
import { context, fact, mail, span } from '#test/rag/guarded-copy.ts'

const facts = [
  'Yirgacheffe Kochere costs €13.50 for 250 g.',
  'Huila Decaf costs €12.00 for 250 g.',
  'The roastery is open on Saturday from 9:00 to 17:00.',
  'The next cupping is on 14 March 2026.',
  'Unopened bags may be sent back within 30 days.',
].map((text) => fact(text))
const page = span(
  Array.from(
    { length: 12 },
    () =>
      'Keep beans in their bag, in a dark and dry place. Grind them just before you brew, and use water off the boil.',
  ).join(' '),
)

/** A mail as long as mails get: 25 sentences that cite facts and a long passage. */
const body = mail(
  Array.from({ length: 5 }, () => [
    ...facts.map((item): [string, typeof item] => [item.text, item]),
    ['Keep beans in their bag, in a dark and dry place.', page] as [string, typeof page],
  ]).flat(),
)
const subject = subjectOf(body, givenEvidence([...facts, page]), context, [])

/** Milliseconds of processor: on a busy machine the clock on the wall measures the others. */
function medianOf(run: () => void): number {
  const times = Array.from({ length: 41 }, () => {
    const from = process.cpuUsage()
    for (let round = 0; round < 3; round += 1) run()
    const { user, system } = process.cpuUsage(from)
    return (user + system) / 3000
  })
  return times.toSorted((a, b) => a - b)[20] ?? 0
}

/** How long a draft is under guard: all rules, all but the judge of claims, and each. */
export function timeOfGuards(): string[] {
  const each = rules.map((rule) => ({ name: rule.name, ms: medianOf(() => rule.check(subject)) }))
  const all = medianOf(() => runRules(subject))
  const judge = each.find(({ name }) => name === 'supported')?.ms ?? 0
  return [
    `guards: a draft of ${subject.copies.length} texts, median of 41: ${all.toFixed(1)} ms of processor; without the judge of claims ${(all - judge).toFixed(1)} ms`,
    ...each.toSorted((a, b) => b.ms - a.ms).map(({ name, ms }) => `    ${name.padEnd(18)} ${ms.toFixed(2)} ms`),
  ]
}
