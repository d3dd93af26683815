import type { Db, Queryable } from '#kernel/db.ts'
import type { Release } from '#governance/release.ts'
import { versionOf } from '#kernel/versions.ts'
import { copiesOf, definitionOf, type CampaignDefinition, type Copy } from '../definition.ts'
import { compileText, type TextVariant } from './text.ts'
import type { TextChannelName } from '../channel.ts'
import type { Layout } from './layout.ts'
import { compileVariant, type Variant } from './variant.ts'

/** The compiled mails of a release by step key. */
export type Variants = (release: Release) => Promise<ReadonlyMap<string, Variant>>

/** What a compiled mail is kept by: its step, and its arm where it is tried beside the step's own. */
export const variantKey = (stepKey: string, arm?: string): string => (arm === undefined ? stepKey : `${stepKey}/${arm}`)

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

/** The compiled mails of a definition by step key, in the layout that it pins. */
export async function compileContents(
  db: Queryable,
  definition: CampaignDefinition,
): Promise<ReadonlyMap<string, Variant>> {
  const template = await versionOf<Layout>(db, 'template', definition.templateHash)
  if (!template) throw new Error(`Campaign ${definition.name} pins a template that is not registered`)
  const variants = new Map<string, Variant>()
  for (const copy of copiesOf(definition).filter(({ channel }) => channel === 'email')) {
    variants.set(variantKey(copy.key, copy.arm), await compileVariant(copy.content, template.body, definition.sender))
  }
  return variants
}

const texts = new WeakMap<CampaignDefinition, ReadonlyMap<string, TextVariant>>()

/** The compiled text of a step, or of an arm of it, for a channel; null where the definition has none. Compiled once. */
export function textOf(definition: CampaignDefinition, key: string, channel: TextChannelName): TextVariant | null {
  const compiled =
    texts.get(definition) ??
    new Map(copiesOf(definition).filter(isText).map((copy) => [`${variantKey(copy.key, copy.arm)} ${copy.channel}`, compileText(copy, definition.sender)])) // prettier-ignore
  texts.set(definition, compiled)
  return compiled.get(`${key} ${channel}`) ?? null
}

export const isText = (copy: Copy): copy is Copy & { channel: TextChannelName } => copy.channel !== 'email'
