import { describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { sql } from '#kernel/sql.ts'
import { pointerHistory } from '#kernel/versions.ts'
import { explainPair } from '#ingest/identity/explain-pair.ts'
import { firstModel } from '#ingest/identity/model.ts'
import { resolveNew } from '#ingest/identity/resolve-new.ts'
import { reviewQueue } from '#ingest/identity/review.ts'
import { rollBackIdentity } from '#ingest/identity/roll-back.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { known, peopleIn, releaseIdentity, type SaidOf } from './identity-support.ts'
import { anna, annaAgain, anne, clock, db, deps, like, resolve, word } from './alike-world.ts'

describe('likeness', () => {
  it('joins two profiles that no identifier ties, with an edge that names its model and its weight, but no values', async () => {
    await like({ merge: 10, review: 5 })
    await known(db, clock, anna, annaAgain)
    expect(await resolve()).toMatchObject({ people: 1, merges: 1, reviews: 0, written: { edges: 3 } })
    const [edge] = await db.query<{ evidence: object }>(sql`select evidence from ingest.edges where rule = 'linkage'`)
    expect(Object.keys(edge?.evidence ?? {}).toSorted()).toEqual(['average', 'weight'])
    const person = (await peopleIn(db)).people
    expect(person).toEqual([['email:anna@y.example', 'email:berg@y.example', 'hubspot:a', 'stripe:a']])
  })

  it('never joins two whose birthdays agree in nothing, nor two ids of a source that knows each person once', async () => {
    await like({ merge: -50, review: -60 })
    await known(db, clock, anna, { ...annaAgain, born: '1951-11-02' })
    expect(await resolve()).toMatchObject({ people: 2, reviews: 0 })
    await known(db, clock, { ...anne, id: 'user:1' }, { ...anne, id: 'user:2' })
    await resolve()
    const homes = (await peopleIn(db)).people
    expect(homes.some((members) => members.includes('user:1') && members.includes('user:2'))).toBe(false)
  })

  it('asks a person before it makes somebody of very many profiles, or joins two by a single bridge', async () => {
    await releaseIdentity(db, clock, 'rules', { ...firstModel, largest: 1 })
    await like({ merge: 10, review: 5 })
    await known(db, clock, anna, annaAgain)
    const report = await resolve()
    expect(report).toMatchObject({ people: 2, reviews: 1, refusals: [{ rule: 'too-large', count: 1 }] })
    expect((await reviewQueue(db, { limit: 5 })).reviews).toMatchObject([{ reason: 'too-large' }])
  })

  it('is forgotten when its model is withdrawn by a rollback, and people are again as the rules say', async () => {
    await like({ merge: 10, review: 5 })
    await known(db, clock, anna, annaAgain)
    expect(await resolve()).toMatchObject({ people: 1 })
    await like({ merge: 99, review: 98 })
    expect(await resolveNew(deps, { by: 'test' })).toMatchObject({ kind: 'all', report: { people: 2, written: { withdrawals: 1 } } }) // prettier-ignore
  })
})

describe('an address of mail', () => {
  const named = (id: string, email: string): SaidOf => ({ id, given: 'Sjoerd', family: 'Willems', email, postcode: 'LS7 3AB', street: '1 Mill Lane', claims: [] }) // prettier-ignore

  it('that says the name over again at another provider joins nobody: a person is asked', async () => {
    await like({ merge: 5, review: 1 })
    const ids = await known(db, clock, named('hubspot:a', 'sjoerd.willems@a.example'), named('stripe:a', 'sjoerd.willems@b.example')) // prettier-ignore
    expect(await resolve()).toMatchObject({ people: 2, reviews: 1 })
    const told = await explainPair(deps, { left: ids.get('hubspot:a')!, right: ids.get('stripe:a')! })
    expect(told?.waterfall).toMatchObject({ band: 'review', doubt: 'nothing-personal' })
    expect(told?.waterfall?.weight).toBeGreaterThan(5)
  })

  it('that has something of its own beside the name joins', async () => {
    await like({ merge: 5, review: 1 })
    await known(db, clock, named('hubspot:a', 'redkite.willems@a.example'), named('stripe:a', 'redkite.willems@b.example')) // prettier-ignore
    expect(await resolve()).toMatchObject({ people: 1, reviews: 0 })
  })
})

describe('a rollback of the model of likeness', () => {
  it('goes to the version before, and from the first one to rules alone; what it joined is taken back', async () => {
    const back = (to?: string) => rollBackIdentity(deps, { name: 'linkage', ...word, ...(to === undefined ? {} : { to: to as never }) }) // prettier-ignore
    expect(await back()).toMatchObject({ kind: 'refused' })
    await like({ merge: 99, review: 98 })
    await like({ merge: 10, review: 5 })
    await known(db, clock, anna, annaAgain)
    expect(await resolve()).toMatchObject({ people: 1 })
    const [live, first] = await pointerHistory(db, 'identity', 'linkage')
    expect(await back(live!.hash)).toMatchObject({ kind: 'refused', why: 'This version is live already' })
    expect(await back('0'.repeat(64))).toMatchObject({ kind: 'refused' })
    expect(await back()).toEqual({ kind: 'rolled-back', from: live!.hash, to: first!.hash })
    expect(await resolve()).toMatchObject({ people: 2, linkage: first!.hash })
    expect((await readAudit(db, 0, 9)).at(-1)).toMatchObject({ action: 'identity-rolled-back', actor: 'Mia' })
  })

  it('puts the only model to rest, and can be taken back', async () => {
    await like({ merge: 10, review: -5 })
    await known(db, clock, anna, annaAgain, anne)
    expect(await resolve()).toMatchObject({ people: 2, reviews: 1 })
    const rest = await rollBackIdentity(deps, { name: 'linkage', ...word })
    expect(await resolve()).toMatchObject({ people: 3, reviews: 0 })
    expect(await rollBackIdentity(deps, { name: 'linkage', ...word })).toMatchObject({ kind: 'refused' })
    const trained = rest.kind === 'rolled-back' ? rest.from : null
    expect(await rollBackIdentity(deps, { name: 'linkage', to: trained!, ...word })).toMatchObject({ to: trained })
    expect(await resolve()).toMatchObject({ people: 2 })
  })

  it('has nowhere to go from the first rules', async () => {
    await resolve()
    expect(await rollBackIdentity(deps, { name: 'rules', ...word })).toMatchObject({ kind: 'refused' })
  })
})

describe('training', () => {
  it('is refused in words where there is too little to learn from', async () => {
    await known(db, clock, anna)
    const trained = await trainLinkage(deps, { by: 'Mia' })
    expect(trained.kind === 'too-little' && trained.why).toContain('Rules go on without it')
  })

  it('registers a version, releases it, and leaves an entry in the audit', async () => {
    const given = ['Anna', 'Ben', 'Carl', 'Dora', 'Eva', 'Finn', 'Gerda', 'Hugo', 'Ilse', 'Jan', 'Koen']
    const family = ['Bos', 'Vos', 'Smit', 'Bakker', 'Visser', 'Mulder', 'Dekker']
    const people = Array.from({ length: 150 }, (_, n): SaidOf => ({ id: `hubspot:c${n}`, given: given[n % 11], family: family[n % 7], postcode: `LS${n % 40} ${n % 9}AB`, born: `19${50 + (n % 40)}-0${1 + (n % 9)}-1${n % 10}`, claims: [] })) // prettier-ignore
    const again = people.slice(0, 60).map((one, n): SaidOf => ({ ...one, id: `stripe:c${n}`, postcode: n % 5 === 0 ? undefined : one.postcode })) // prettier-ignore
    await known(db, clock, ...people, ...again)
    const trained = await trainLinkage(deps, { by: 'Mia' })
    expect(trained).toMatchObject({ kind: 'trained', profiles: 210, fields: ['given', 'family', 'dob', 'postcode'] })
    expect(await pointerHistory(db, 'identity', 'linkage')).toMatchObject([{ movedBy: 'Mia', reason: 'trained' }])
    expect(await readAudit(db, 0, 9)).toMatchObject([{ action: 'identity-trained', actor: 'Mia' }])
    const report = await resolve()
    expect(trained.kind === 'trained' && report.linkage === trained.hash).toBe(true)
    expect(report.people).toBeGreaterThanOrEqual(150)
  })
})
