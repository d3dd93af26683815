import { z } from 'zod'
import type { Hash } from '#kernel/ids.ts'

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is no content hash')
  .transform((text) => text as Hash)

/**
 * Everything a send depends on, by hash or by value; it is part of the release's own hash, so a change of any of it is
 * another release and needs another approval. How far the release has gone (the rollout) is not part of it.
 */
export const pinsSchema = z.looseObject({
  contentHash: hash,
  guardrailHash: hash.nullable(),
  audience: z.record(z.string(), z.unknown()),
  limits: z.record(z.string(), z.unknown()),
  channel: z.string().min(1),
})

export type ReleasePins = z.infer<typeof pinsSchema>

const bodySchema = z.strictObject({ pins: pinsSchema, definition: z.unknown() })

/** A campaign's definition and everything it pins, under one content hash. */
export type Release = {
  readonly name: string
  readonly hash: Hash
  readonly pins: ReleasePins
  readonly definition: unknown
  readonly createdAt: Date
  readonly createdBy: string
}

/** The release in a stored version. */
export function releaseFrom(stored: Omit<Release, 'pins' | 'definition'> & { body: unknown }): Release {
  const { pins, definition } = bodySchema.parse(stored.body)
  const { name, createdAt, createdBy } = stored
  return { name, hash: stored.hash, pins, definition, createdAt, createdBy }
}
