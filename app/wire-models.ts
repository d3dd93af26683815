import type { Config } from '#kernel/config.ts'
import type { ChatModel } from '#rag/chat-model.ts'
import type { Embedder } from '#rag/embedder.ts'
import { compatibleEmbedder } from '#rag/embedders/compatible.ts'
import { energeticEmbedder } from '#rag/embedders/energetic.ts'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import { isInstalled, miniLm, modelFolder } from '#rag/local-models.ts'
import { claudeModel } from '#rag/models/claude.ts'
import { compatibleModel } from '#rag/models/compatible.ts'
import { groqModel } from '#rag/models/groq.ts'
import { offlineModel } from '#rag/models/offline.ts'

// What reads and writes texts: embedders, and the models that answer.

/** A server that was named; else the model that was installed; else the weaker one inside the package. */
export function embedderOf(config: Config): Embedder {
  const { EMBEDDINGS_BASE_URL: baseUrl, EMBEDDINGS_MODEL: model, EMBEDDINGS_API_KEY: apiKey } = config
  if (baseUrl !== undefined && model !== undefined) {
    const dimensions = config.EMBEDDINGS_DIMENSIONS
    return compatibleEmbedder({ baseUrl, model, dimensions, ...(apiKey === undefined ? {} : { apiKey }) })
  }
  return localEmbedders(config)[0]!
}

/** What runs on this machine, the strongest first. */
export function localEmbedders({ MILLRACE_MODELS: models }: Config): Embedder[] {
  const installed = isInstalled(models, miniLm) ? [minilmEmbedder({ dir: modelFolder(models, miniLm) })] : []
  return [...installed, energeticEmbedder()]
}

/** Whoever has a key is there; the offline composer always is. */
export function modelsOf(config: Config): ChatModel[] {
  const models: ChatModel[] = []
  if (config.GROQ_API_KEY !== undefined)
    models.push(groqModel({ apiKey: config.GROQ_API_KEY, model: config.GROQ_MODEL, baseURL: config.GROQ_BASE_URL }))
  if (config.ANTHROPIC_API_KEY !== undefined) {
    models.push(
      claudeModel({
        apiKey: config.ANTHROPIC_API_KEY,
        model: config.ANTHROPIC_MODEL,
        baseURL: config.ANTHROPIC_BASE_URL,
      }),
    )
  }
  if (config.COMPATIBLE_BASE_URL !== undefined && config.COMPATIBLE_MODEL !== undefined) {
    models.push(
      compatibleModel({
        baseURL: config.COMPATIBLE_BASE_URL,
        model: config.COMPATIBLE_MODEL,
        apiKey: config.COMPATIBLE_API_KEY,
      }),
    )
  }
  return [...models, offlineModel()]
}
