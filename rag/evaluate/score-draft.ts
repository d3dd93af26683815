import { textsOf, type DraftBody, type Evidence, type Finding } from '../draft.ts'
import type { Draft } from '../drafts.ts'
import type { FormName } from '../forms.ts'
import type { GoldenBrief } from './golden.ts'
import { styleScore, type OwnStyle } from './style.ts'

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
  /** As many words as its form bears, less the further outside. */
  length: number
  /** How near it is to how the business writes. */
  style: number
  total: number
}
export const scoreNames = ['approvable', 'atOnce', 'grounded', 'covered', 'avoided', 'length', 'style'] as const

/** Raised when a score comes to mean something else: what was scored otherwise is not compared. */
export const scoring = 3

const ofEvidence = new Set(['cited', 'supported', 'figures-match'])

/** Words that copy of a form needs to say something, and those that its readers bear. */
const bearable: Readonly<Record<FormName, readonly [fewest: number, most: number]>> = {
  email: [60, 180],
  'landing-page': [100, 450],
  'blog-post': [150, 900],
  x: [8, 50],
  linkedin: [30, 250],
  facebook: [20, 120],
  instagram: [20, 150],
  ad: [6, 25],
  'whatsapp-template': [15, 120],
  sms: [8, 75],
  telegram: [20, 180],
}

/** Scores a draft against its golden brief. One that has no body scores nothing. */
export function scoreDraft(draft: Draft, { expects }: GoldenBrief, own: OwnStyle | null): Score {
  const texts = draft.body ? textsOf(draft.body) : []
  const parts = {
    approvable: draft.approvable ? 1 : 0,
    atOnce: draft.approvable && draft.revision === 1 ? 1 : 0,
    grounded: draft.body ? groundedShare(draft.body, draft.findings) : 0,
    covered:
      texts.length === 0 ? 0 : share(expects.cites, (words) => cited(draft).some((item) => speaksOf(item, words))),
    avoided: texts.length === 0 ? 0 : share(expects.never, (words) => !texts.some((text) => has(text, words))),
    length: lengthScore(texts, bearable[draft.brief.channel]),
    style: texts.length === 0 ? 0 : styleScore(texts.slice(2).join('\n'), own),
  }
  const total = scoreNames.reduce((sum, name) => sum + parts[name], 0) / scoreNames.length
  return { ...parts, total }
}

/** The share of a body's texts that no rule of evidence objects to. */
export function groundedShare(body: DraftBody, findings: readonly Finding[]): number {
  const faulty = findings.filter(({ verdict, rule }) => verdict !== 'pass' && ofEvidence.has(rule))
  return 1 - new Set(faulty.map(({ where }) => where)).size / textsOf(body).length
}

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

function lengthScore(texts: readonly string[], [fewest, most]: readonly [number, number]): number {
  const words = texts.join(' ').split(/\s+/).filter(Boolean).length
  if (words === 0) return 0
  if (words < fewest) return words / fewest
  return words > most ? most / words : 1
}
