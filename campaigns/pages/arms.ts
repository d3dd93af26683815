import { randomInt } from 'node:crypto'
import { hmac, sameSecret } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { armAt, lot } from '../experiments/lot.ts'

/** What a version shows: its copy, and others that are tried beside it. */
export type Tried = { copy: Hash; others?: readonly { copy: Hash; percent: number }[] | undefined }

/** A copy that a page shows, and its share of the visitors, in percent. The first of a page is the control. */
export type PageArm = { name: string; copy: Hash; percent: number }

const names = ['A', 'B', 'C', 'D'] as const

/** Beside the first. */
export const mostOthers = names.length - 1

/** The copies of a version with their shares; one with all of them where nothing is tried. */
export function armsOf({ copy, others = [] }: Tried): PageArm[] {
  const left = others.reduce((rest, { percent }) => rest - percent, 100)
  return [{ copy, percent: left }, ...others].map((arm, at) => ({ ...arm, name: names[at] ?? String(at + 1) }))
}

/** Chooses one of the copies of a version. */
export type Draw = (pageHash: Hash, arms: readonly PageArm[]) => PageArm

/** Who only looks after the page draws nothing. */
export const theFirst: Draw = (_, arms) => arms[0]!

/**
 * What a visitor gets: the same copy of a version each time where they are known by their own word, one drawn for the visit
 * where they are not, since nothing may be kept to know them again.
 */
export const drawFor =
  (reader: string | null): Draw =>
  (pageHash, arms) =>
    armAt(reader === null ? anyLot() : lot(`page ${pageHash} ${reader}`), arms.map((arm) => ({ arm, share: arm.percent / 100 }))).arm // prettier-ignore

const finest = 2 ** 47
const anyLot = (): number => randomInt(finest) / finest

/** Who a visitor is to one page and to no other: a keyed digest of their device or address, signed so that nobody makes one up. */
export function readerOf(key: Uint8Array, slug: string, who: string): string {
  const digest = hmac(key, `reader of ${slug} ${who}`).slice(0, digestLength)
  return digest + signatureOf(key, slug, digest)
}

const digestLength = 16
const signatureOf = (key: Uint8Array, slug: string, digest: string): string => hmac(key, `${digest} reads ${slug}`).slice(0, 12) // prettier-ignore

/** The reader that the address of a visit names; null where it names none of ours. */
export function readerIn(url: URL, key: Uint8Array, slug: string): string | null {
  const named = url.searchParams.get(readerName) ?? ''
  const digest = named.slice(0, digestLength)
  return sameSecret(named, digest + signatureOf(key, slug, digest)) ? named : null
}

/** What the address of a page calls its reader. */
export const readerName = 'v'

/**
 * A link of a message to somebody who may be followed: where it leads to a page of this house, with its reader, so that all
 * their messages lead to the same copy. Any other stays as it is.
 */
export function toTheirCopy(
  url: string,
  { publicUrl, key, who }: { publicUrl: string; key: Uint8Array; who: string },
): string {
  const pages = `${publicUrl.replace(/\/$/, '')}/p/`
  if (!url.startsWith(pages)) return url
  const target = new URL(url)
  const slug = target.pathname.slice(new URL(pages).pathname.length)
  target.searchParams.set(readerName, readerOf(key, slug, who))
  return target.href
}

/** Says in a form which copy it stood below. It is signed, so that nobody signs up for a copy that was not shown to them. */
export const armToken = (key: Uint8Array, pageHash: Hash, arm: string): string =>
  `${arm}.${hmac(key, `arm ${arm} of ${pageHash}`).slice(0, 22)}`

/** The copy that a form of a version stood below; null where it says none, or is not ours. */
export function readArmToken(key: Uint8Array, pageHash: Hash, token: string): string | null {
  const arm = token.split('.', 1)[0] ?? ''
  return arm !== '' && sameSecret(token, armToken(key, pageHash, arm)) ? arm : null
}
