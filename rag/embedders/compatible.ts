import { z } from 'zod'
import { checkedVectors, type Embedder } from '../embedder.ts'

const answerSchema = z.object({ data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()) })) })

type Settings = { baseUrl: string; apiKey?: string; model: string; dimensions: number; timeoutMs?: number }

/** Most texts in one request: what the smallest servers accept. */
const atOnce = 64

/**
 * Any server that answers `POST {baseUrl}/embeddings` as OpenAI's does (Ollama, vLLM, a vendor).
 * The host is part of the id: the same name elsewhere may be another model.
 */
export function compatibleEmbedder(settings: Settings): Embedder {
  const about = { id: `${new URL(settings.baseUrl).host}/${settings.model}`, dimensions: settings.dimensions }
  return {
    ...about,
    embed: async (texts) => {
      const vectors: number[][] = []
      for (let from = 0; from < texts.length; from += atOnce) {
        vectors.push(...(await request(settings, texts.slice(from, from + atOnce))))
      }
      return checkedVectors(about, texts, vectors)
    },
  }
}

async function request(settings: Settings, input: readonly string[]): Promise<number[][]> {
  const url = `${settings.baseUrl.replace(/\/$/, '')}/embeddings`
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }),
    },
    body: JSON.stringify({ model: settings.model, input, encoding_format: 'float' }),
    signal: AbortSignal.timeout(settings.timeoutMs ?? 30_000),
  })
  if (!response.ok) {
    // The answer's body may repeat the text that was sent: it stays out of the message.
    await response.body?.cancel()
    throw new Error(`The embedding server at ${url} answered ${response.status}: check its key, model and limits`)
  }
  const parsed = answerSchema.safeParse(await response.json())
  if (!parsed.success) throw new Error(`The embedding server at ${url} did not answer with embeddings`)
  return parsed.data.data.toSorted((a, b) => a.index - b.index).map((item) => item.embedding)
}
