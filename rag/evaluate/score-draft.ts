import { textsOf, type Evidence } from '../draft.ts'
import type { Draft } from '../drafts.ts'
import type { GoldenBrief } from './golden.ts'

/** How a draft did, each on [0, 1]; `total` is their mean. */
export type Score = {
  /** It waits for a person, and no guardrail forbids it. */
  approvable: number
  /** It passed the guardrails as it was first written. */
  atOnce: number
  /** Sentences that no rule of evidence objects to. */
  grounded: number
  /** Of what a good draft rests on, what this one cites. */
  covered: number
  /** Nothing that must not be said was said. */
  avoided: number
  /** Between 60 and 180 words, less the further outside. */
  length: number
  total: number
}
export const scoreNames = ['approvable', 'atOnce', 'grounded', 'covered', 'avoided', 'length'] as const

const ofEvidence = new Set(['cited', 'supported', 'figures-match'])
const [fewest, most] = [60, 180]

/** Scores a draft against its golden brief. One that has no body scores nothing. */
export function scoreDraft(draft: Draft, { expects }: GoldenBrief): Score {
  const texts = draft.body ? textsOf(draft.body) : []
  const parts = {
    approvable: draft.approvable ? 1 : 0,
    atOnce: draft.approvable && draft.revision === 1 ? 1 : 0,
    grounded: texts.length === 0 ? 0 : 1 - faulty(draft) / texts.length,
    covered:
      texts.length === 0 ? 0 : share(expects.cites, (words) => cited(draft).some((item) => speaksOf(item, words))),
    avoided: texts.length === 0 ? 0 : share(expects.never, (words) => !texts.some((text) => has(text, words))),
    length: lengthScore(texts),
  }
  const total = scoreNames.reduce((sum, name) => sum + parts[name], 0) / scoreNames.length
  return { ...parts, total }
}

const faulty = ({ findings }: Draft): number =>
  new Set(findings.filter(({ verdict, rule }) => verdict !== 'pass' && ofEvidence.has(rule)).map(({ where }) => where))
    .size

const share = (all: readonly string[], isMet: (words: string) => boolean): number =>
  all.length === 0 ? 1 : all.filter(isMet).length / all.length

/** The evidence that any sentence of the body cites. */
function cited({ body, evidence }: Draft): Evidence[] {
  const sentences = (body?.blocks ?? []).flatMap((block) =>
    block.kind === 'paragraph' ? block.sentences : block.kind === 'list' ? block.items : [],
  )
  const named = new Set([body?.subject, body?.preheader, ...sentences].flatMap((said) => (said?.citations ?? []).map((one) => JSON.stringify(one)))) // prettier-ignore
  return evidence.filter(({ citation }) => named.has(JSON.stringify(citation)))
}

const speaksOf = ({ subject, predicate, title, text }: Evidence, words: string): boolean =>
  words.split(/\s+/).every((word) => has([subject, predicate, title, text].join(' '), word))

const has = (text: string, words: string): boolean => text.toLowerCase().includes(words.toLowerCase())

function lengthScore(texts: readonly string[]): number {
  const words = texts.join(' ').split(/\s+/).filter(Boolean).length
  if (words === 0) return 0
  if (words < fewest) return words / fewest
  return words > most ? most / words : 1
}
