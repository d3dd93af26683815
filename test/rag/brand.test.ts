import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { versionOf } from '#kernel/versions.ts'
import { brandHistory, goBackTo, liveBrand, releaseBrand, type BrandDeps } from '#rag/brand/live-brand.ts'
import { brandProfileSchema, differing } from '#rag/brand/profile.ts'
import { db, settings, deps, change } from './brand-world.ts'

describe('the brand of a house', () => {
  it('starts with what the settings say, and says who made it so', async () => {
    const first = await liveBrand(deps)
    expect(first).toMatchObject({ profile: settings, own: [] })
    expect((await liveBrand(deps)).hash).toBe(first.hash)
    expect(await brandHistory(db)).toEqual([])
    const edited = await change({ voice: 'short and dry' })()
    expect(await brandHistory(db)).toMatchObject([
      { hash: edited, movedBy: 'mara' },
      { hash: first.hash, movedBy: 'millrace', reason: 'the house starts with its settings' },
    ])
  })

  it('follows settings that change, but for what a person has set', async () => {
    const edited = await change({ voice: 'short and dry' })()
    const later: BrandDeps = { ...deps, settings: { ...settings, voice: 'loud', forbidden: ['cheap', 'hurry'] } }
    const now = await liveBrand(later)
    expect(now.profile).toMatchObject({ voice: 'short and dry', forbidden: ['cheap', 'hurry'] })
    expect(now.own).toEqual(['voice'])
    await releaseBrand(later, { profile: { ...now.profile, words: ['bag'] }, by: 'mara', reason: 'another' })
    expect((await brandHistory(db)).map(({ movedBy, reason }) => `${movedBy}: ${reason}`)).toEqual([
      'mara: another',
      'millrace: the settings have changed',
      'mara: a test',
      'millrace: the house starts with its settings',
    ])
    expect((await brandHistory(db))[2]?.hash).toBe(edited)
    expect(await versionOf(db, 'brand', now.hash)).toMatchObject({ body: { own: ['voice'] } })
  })

  it('is moved by nobody who reads it, whatever the settings of two processes say', async () => {
    const edited = await change({ voice: 'short and dry' })()
    const moves = (await brandHistory(db)).length
    const other: BrandDeps = { ...deps, settings: { ...settings, forbidden: ['hurry'] } }
    for (const reader of [other, deps, other, deps]) await liveBrand(reader)
    expect(await brandHistory(db)).toHaveLength(moves)
    expect((await liveBrand(deps)).hash).toBe(edited)
  })

  it('keeps an edit that was made while a process with other settings read it', async () => {
    await liveBrand(deps)
    let edits = 0
    const query: typeof db.query = async (asked) => {
      const rows = await db.query(asked)
      edits += 1
      if (edits === 1) await change({ forbidden: ['cheap', 'miracle'] })()
      return rows as never
    }
    const other: BrandDeps = { ...deps, settings: { ...settings, voice: 'warm' } }
    await liveBrand({ ...other, db: { query, transaction: (work) => db.transaction(work) } as typeof db })
    expect((await liveBrand(other)).profile.forbidden).toEqual(['cheap', 'miracle'])
  })

  it('keeps a field that a person emptied empty', async () => {
    await change({ forbidden: [] })()
    expect((await liveBrand({ ...deps, settings: { ...settings, forbidden: ['hurry'] } })).profile.forbidden).toEqual(
      [],
    )
  })

  it('goes back to any version it had, whatever the settings say by then, in the audit too', async () => {
    const first = await liveBrand(deps)
    await change({ voice: 'short and dry', language: 'nl' })()
    const back = await goBackTo(deps, { hash: first.hash.slice(0, 12), by: 'mara' })
    expect(back).toMatchObject({ kind: 'released', hash: first.hash, changed: ['voice', 'language'] })
    expect((await liveBrand(deps)).profile).toEqual(settings)
    const later = { ...deps, settings: { ...settings, voice: 'loud' } }
    await liveBrand(later)
    await goBackTo(later, { hash: first.hash, by: 'mara' })
    expect((await liveBrand(later)).profile.voice).toBe('plain and warm')
    const entries = await readAudit(db, 0, 20)
    expect(entries.filter(({ action }) => action === 'brand.released').length).toBe(5)
  })

  it('refuses what it never was, what is none, and an edit of a version that is live no more', async () => {
    const { hash, profile } = await liveBrand(deps)
    expect(await goBackTo(deps, { hash: 'f'.repeat(64), by: 'mara' })).toMatchObject({ rule: 'unknown' })
    expect(await goBackTo(deps, { hash: '', by: 'mara' })).toMatchObject({ rule: 'unknown' })
    for (const wrong of [
      { ...profile, voice: '' },
      { ...profile, colour: 'red' },
      { ...profile, voice: 'warm\u200b' },
      { ...profile, words: ['a\nb'] },
      null,
    ]) {
      expect(await releaseBrand(deps, { profile: wrong, by: 'mara', reason: 'a test' })).toMatchObject({
        rule: 'shape',
      })
    }
    await change({ voice: 'short and dry' })()
    const stale = await releaseBrand(deps, {
      profile: { ...profile, voice: 'loud' },
      by: 'ash',
      reason: 'a test',
      over: hash,
    })
    expect(stale).toMatchObject({ kind: 'refused', rule: 'changed-meanwhile' })
    expect((await liveBrand(deps)).profile.voice).toBe('short and dry')
  })

  it('is one of two edits made of the same version at once, never a mixture', async () => {
    const { hash, profile } = await liveBrand(deps)
    const edits = [
      { ...profile, voice: 'one' },
      { ...profile, words: ['two'] },
    ]
    const done = await Promise.all(
      edits.map((edited) => releaseBrand(deps, { profile: edited, by: 'mara', reason: 'a test', over: hash })),
    )
    expect(done.map(({ kind }) => kind).toSorted()).toEqual(['refused', 'released'])
    const winner = done.findIndex(({ kind }) => kind === 'released')
    expect((await liveBrand(deps)).profile).toEqual(edits[winner])
  })

  it('comes back from its file as it was', () => {
    const profiles = fc.record(
      {
        voice: fc.constantFrom('plain', 'warm and dry'),
        words: fc.array(fc.constantFrom('roast', 'filter')),
        countries: fc.subarray(['EU', 'NL', 'DE', 'UK', 'US']),
        language: fc.constantFrom('en', 'nl', 'de'),
        readingGrade: fc.integer({ min: 3, max: 18 }),
        required: fc.array(fc.record({ what: fc.constant('Who writes'), words: fc.constant('Alder & Ash') })),
      },
      { requiredKeys: ['voice'] },
    )
    fc.assert(
      fc.property(profiles, (given) => {
        const profile = brandProfileSchema.parse(given)
        expect(differing(profile, brandProfileSchema.parse(JSON.parse(JSON.stringify(profile))))).toEqual([])
      }),
    )
  })
})
