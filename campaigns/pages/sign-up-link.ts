import { z } from 'zod'
import { open, seal, sha256 } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { languages } from '#rag/brand/profile.ts'

const hash = z.string().transform((text) => text as Hash)

/** What a confirmation link stands for: who asked, where, and the version of the words they saw. */
const asked = z.object({
  address: z.string(),
  page: z.string(),
  pageHash: hash,
  /** The copy they saw, where several were tried. */
  arm: z.string().nullable().default(null),
  textVersion: hash,
  /** The language of the page. Links of before it was kept are of pages in English. */
  language: z.enum(languages).default('en'),
  askedAt: z.iso.datetime().transform((text) => new Date(text)),
})
export type Asked = z.infer<typeof asked>

/** The link holds for three days: long enough for a weekend. */
const lifeMs = 3 * 86_400_000
const about = 'sign-up'

/** A token for an address bar. It is sealed: whoever finds it in a log reads nobody's address, and cannot make another. */
export const signUpToken = (key: Uint8Array, given: Asked): string =>
  seal(key, Buffer.from(JSON.stringify(given)), about).toString('base64url')

export type ReadToken = { kind: 'asked'; asked: Asked; tokenHash: Hash } | { kind: 'expired' } | { kind: 'not-ours' }

/** Reads a token; `not-ours` when it is forged, cut or of something else. */
export function readSignUpToken(key: Uint8Array, token: string, at: Date): ReadToken {
  const read = asked.safeParse(opened(key, token))
  if (!read.success) return { kind: 'not-ours' }
  if (at.getTime() - read.data.askedAt.getTime() > lifeMs) return { kind: 'expired' }
  // Of the bytes, not of the letters: base64url has several spellings of some.
  return { kind: 'asked', asked: read.data, tokenHash: sha256(Buffer.from(token, 'base64url')) }
}

function opened(key: Uint8Array, token: string): unknown {
  try {
    return JSON.parse(open(key, Buffer.from(token, 'base64url'), about).toString())
  } catch {
    return null
  }
}
