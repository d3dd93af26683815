import { open, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { InferenceSession, TensorConstructor } from 'onnxruntime-node'
import { z } from 'zod'
import { checkedVectors, type Embedder } from '../embedder.ts'
import { minilmGraph, type Weight } from './minilm-graph.ts'
import { wordPiece, type Tokenizer } from './word-piece.ts'

const weightsFile = 'model.safetensors'
const vocabularyFile = 'vocab.txt'

/** The model was trained on texts of at most this many pieces. */
const mostTokens = 256

/** The model computes on this thread: about 40 ms of it at a time, so that a server goes on answering in between. */
const tokensAtOnce = 512

/**
 * all-MiniLM-L6-v2 (Apache-2.0) on the CPU: English, 384 dimensions, 250 MB once loaded (on the first use).
 * @param dir the folder of its published files, `model.safetensors` and `vocab.txt`, as `millrace models install` puts them
 */
export function minilmEmbedder({ dir }: { dir: string }): Embedder {
  const about = { id: 'all-MiniLM-L6-v2', dimensions: 384 }
  let loading: Promise<Model> | undefined
  return {
    ...about,
    embed: async (texts) => {
      if (texts.length === 0) return []
      const model = await (loading ??= load(dir))
      return checkedVectors(about, texts, await embedAll(model, texts, about.dimensions))
    },
  }
}

type Model = { session: InferenceSession; tokens: Tokenizer; Tensor: TensorConstructor }

/** On the first use: the runtime and the weights are large. */
async function load(dir: string): Promise<Model> {
  try {
    const { InferenceSession, Tensor } = await import('onnxruntime-node')
    const graph = minilmGraph(await weightsIn(dir))
    const tokens = wordPiece(await readFile(join(dir, vocabularyFile), 'utf8'))
    const session = await InferenceSession.create(graph, {
      intraOpNumThreads: Math.min(4, availableParallelism()),
      // Threads that wait do so without burning a core that somebody else could use.
      extra: { session: { model_external_initializers_file_folder_path: dir, intra_op: { allow_spinning: '0' } } },
    })
    return { session, tokens, Tensor }
  } catch (cause) {
    throw new Error(`The model in ${dir} cannot be used: install it again with millrace models install`, { cause })
  }
}

const headSchema = z.record(
  z.string(),
  z.object({ shape: z.array(z.int()), data_offsets: z.tuple([z.int(), z.int()]) }).or(z.record(z.string(), z.string())),
)

/** Where each weight stands: the file begins with the length of a JSON head, and that head. */
async function weightsIn(dir: string): Promise<(name: string) => Weight> {
  const file = await open(join(dir, weightsFile))
  try {
    const size = Buffer.alloc(8)
    await file.read(size, 0, 8, 0)
    const bytes = Number(size.readBigUInt64LE())
    if (bytes > 1_000_000) throw new Error(`${weightsFile} does not begin with a head`)
    const head = Buffer.alloc(bytes)
    await file.read(head, 0, bytes, 8)
    const weights = headSchema.parse(JSON.parse(head.toString()))
    return (name) => {
      const weight = weights[name]
      if (!weight || !Array.isArray(weight['shape']) || !Array.isArray(weight['data_offsets']))
        throw new Error(`${weightsFile} has no ${name}: it is another model`)
      const [from, to] = weight['data_offsets']
      return { shape: weight['shape'], place: { location: weightsFile, offset: 8 + bytes + from, length: to - from } }
    }
  } finally {
    await file.close()
  }
}

/** Texts of like length together, so that little of a batch is padding; the vectors in the order of the texts. */
async function embedAll(model: Model, texts: readonly string[], dimensions: number): Promise<number[][]> {
  const pieces = texts.map((text, place) => ({ place, tokens: model.tokens(text, mostTokens) }))
  const waiting = pieces.toSorted((a, b) => b.tokens.length - a.tokens.length)
  const vectors: number[][] = []
  while (waiting.length > 0) {
    const batch = waiting.splice(0, Math.max(1, Math.floor(tokensAtOnce / waiting[0]!.tokens.length)))
    const numbers = await run(model, batch.map(({ tokens }) => tokens)) // prettier-ignore
    batch.forEach(({ place }, row) => {
      vectors[place] = [...numbers.subarray(row * dimensions, (row + 1) * dimensions)]
    })
  }
  return vectors
}

/** One batch, the longest first; shorter ones are padded, and the mask says where. */
async function run({ session, Tensor }: Model, batch: readonly number[][]): Promise<Float32Array> {
  const longest = batch[0]?.length ?? 0
  const ids = new BigInt64Array(batch.length * longest)
  const mask = new BigInt64Array(batch.length * longest)
  batch.forEach((tokens, row) => {
    ids.set(tokens.map(BigInt), row * longest)
    mask.fill(1n, row * longest, row * longest + tokens.length)
  })
  const shape = [batch.length, longest]
  const answer = await session.run(
    { input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) },
    ['embedding'],
  )
  const data = answer['embedding']?.data
  if (!(data instanceof Float32Array)) throw new Error('The runtime returned no vectors')
  return data
}
