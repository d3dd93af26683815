import { newId, type ChunkId, type DocumentId, type FactId } from '#kernel/ids.ts'
import { slotsOf, textsOf, type Block, type Citation, type DraftBody, type Evidence, type Finding } from '#rag/draft.ts'
import { givenEvidence, runRules, subjectOf } from '#rag/guardrails/check.ts'
import type { GuardContext } from '#rag/guardrails/rule.ts'

const clock = () => new Date('2026-01-01T00:00:00Z')

export const context: GuardContext = {
  business: { name: 'Alder & Ash', site: 'https://alder.example/' },
  brand: { forbidden: ['cheap'] },
  allowed: { urls: ['https://alder.example/subscribe'], emails: ['hello@alder.example'], phones: ['+31 20 123 45 67'] },
  slots: ['person.given_name'],
}

const valid = { validFrom: new Date('2026-01-01T00:00:00Z'), validTo: null }
let count = 0

/** A fact that may be cited. */
export const fact = (text: string, about: Partial<Evidence> = {}): Evidence => ({
  id: `F${++count}`,
  citation: { kind: 'fact', factId: newId<'fact'>(clock) satisfies FactId },
  text,
  ...valid,
  ...about,
})

/** A span of a document that may be cited. */
export const span = (text: string, title = 'Questions'): Evidence => ({
  id: `C${++count}`,
  citation: {
    kind: 'span',
    chunkId: newId<'chunk'>(clock) satisfies ChunkId,
    documentId: newId<'document'>(clock) satisfies DocumentId,
    startByte: 0,
    endByte: Buffer.byteLength(text),
    quote: text,
  },
  text,
  title,
  ...valid,
})

type Said = [text: string, ...cites: Evidence[]]

const sentence = ([text, ...cites]: Said) => ({ text, citations: cites.map((item): Citation => item.citation) })

/** A mail of one paragraph; the subject and the preheader say nothing unless told. */
export function mail(said: Said[], more: { subject?: Said; blocks?: Block[] } = {}): DraftBody {
  const body = {
    subject: sentence(more.subject ?? ['A note from Alder & Ash']),
    preheader: sentence(['A few words about coffee']),
    blocks: [{ kind: 'paragraph' as const, sentences: said.map(sentence) }, ...(more.blocks ?? [])],
  }
  return { ...body, slots: slotsOf(textsOf(body).join('\n')) }
}

/** The troubles of a body, each as `verdict rule`. */
export function findingsOf(body: DraftBody, evidence: Evidence[], customers: string[] = []): Finding[] {
  return runRules(subjectOf(body, givenEvidence(evidence), context, customers))
}

export const troubles = (body: DraftBody, evidence: Evidence[], customers: string[] = []): string[] =>
  findingsOf(body, evidence, customers)
    .filter((finding) => finding.verdict !== 'pass')
    .map((finding) => `${finding.verdict} ${finding.rule}`)
