import { z } from 'zod'
import { hashOf } from '#kernel/crypto.ts'
import type { DraftBody, Evidence, Finding } from '#rag/draft.ts'
import type { Draft } from '#rag/drafts.ts'

/** What decides between contents that are tried, where somebody chooses it at the desk. */
export const deciders = {
  click: { words: 'a click', goal: { event: 'message_clicked', withinDays: 7 } },
  order: { words: 'an order', goal: { event: 'order_paid', withinDays: 14 } },
} as const
export const decider = z.enum(['click', 'order'])
export const allocation = z.enum(['fixed', 'bandit'])

/** How drafts are tried against each other: what decides, and whether the better gets more and more of the people. */
export type Trial = { decidedBy: keyof typeof deciders; allocation: z.infer<typeof allocation> }

/** Drafts to be tried beside another, as the person who says yes read them. */
export type Beside = Trial & { drafts: readonly Draft[] }

/** What of the others goes into a campaign. */
export type TriedContents = Trial & { control: string; others: readonly { name: string; body: DraftBody; findings: readonly Finding[] }[] } // prettier-ignore

/** The contents of drafts by name: the idea that each leads with, or a letter. */
export function triedContents(first: Draft, { drafts, ...trial }: Beside): TriedContents {
  const [control, ...names] = namesOf([first, ...drafts])
  const others = drafts.flatMap(({ body, findings }, at) => (body ? [{ name: names[at]!, body, findings }] : []))
  return { ...trial, control: control!, others }
}

function namesOf(drafts: readonly Draft[]): string[] {
  const ideas = drafts.map(({ brief }) => brief.idea)
  const differ = ideas.every((idea) => idea !== undefined) && new Set(ideas).size === ideas.length
  return drafts.map((_, at) => (differ ? ideas[at]! : String.fromCodePoint(97 + at)))
}

/** The same as a campaign's definition says it: the experiment of its step, and the goal. */
export const inDefinition = ({ control, others, allocation: how, decidedBy }: TriedContents) => ({
  goalReachedBy: deciders[decidedBy].goal,
  experiment: {
    control: { name: control, weight: 1 },
    others: others.map(({ name, body }) => ({ name, weight: 1, contentHash: hashOf(body), content: body })),
    allocation: how,
  },
})

/** Everything that was offered to the authors of several drafts. */
export const evidenceOf = (drafts: readonly Draft[]): Evidence[] => drafts.flatMap(({ evidence }) => evidence)
