import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { Judgements } from '#rag/evaluate/retrieval-metrics.ts'
import type { Text } from '#rag/evaluate/retrieval.ts'
import { seeded } from './zipf-texts.ts'

/** A corpus, what is asked of it, and which of it answers: what `millrace retrieve evaluate` reads. */
export type JudgedSet = { corpus: Text[]; queries: Text[]; judgements: Judgements }

const data = (name: string): string =>
  readFileSync(resolve(process.env['MILLRACE_DATA'] ?? '../shared/data', 'rag', name), 'utf8')

const claimSchema = z.object({
  claim: z.string(),
  evidence: z.array(z.string()),
  supporting_sentences: z.array(z.array(z.int())),
})

/**
 * Long, specific queries: claims of WiCE, and the articles they rest on in passages of so many sentences. A passage
 * answers when it holds a sentence that supports the claim; only a claim's own article is judged.
 */
export function claimsSet(sentences: number): JudgedSet {
  const idOf = new Map<string, string>()
  const queries: Text[] = []
  const judgements = new Map<string, Map<string, number>>()
  const claims = data('wice_claims_dev.jsonl').trim().split('\n')
  for (const [nth, line] of claims.entries()) {
    const { claim, evidence, supporting_sentences: supporting } = claimSchema.parse(JSON.parse(line))
    const needed = new Set(supporting.flat())
    const answers = new Map<string, number>()
    for (let from = 0; from < evidence.length; from += sentences) {
      const text = evidence.slice(from, from + sentences).join(' ')
      const id = idOf.get(text) ?? `p${idOf.size}`
      idOf.set(text, id)
      if (evidence.slice(from, from + sentences).some((_, place) => needed.has(from + place))) answers.set(id, 1)
    }
    if (answers.size === 0) continue
    queries.push({ id: `q${nth}`, text: claim })
    judgements.set(`q${nth}`, answers)
  }
  return { corpus: [...idOf].map(([text, id]) => ({ id, text })), queries, judgements }
}

/** Short paraphrases: messages of banking77. Those of the same intent answer each other. */
export function paraphrasesSet(passages: number, asked: number): JudgedSet {
  const rows = z.array(z.object({ text: z.string(), category: z.string() })).parse(parse(data('banking77_train.csv'), { columns: true })) // prettier-ignore
  const random = seeded(7)
  const shuffled = rows
    .map((row, nth) => ({ id: `m${nth}`, ...row, order: random() }))
    .toSorted((a, b) => a.order - b.order)
  const corpus = shuffled.slice(0, passages)
  const queries = shuffled.slice(passages, passages + asked)
  const judgements = new Map(
    queries.map(({ id, category }) => [id, new Map(corpus.filter((one) => one.category === category).map((one) => [one.id, 1]))]),
  ) // prettier-ignore
  const plain = ({ id, text }: Text): Text => ({ id, text })
  return { corpus: corpus.map(plain), queries: queries.map(plain), judgements }
}

/** Writes both as files, each in a folder of its own. */
export async function writeJudgedSets(folder: string, sentences: number): Promise<void> {
  const sets = { claims: claimsSet(sentences), paraphrases: paraphrasesSet(3000, 400) }
  for (const [name, { corpus, queries, judgements }] of Object.entries(sets)) {
    const place = join(folder, name)
    await mkdir(place, { recursive: true })
    const lines = (texts: readonly Text[]) => texts.map((text) => `${JSON.stringify(text)}\n`).join('')
    const judged = [...judgements].flatMap(([query, answers]) => [...answers].map(([id, relevance]) => `${query}\t0\t${id}\t${relevance}\n`)) // prettier-ignore
    await writeFile(join(place, 'corpus.jsonl'), lines(corpus))
    await writeFile(join(place, 'queries.jsonl'), lines(queries))
    await writeFile(join(place, 'qrels.tsv'), judged.join(''))
    process.stdout.write(`${place}: ${corpus.length} passages, ${queries.length} queries\n`)
  }
}
