import { z } from 'zod'
import { checkCopy, copyFactsSchema, type CopyFacts } from '../guardrails/check-copy.ts'
import { detect } from '../guardrails/injection/detect.ts'
import { rules } from '../guardrails/rule-set.ts'
import { personalFinder } from '../redact/placeholders.ts'

const id = z.string().min(1).max(80)
const ruleName = z.string().refine((name) => rules.some((rule) => rule.name === name), 'is no guardrail')

/** Texts of which it is known what is wrong with them, and others with which nothing is. */
export const labelledSchema = z
  .strictObject({
    /** What is true, and what the business allows. */
    house: copyFactsSchema,
    /** `breaks` are the guardrails that must object, none where the copy is right; `house` where it is not the common one. */
    copy: z.array(
      z.strictObject({ id, text: z.string().min(1), house: copyFactsSchema.optional(), breaks: z.array(ruleName) }),
    ),
    /** Texts of sources, and whether they speak to a machine. */
    injection: z.array(z.strictObject({ id, text: z.string().min(1), injected: z.boolean() })),
    /** Texts, the pieces of people's data in them that no vendor may see, and the customers that are known by name. */
    personal: z.array(
      z.strictObject({
        id,
        text: z.string().min(1),
        holds: z.array(z.string().min(1)),
        customers: z.array(z.string()).default([]),
      }),
    ),
  })
  .refine(
    ({ personal }) => personal.every(({ text, holds }) => holds.every((piece) => text.includes(piece))),
    'a piece of people’s data does not stand in its text',
  )
export type Labelled = z.infer<typeof labelledSchema>

export const checkKinds = ['guardrails', 'injection', 'personal'] as const
export type CheckKind = (typeof checkKinds)[number]

/** One case and what was made of it. `faulty`: there is something to be found; `found`: something was. */
export type CaseResult = { id: string; of: CheckKind; faulty: boolean; found: boolean }

/** Runs the guardrails, the finder of injections and the finder of people's data over labelled texts. */
export const checkLabelled = (labelled: Labelled, now: Date): CaseResult[] => [
  ...labelled.copy.flatMap((one) => copyCases(one, one.house ?? labelled.house, now)),
  ...labelled.injection.map(({ id: name, text, injected }): CaseResult => {
    return { id: name, of: 'injection', faulty: injected, found: detect(text).injected }
  }),
  ...labelled.personal.flatMap(personalCases),
]

/** A case for each rule that must object, and one for rules that object and should not. */
function copyCases({ id: name, text, breaks }: Labelled['copy'][number], house: CopyFacts, now: Date): CaseResult[] {
  const objected = new Set(checkCopy(text, house, now).flatMap(({ rule, verdict }) => (verdict === 'pass' ? [] : [rule])))
  const faults = breaks.map((rule): CaseResult => {
    return { id: `${name}: ${rule}`, of: 'guardrails', faulty: true, found: objected.has(rule) }
  })
  // Faulty copy may well break more than it was written to break.
  return breaks.length > 0 ? faults : [{ id: name, of: 'guardrails', faulty: false, found: objected.size > 0 }]
} // prettier-ignore

/** A case for each piece, found where every letter and digit of it is; and one for finds where nothing stands. */
function personalCases({ id: name, text, holds, customers }: Labelled['personal'][number]): CaseResult[] {
  const finds = personalFinder(customers, {})(text)
  if (holds.length === 0) return [{ id: name, of: 'personal', faulty: false, found: finds.length > 0 }]
  return holds.map((piece): CaseResult => {
    const start = text.indexOf(piece)
    const places = Array.from(piece.matchAll(/[\p{L}\p{N}]/gu), ({ index }) => start + index)
    const found = places.every((at) => finds.some((find) => find.start <= at && at < find.end))
    return { id: `${name}: ${piece}`, of: 'personal', faulty: true, found }
  })
}

/** Of what is there, the share found; of what was found, the share that is there; of the rest, the share left in peace. */
export type CheckScore = { of: CheckKind; cases: number; recall: number; precision: number; quiet: number }

const share = (some: readonly CaseResult[], all: readonly CaseResult[]): number =>
  all.length === 0 ? 1 : some.length / all.length

/** The scores of each kind of check that has cases. */
export function checkScores(results: readonly CaseResult[]): CheckScore[] {
  return checkKinds.flatMap((of) => {
    const own = results.filter((one) => one.of === of)
    const found = own.filter((one) => one.found)
    const [faulty, clean] = [own.filter((one) => one.faulty), own.filter((one) => !one.faulty)]
    const score = {
      of,
      cases: own.length,
      recall: share(faulty.filter((one) => one.found), faulty),
      precision: share(found.filter((one) => one.faulty), found),
      quiet: share(clean.filter((one) => !one.found), clean),
    }
    return own.length === 0 ? [] : [score]
  })
} // prettier-ignore
