import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { UsageError } from '#kernel/errors.ts'
import type { IntentModel } from './model.ts'
import type { Linear } from './softmax.ts'

/** Raised when an older program could not read what is written. */
const version = 1
const firstLine = /^millrace-intents (\d+) ([0-9a-f]{64})$/

const share = z.number().min(0).max(1)
const calibration = z.object({
  temperature: z.number().positive(),
  threshold: share,
  measured: z.object({ texts: z.int().min(0), accuracy: share, ece: share }),
})
const head = z.object({
  intents: z.array(z.string()).min(2),
  texts: z.int().positive(),
  terms: z.array(z.string()),
  idf: z.array(z.number()),
  meaning: z.object({ embedder: z.string(), dimensions: z.int().positive() }).nullable(),
  calibration: z.object({ words: calibration, both: calibration.nullable() }),
})

/**
 * Writes a model as one file: a line with the version and the SHA-256 of all that follows, a line of JSON, and the
 * weights, little-endian: for each head its biases (float32), and for each feature a scale (float32), then for each
 * feature and class a whole number from −127 to 127 that the scale multiplies. The file is there when it is whole.
 */
export async function saveIntentModel(path: string, model: IntentModel): Promise<void> {
  const { vocabulary, words, meaning, ...rest } = model
  const about = meaning && { embedder: meaning.embedder, dimensions: meaning.dimensions }
  const json = JSON.stringify({ ...rest, ...vocabulary, meaning: about })
  const body = Buffer.concat([Buffer.from(`${json}\n`), packed(words), ...(meaning ? [packed(meaning.linear)] : [])])
  const part = `${path}.part`
  await writeFile(part, Buffer.concat([Buffer.from(`millrace-intents ${version} ${sha256(body)}\n`), body]))
  await rename(part, path)
}

/** Reads a model again. Throws a `UsageError` where the file is none, of another version, or not as it was written. */
export async function readIntentModel(path: string): Promise<IntentModel> {
  const bytes = await readFile(path)
  const lineEnd = bytes.indexOf(10)
  const [, written, checksum] = firstLine.exec(bytes.toString('latin1', 0, Math.max(0, Math.min(lineEnd, 200)))) ?? []
  if (written === undefined) throw new UsageError(`${path} is no model of intents: make one with intents train`)
  if (Number(written) !== version)
    throw new UsageError(`${path} is of version ${written}, and version ${version} is read here: train it again`)
  const body = bytes.subarray(lineEnd + 1)
  if (sha256(body) !== checksum) throw new UsageError(`${path} was changed or cut off since it was saved: train it again`)
  const jsonEnd = body.indexOf(10)
  const { terms, idf, meaning, ...rest } = head.parse(JSON.parse(body.toString('utf8', 0, jsonEnd)))
  const weights = body.subarray(jsonEnd + 1)
  const classes = rest.intents.length
  const words = unpacked(weights, terms.length, classes)
  const linear = meaning && unpacked(weights.subarray(sizeOf(terms.length, classes)), meaning.dimensions, classes)
  return { ...rest, vocabulary: { terms, idf }, words, meaning: meaning && linear && { ...meaning, linear } }
} // prettier-ignore

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const sizeOf = (features: number, classes: number): number => 4 * (classes + features) + features * classes

function packed({ classes, weights, bias }: Linear): Buffer {
  const features = weights.length / classes
  const bytes = Buffer.alloc(sizeOf(features, classes))
  for (const [one, value] of bias.entries()) bytes.writeFloatLE(value, 4 * one)
  for (let feature = 0; feature < features; feature += 1) {
    const row = weights.subarray(feature * classes, (feature + 1) * classes)
    const scale = Math.fround(row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127)
    bytes.writeFloatLE(scale, 4 * (classes + feature))
    if (scale === 0) continue
    const from = 4 * (classes + features) + feature * classes
    for (const [one, weight] of row.entries()) bytes.writeInt8(Math.round(weight / scale), from + one)
  }
  return bytes
}

function unpacked(bytes: Buffer, features: number, classes: number): Linear {
  const bias = Float32Array.from({ length: classes }, (_, one) => bytes.readFloatLE(4 * one))
  const weights = new Float32Array(features * classes)
  const from = 4 * (classes + features)
  for (let feature = 0; feature < features; feature += 1) {
    const scale = bytes.readFloatLE(4 * (classes + feature))
    for (let at = feature * classes; at < (feature + 1) * classes; at += 1)
      weights[at] = scale * bytes.readInt8(from + at)
  }
  return { classes, weights, bias }
}
