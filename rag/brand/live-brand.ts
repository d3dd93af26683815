import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { canonicalJson } from '#kernel/crypto.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { liveVersion, pointAt, pointerHistory, register, versionOf, type PointerMove } from '#kernel/versions.ts'
import { brandFields, brandProfileSchema, differing, type BrandField, type BrandProfile } from './profile.ts'

const [kind, name] = ['brand', 'brand'] as const

/** A version: the profile whole, and the fields that a person has set. The others follow the settings. */
const versionSchema = z.strictObject({
  profile: brandProfileSchema,
  own: z.array(z.custom<BrandField>((field) => brandFields.some((known) => known === field))),
})
type VersionBody = z.infer<typeof versionSchema>

export type LiveBrand = VersionBody & { hash: Hash }

/** `settings` is the profile as the settings of the house alone would have it. */
export type BrandDeps = { db: Db; clock: Clock; settings: BrandProfile }

/**
 * The brand as it is now. A house starts with what its settings say, and where these change, fields that no person has
 * set change with them: that is a version of its own, so that the hash always says the whole. Reading moves nothing: a
 * process with other settings reads another brand, and undoes nobody's edit.
 */
export async function liveBrand({ db, clock, settings }: BrandDeps): Promise<LiveBrand> {
  const live = await current(db)
  const filled = live ? filledBy(settings, live) : { profile: settings, own: [] }
  if (live && isSame(live, filled)) return live
  return { ...filled, hash: await register(db, { clock, by: house }, kind, name, filled) }
}

const house = 'millrace'

/** The same, before a person changes it: what the settings had made of it goes into its history. Hold its lease. */
async function settled(deps: BrandDeps): Promise<LiveBrand> {
  const [before, live] = [await current(deps.db), await liveBrand(deps)]
  if (before?.hash === live.hash) return live
  const reason = before ? 'the settings have changed' : 'the house starts with its settings'
  const { hash, ...body } = live
  await deps.db.transaction((tx) => release(tx, deps.clock, body, { by: house, reason }))
  return { ...body, hash }
}

async function current(db: Queryable): Promise<LiveBrand | null> {
  const live = await liveVersion<unknown>(db, kind, name)
  return live && { hash: live.hash, ...versionSchema.parse(live.body) }
}

const filledBy = (settings: BrandProfile, { profile, own }: VersionBody): VersionBody => {
  const kept = Object.fromEntries(own.flatMap((field) => (profile[field] === undefined ? [] : [[field, profile[field]]])))
  const free = Object.fromEntries(Object.entries(settings).filter(([field]) => !own.some((one) => one === field)))
  return { profile: brandProfileSchema.parse({ ...free, ...kept }), own }
} // prettier-ignore

const isSame = (a: VersionBody, b: VersionBody): boolean =>
  differing(a.profile, b.profile).length === 0 && canonicalJson(a.own) === canonicalJson(b.own)

async function release(
  tx: Tx,
  clock: Clock,
  { profile, own }: VersionBody,
  { by, reason }: { by: string; reason: string },
): Promise<Hash> {
  const author = { clock, by }
  const hash = await register(tx, author, kind, name, { profile, own })
  await pointAt(tx, author, kind, name, hash, reason)
  await appendAudit(tx, clock, { actor: by, action: 'brand.released', subject: name, detail: { hash, reason } })
  return hash
}

export type BrandReleased =
  | { kind: 'released'; hash: Hash; changed: BrandField[] }
  | { kind: 'unchanged'; hash: Hash }
  | { kind: 'refused'; rule: 'shape' | 'changed-meanwhile' | 'unknown'; why: string }

const leaseMs = 10_000
const meanwhile = 'Somebody else has changed the brand meanwhile: look at it again'

/**
 * Makes a profile the brand, from the next draft and check on. What it changes is set by a person from now on.
 * @param input.over the version it was made from; refused when another is live by now
 */
export async function releaseBrand(
  deps: BrandDeps,
  input: { profile: unknown; by: string; reason: string; over?: string },
): Promise<BrandReleased> {
  const parsed = brandProfileSchema.safeParse(input.profile)
  if (!parsed.success) return { kind: 'refused', rule: 'shape', why: z.prettifyError(parsed.error) }
  const done = await underLease(deps, 'brand', leaseMs, async (): Promise<BrandReleased> => {
    const live = await settled(deps)
    if (input.over !== undefined && input.over !== live.hash)
      return { kind: 'refused', rule: 'changed-meanwhile', why: meanwhile }
    const changed = differing(live.profile, parsed.data)
    if (changed.length === 0) return { kind: 'unchanged', hash: live.hash }
    const own = brandFields.filter((field) => live.own.includes(field) || changed.includes(field))
    const hash = await deps.db.transaction((tx) => release(tx, deps.clock, { profile: parsed.data, own }, input))
    return { kind: 'released', hash, changed }
  })
  return done ?? { kind: 'refused', rule: 'changed-meanwhile', why: meanwhile }
}

/** Makes an earlier version the brand again: what it says holds, whatever the settings have come to say since. */
export async function goBackTo(deps: BrandDeps, input: { hash: string; by: string }): Promise<BrandReleased> {
  const earlier = await versionFrom(deps.db, input.hash)
  if (!earlier) return { kind: 'refused', rule: 'unknown', why: `The brand never was ${input.hash}` }
  const { hash, profile, own: set } = earlier
  const unlike = differing(profile, deps.settings)
  const own = brandFields.filter((field) => set.includes(field) || unlike.includes(field))
  const reason = `back to ${hash.slice(0, 12)}`
  const done = await underLease(deps, 'brand', leaseMs, async (): Promise<BrandReleased> => {
    const live = await settled(deps)
    if (isSame(live, { profile, own })) return { kind: 'unchanged', hash: live.hash }
    const released = await deps.db.transaction((tx) =>
      release(tx, deps.clock, { profile, own }, { by: input.by, reason }),
    )
    return { kind: 'released', hash: released, changed: differing(live.profile, profile) }
  })
  return done ?? { kind: 'refused', rule: 'changed-meanwhile', why: meanwhile }
}

/** A version that was live once, by its hash or an unmistakable beginning of it. */
async function versionFrom(db: Queryable, beginning: string): Promise<LiveBrand | null> {
  const moves = await brandHistory(db)
  const hashes = new Set(moves.map(({ hash }) => hash).filter((hash) => beginning.length >= 8 && hash.startsWith(beginning)))
  const [hash] = hashes
  const version = hash !== undefined && hashes.size === 1 ? await versionOf<unknown>(db, kind, hash) : null
  return version && { hash: version.hash, ...versionSchema.parse(version.body) }
} // prettier-ignore

/** Every move to a version, newest first. */
export const brandHistory = (db: Queryable): Promise<PointerMove[]> => pointerHistory(db, kind, name)
