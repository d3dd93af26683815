import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { z } from 'zod'
import { messageOf, UsageError } from '#kernel/errors.ts'
import type { Judgements, Ranking } from './retrieval-metrics.ts'
import type { Text } from './retrieval.ts'

const lineSchema = z.object({ id: z.string().or(z.number()).transform(String), text: z.string() })

/** JSON lines of `{id, text}`. Throws a UsageError that names the line that is none, or an id that is there twice. */
export async function readTexts(path: string): Promise<Text[]> {
  const texts = new Map<string, Text>()
  for await (const { place, line } of linesOf(path)) {
    const text = parsed(place, line)
    if (texts.has(text.id)) throw new UsageError(`${place}: the id ${text.id} is there twice`)
    texts.set(text.id, text)
  }
  return [...texts.values()]
}

function parsed(place: string, line: string): Text {
  try {
    return lineSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new UsageError(`${place} is no {"id": …, "text": …} on a line of its own`, { cause })
  }
}

/** TREC judgements: query, iteration, document, relevance, separated by white space. A head line may come first. */
export async function readJudgements(path: string): Promise<Judgements> {
  const judgements = new Map<string, Map<string, number>>()
  let first = true
  for await (const { place, line } of linesOf(path)) {
    const parts = line.trim().split(/\s+/)
    const [query, , document] = parts.length === 3 ? [parts[0], '', parts[1]] : parts
    const relevance = Number(parts.at(-1))
    const isHead = first && !Number.isFinite(relevance)
    first = false
    if (isHead) continue
    if (query === undefined || document === undefined || parts.length < 3 || !Number.isFinite(relevance))
      throw new UsageError(`${place} is no judgement: QUERY 0 DOCUMENT RELEVANCE`)
    const judged = judgements.get(query) ?? new Map<string, number>()
    judgements.set(query, judged.set(document, relevance))
  }
  return judgements
}

/** A run as trec_eval reads it: `query Q0 document rank score name`; the score falls with the rank. */
export const runLines = (name: string, rankings: ReadonlyMap<string, Ranking>): string =>
  [...rankings]
    .flatMap(([query, ids]) =>
      ids.map((id, index) => `${query} Q0 ${id} ${index + 1} ${(1 / (index + 1)).toFixed(6)} ${name}\n`),
    )
    .join('')

async function* linesOf(path: string): AsyncGenerator<{ place: string; line: string }> {
  let number = 0
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      number += 1
      if (line.trim() !== '')
        yield { place: `${path}, line ${number}`, line: number === 1 ? line.replace(/^\uFEFF/, '') : line }
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
