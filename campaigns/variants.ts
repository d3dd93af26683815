import type { Db, Queryable } from '#kernel/db.ts'
import type { Release } from '#governance/release.ts'
import { versionOf } from '#kernel/versions.ts'
import { definitionOf, sendsOf, type CampaignDefinition } from './definition.ts'
import type { Layout } from './render/layout.ts'
import { compileVariant, type Variant } from './render/variant.ts'

/** The compiled contents of a release by step key. */
export type Variants = (release: Release) => Promise<ReadonlyMap<string, Variant>>

const kept = 16

/** Compiles each release once, and keeps the last few: a release never changes. */
export function openVariants(db: Db): Variants {
  const cache = new Map<string, Promise<ReadonlyMap<string, Variant>>>()
  return (release) => {
    const known = cache.get(release.hash)
    if (known) return known
    const compiled = compileRelease(db, release)
    cache.set(release.hash, compiled)
    // A failure (the database was away) is not remembered.
    compiled.catch(() => cache.delete(release.hash))
    for (const oldest of [...cache.keys()].slice(0, Math.max(0, cache.size - kept))) cache.delete(oldest)
    return compiled
  }
}

const compileRelease = (db: Db, release: Release): Promise<ReadonlyMap<string, Variant>> =>
  compileContents(db, definitionOf(release))

/** The compiled contents of a definition by step key, in the layout that it pins. */
export async function compileContents(
  db: Queryable,
  definition: CampaignDefinition,
): Promise<ReadonlyMap<string, Variant>> {
  const template = await versionOf<Layout>(db, 'template', definition.templateHash)
  if (!template) throw new Error(`Campaign ${definition.name} pins a template that is not registered`)
  const variants = new Map<string, Variant>()
  for (const step of sendsOf(definition)) {
    variants.set(step.key, await compileVariant(step.content, template.body, definition.sender))
  }
  return variants
}
