import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import {
  liveVersion,
  pointAt,
  pointerHistory,
  register,
  versionOf,
  type PointerMove,
  type Version,
} from '#kernel/versions.ts'
import { mappingKinds, parseMapping, type MappingKind } from './mapping.ts'
import { liveMappings } from './queries/mappings.ts'

const names = /^[a-z][a-z0-9-]{0,39}$/
const saved = z.object({ kind: z.enum(mappingKinds), mapping: z.unknown() })

/** Whether what was given for a mapping is the name of a saved one, and not a mapping or its file. */
export const isMappingName = (text: string): boolean => names.test(text)

/**
 * Keeps a mapping under a name, as its newest version; the one before stays and can be gone back to.
 * Throws a UsageError for a name that is none, or one that is taken by a mapping of another kind.
 */
export async function saveMapping(
  deps: { db: Db; clock: Clock },
  input: { name: string; kind: MappingKind; text: string; by: string },
): Promise<Hash> {
  const { name, kind, by } = input
  if (!names.test(name)) throw new UsageError(`"${name}" cannot name a mapping: use small letters, digits and hyphens`)
  const mapping = parseMapping(input.text, kind)
  const before = await liveMapping(deps.db, name)
  if (before && before.kind !== kind) throw new UsageError(`"${name}" is a mapping of ${before.kind}: choose another name for this one`) // prettier-ignore
  const author = { clock: deps.clock, by }
  return deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, 'mapping', name, { kind, mapping })
    if (before?.hash === hash) return hash
    await pointAt(tx, author, 'mapping', name, hash, 'saved')
    await appendAudit(tx, deps.clock, { actor: by, action: 'mapping.saved', subject: hash, detail: { name } })
    return hash
  })
}

/** A saved mapping, as text that `parseMapping` reads. */
export type SavedMapping = { name: string; kind: MappingKind; text: string; hash: Hash; savedAt: Date; savedBy: string }

/** The live version of a saved mapping, or null where nothing bears the name. */
export async function liveMapping(db: Db, name: string): Promise<SavedMapping | null> {
  const live = await liveVersion<unknown>(db, 'mapping', name)
  return live && savedOf(live)
}

function savedOf({ name, body, hash, createdAt, createdBy }: Version): SavedMapping {
  const { kind, mapping } = saved.parse(body)
  return { name, kind, text: JSON.stringify(mapping), hash, savedAt: createdAt, savedBy: createdBy }
}

/** The live version of a saved mapping of a kind. Throws a UsageError that names those there are. */
export async function mappingNamed(db: Db, name: string, kind: MappingKind): Promise<SavedMapping> {
  const found = await liveMapping(db, name)
  if (found?.kind === kind) return found
  const all = (await savedMappings(db)).filter((one) => one.kind === kind).map((one) => one.name)
  const there = all.length === 0 ? 'None is saved yet: say it, and keep it with --save NAME' : `Saved are ${all.join(', ')}` // prettier-ignore
  throw new UsageError(`There is no mapping of ${kind} named "${name}". ${there}`)
}

/** Every saved mapping, by name. */
export const savedMappings = async (db: Db): Promise<SavedMapping[]> => (await liveMappings(db)).map(savedOf)

/** The versions of a saved mapping, newest first, as they were pointed at. */
export const mappingHistory = (db: Db, name: string): Promise<PointerMove[]> => pointerHistory(db, 'mapping', name)

/**
 * Goes back to an earlier version: every run begun after it reads by that one. Throws a UsageError where no version
 * begins with the given letters of its hash, or several do.
 */
export async function rollbackMapping(
  deps: { db: Db; clock: Clock },
  input: { name: string; hash: string; by: string },
): Promise<Hash> {
  const { name, by } = input
  const moves = await mappingHistory(deps.db, name)
  const hashes = [...new Set(moves.map(({ hash }) => hash).filter((hash) => hash.startsWith(input.hash)))]
  const [hash] = hashes
  if (hash === undefined || hashes.length > 1 || !(await versionOf(deps.db, 'mapping', hash)))
    throw new UsageError(`No one version of "${name}" begins with ${input.hash}: list them by its name`)
  await deps.db.transaction(async (tx) => {
    await pointAt(tx, { clock: deps.clock, by }, 'mapping', name, hash, 'rolled back')
    await appendAudit(tx, deps.clock, { actor: by, action: 'mapping.rolled-back', subject: hash, detail: { name } })
  })
  return hash
}
