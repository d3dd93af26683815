import { beforeEach } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Brand } from '#rag/brand.ts'
import { liveBrand, releaseBrand, type BrandDeps } from '#rag/brand/live-brand.ts'
import { brandProfileSchema, type BrandProfile } from '#rag/brand/profile.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { brandWith } from './written-drafts.ts'

/** A house whose settings say some of its brand, at a moment of its own for each test. */
export const db = testDatabase()
export const clock = stoppedClock(today)
export const settings = brandProfileSchema.parse({
  voice: 'plain and warm',
  forbidden: ['cheap'],
  emails: ['hello@shop.example'],
})
export const deps: BrandDeps = { db, clock, settings }
beforeEach(() => clock.advance(1000))

export const change =
  (change_: Partial<BrandProfile>, by = 'mara') =>
  async (): Promise<Hash> => {
    const { profile } = await liveBrand(deps)
    const done = await releaseBrand(deps, { profile: { ...profile, ...change_ }, by, reason: 'a test' })
    if (done.kind === 'refused') throw new Error(done.why)
    return done.hash
  }

export const live = async (): Promise<Brand> => {
  const { profile, hash } = await liveBrand(deps)
  return { ...brandWith(profile), hash }
}
