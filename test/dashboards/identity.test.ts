import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '#governance/permissions.ts'
import { foreseeLeaving } from '#ingest/identity/foresee.ts'
import { personProfile } from '#ingest/identity/people.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { reviewQueue } from '#ingest/identity/review.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { noticeOf } from '../support/forms.ts'
import { addAlikePeople, alikePeople } from '../support/alike-people.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'
import { addSales, addSpends } from '../governance/ledger.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let ids: Map<string, IdentifierId>
beforeAll(async () => {
  site = await openSite(db, clock)
  ids = await addAlikePeople(site.pages.identity)
  await addSales(db, ids, [
    { id: 'k1', by: 'hubspot:11', at: '2026-01-05T10:00Z', gross: 5000 },
    { id: 'k2', by: 'shopify:12', at: '2026-02-05T10:00Z', gross: 4000 },
    { id: 'k3', by: 'hubspot:41', at: '2026-01-25T10:00Z', gross: 4000 },
    { id: 'k4', by: 'stripe:42', at: '2026-01-26T10:00Z', gross: 4000 },
  ])
  await addSpends(db, [{ day: '2026-02-01', amount: 9000, channel: 'google-ads' }])
})
afterAll(() => site.close())

const of = (name: string): IdentifierId => ids.get(name)!
const personOf = async (name: string): Promise<PersonId> =>
  (await db.query<{ id: PersonId }>(sql`select person_id as id from ingest.people where identifier_id = ${of(name)}`))[0]!.id // prettier-ignore
const areOne = async (one: string, other: string): Promise<boolean> => (await personOf(one)) === (await personOf(other))
const waiting = async (): Promise<string[]> => {
  const names = new Map([...ids].map(([name, id]) => [id, name]))
  const { reviews } = await reviewQueue(db, { limit: 10 })
  return reviews.map(({ left, right }) => [names.get(left) ?? '', names.get(right) ?? ''].toSorted().join(' '))
}
const pathOf = (answer: Response): string => new URL(answer.headers.get('location') ?? '', 'http://here').pathname
const fieldsOf = (page: string): Record<string, string> =>
  Object.fromEntries([...page.matchAll(/name="(csrf|left|right)"\s+value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value])) // prettier-ignore

/** Says something of the pair that is shown, as its form would. */
async function decide(reader: Reader, verdict: string, reason = ''): Promise<Response> {
  return reader.post('/identity/review', { ...fieldsOf(await reader.text('/identity/review')), verdict, reason })
}
/** Takes the last word back, by the form on the page that it led to. */
async function undo(reader: Reader, after: Response): Promise<Response> {
  const page = await reader.text(after.headers.get('location') ?? '')
  const form = /action="\/identity\/review\/undo"[\s\S]*?<\/form>/.exec(page)?.[0] ?? ''
  const verdict = /name="verdict"\s+value="([^"]*)"/.exec(form)?.[1] ?? ''
  return reader.post('/identity/review/undo', { ...fieldsOf(form), verdict })
}
const numbersIn = (page: string): number[] =>
  [...page.matchAll(/<td class="number">(?:<strong>)?([+−]?[\d.]+)/g)].map(([, said = '']) => Number(said.replace('−', '-'))) // prettier-ignore

// In order, as somebody works through what waits.
describe('people to check', () => {
  it('are counted on the desk and among the people, for whoever may look', async () => {
    expect(await waiting()).toEqual(['hubspot:21 shopify:22', 'hubspot:11 shopify:12', 'hubspot:31 stripe:32'])
    for (const role of ['owner', 'marketer', 'operator', 'viewer'] satisfies Role[]) {
      expect(await (await site.as(role)).text('/desk')).toContain('>People to check (3)</a>')
    }
    expect(await (await site.as('owner')).text('/people')).toContain('>People to check (3)</a>')
  })

  it('stand side by side, with what differs marked and what each field adds', async () => {
    const marketer = await site.as('marketer')
    await decide(marketer, 'later')
    const page = await marketer.text('/identity/review')
    expect(page).toContain('<mark class="differs">K</mark>atharina')
    expect(page).toMatch(/<mark class="differs">C<\/mark>atharina/)
    expect(page).toContain('share a nickname')
    expect(page).toMatch(/21 to 1 that they are one person, which is a chance of 95\.5 %/)
    const [sum = 0, ...steps] = numbersIn(page).toReversed()
    expect(steps.reduce((total, step) => total + step, 0)).toBeCloseTo(sum, 0)
    expect(page.match(/<svg\s+class="step"/g)).toHaveLength(steps.length + 1)
  })

  it('show a viewer how they agree, and nothing of who they are', async () => {
    const viewer = await site.as('viewer')
    const { left, right } = (await reviewQueue(db, { limit: 1 })).reviews[0]!
    for (const path of ['/identity/review', `/identity/pair/${left}/${right}`, `/identity/pair/${of('hubspot:41')}/${of('stripe:42')}`]) {
      const page = await viewer.text(path)
      const told = alikePeople.flatMap(({ id, given = '', family = '', email = '' }) => [id.split(':')[1]!.padStart(3, ' '), given, family, email])
      expect([path, ...told.filter((word) => word.length > 3 && page.toLowerCase().includes(word.toLowerCase()))]).toEqual([path])
      expect([...page.matchAll(/<form method="post" action="([^"]+)"/g)].map(([, action]) => action)).toEqual(['/sign-out'])
      expect(page).not.toContain('href="/people')
    }
    expect(await viewer.text('/identity/review')).toContain('share a nickname')
  }) // prettier-ignore

  it('that were put off come last, and first again when that is taken back', async () => {
    const marketer = await site.as('marketer')
    expect(await waiting()).toEqual(['hubspot:11 shopify:12', 'hubspot:31 stripe:32', 'hubspot:21 shopify:22'])
    const answer = await decide(marketer, 'later')
    expect((await waiting()).at(-1)).toBe('hubspot:11 shopify:12')
    expect(noticeOf(await undo(marketer, answer))).toBe('Taken back: the pair waits again.')
    expect((await waiting())[0]).toBe('hubspot:11 shopify:12')
  })

  it('become one person by a word, with what figures followed, and two again when it is taken back', async () => {
    const operator = await site.as('operator')
    const before = [await personOf('hubspot:11'), await personOf('shopify:12')]
    const answer = await decide(operator, 'same', 'She told me on the telephone')
    expect(noticeOf(answer)).toMatch(/^One person now\. 2 identifiers moved.* 2026-02: new customers 1 → 0, CAC €90\.00 → none\.$/) // prettier-ignore
    expect(await areOne('hubspot:11', 'shopify:12')).toBe(true)
    expect(await waiting()).not.toContain('hubspot:11 shopify:12')
    clock.advance(60_000)
    expect(noticeOf(await undo(operator, answer))).toMatch(/^Taken back: the pair waits again\./)
    expect([await personOf('hubspot:11'), await personOf('shopify:12')]).toEqual(before)
    expect((await waiting())[0]).toBe('hubspot:11 shopify:12')
    await resolveIdentities(site.pages.identity, { by: 'millrace' })
    expect((await waiting())[0]).toBe('hubspot:11 shopify:12')
  })

  it('stay two people by a word, for good; and wait again when it is taken back', async () => {
    const marketer = await site.as('marketer')
    const answer = await decide(marketer, 'different')
    expect(noticeOf(answer)).toBe('Two people, for good.')
    await resolveIdentities(site.pages.identity, { by: 'millrace' })
    expect(await waiting()).toEqual(['hubspot:31 stripe:32', 'hubspot:21 shopify:22'])
    await undo(marketer, answer)
    expect((await waiting())[0]).toBe('hubspot:11 shopify:12')
    expect(noticeOf(await undo(marketer, answer))).toBe('Taken back: the pair waits again.')
  })

  it('are none when all is said', async () => {
    const marketer = await site.as('marketer')
    for (const verdict of ['same', 'different', 'different']) {
      clock.advance(1000)
      await decide(marketer, verdict)
    }
    const page = await marketer.text('/identity/review')
    expect(page).toContain('Nobody waits for you')
    expect(page).not.toContain('data-key="s"')
    expect(await marketer.text('/desk')).not.toContain('People to check')
  })

  it('are named by a form of ours alone: anything else changes nothing', async () => {
    const marketer = await site.as('marketer')
    const csrf = await marketer.csrf()
    const left = of('hubspot:31')
    for (const form of [{ left, right: left, verdict: 'same' }, { left, right: 'x', verdict: 'same' }, { left, right: of('stripe:32'), verdict: 'merge' }]) {
      expect(noticeOf(await marketer.post('/identity/review', { csrf, ...form }))).toBe('Name a pair that waits.')
    }
    expect(await areOne('hubspot:31', 'stripe:32')).toBe(false)
  }) // prettier-ignore
})

describe('the report', () => {
  it('says what merges changed in it, each opening its evidence, and names nobody', async () => {
    const viewer = await site.as('viewer')
    const page = await viewer.text('/report')
    expect(page.replaceAll(/\s+/g, ' ')).toMatch(/two people turned out to be one<\/a ?>: new customers in Feb 2026 1 → <a href="[^"]+new-customers%3A2026-02[^"]+" ?>0<\/a ?>, CAC €90\.00 →/) // prettier-ignore
    expect(page).not.toMatch(/vries|bakker|@/i)
    const evidence = [...page.matchAll(/href="(\/identity\/changes\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(evidence.length).toBeGreaterThan(0)
    for (const path of evidence) expect((await viewer.get(path)).status).toBe(200)
  })
})

describe('the page of a pair', () => {
  const at = (one: string, other: string): string => `/identity/pair/${of(one)}/${of(other)}`

  it('explains any two, by ties, by likeness and by what was said of them', async () => {
    const marketer = await site.as('marketer')
    const told = await marketer.text(at('hubspot:31', 'stripe:32'))
    expect(told).toContain('marketer said that hubspot 31 and stripe 32 are different people.')
    expect(told).toContain('fit by an initial')
    const tied = await marketer.text(at('hubspot:41', 'stripe:42'))
    expect(tied).toContain('One person: hubspot names hubspot 41 and joost@kok.example as one person&#39;s.')
    expect(tied).toMatch(/are the same\s*<small class="compared"\s*>\s*joost@kok\.example/)
    const strangers = await marketer.text(at('hubspot:41', 'hubspot:11'))
    expect(strangers).toContain('to 1 that they are two people')
    expect((await marketer.get(`/identity/pair/${of('hubspot:11')}/${of('hubspot:11')}`)).status).toBe(404)
  })

  it('takes a word on any two, and takes it back', async () => {
    const marketer = await site.as('marketer')
    const csrf = await marketer.csrf()
    const say = (verdict: string) => marketer.post(at('hubspot:31', 'stripe:32'), { csrf, verdict, reason: 'met them' })
    expect(noticeOf(await say('unsaid'))).toBe('Taken back. The evidence alone does not join them.')
    expect(noticeOf(await say('same'))).toMatch(/^One person now\./)
    expect(await areOne('hubspot:31', 'stripe:32')).toBe(true)
    expect(noticeOf(await say('never'))).toMatch(/^Two people, for good\. 2 identifiers moved/)
    expect(await areOne('hubspot:31', 'stripe:32')).toBe(false)
    expect(noticeOf(await say('perhaps'))).toBe('Say whether they are one person.')
  })
})

describe('the page of a person', () => {
  it('says what taking each identifier apart would do, and that is what it does', async () => {
    const marketer = await site.as('marketer')
    const personId = await personOf('hubspot:41')
    const page = await marketer.text(`/people/${personId}`)
    expect(page).toMatch(/1 order goes along, and stripe 42\./)
    const foreseen = await foreseeLeaving(site.pages, personId)
    expect(foreseen).toHaveLength(4)
    for (const { identifierId, from, along, orders } of foreseen) {
      const csrf = await marketer.csrf()
      await marketer.post(`/people/${personId}/apart`, { csrf, left: from, right: identifierId })
      const gone = (await db.query<{ id: PersonId }>(sql`select person_id as id from ingest.people where identifier_id = ${identifierId}`))[0]!.id // prettier-ignore
      const profile = await personProfile(db, gone)
      expect(profile?.identifiers.map(({ id }) => id).toSorted()).toEqual(
        [identifierId, ...along.map(({ id }) => id)].toSorted(),
      )
      expect(await ordersOf(gone)).toBe(orders)
      clock.advance(1000)
      const back = await marketer.post(`/people/${gone}/together`, { csrf, left: from, right: identifierId })
      expect(noticeOf(back)).toMatch(/^One person now\./)
      expect(await areOne('hubspot:41', 'stripe:42')).toBe(true)
    }
  })

  it('tells what won in each field over what, and the history with what figures followed', async () => {
    const marketer = await site.as('marketer')
    const page = await marketer.text(`/people/${await personOf('hubspot:11')}`)
    expect(page).toMatch(/over [CK]atharina \((shopify|hubspot)\)/)
    expect(page).not.toContain(`${site.users.marketer} said`)
    const [, evidence = ''] = /href="(\/identity\/changes\/[^"]+)">Said to be one person</.exec(page) ?? []
    const change = await marketer.text(evidence)
    expect(change).toContain('by marketer')
    expect(change).toContain('devries')
    expect(await (await site.as('viewer')).text(evidence)).not.toContain('devries')
  })

  it('is where somebody goes who took two people apart', async () => {
    const marketer = await site.as('marketer')
    const csrf = await marketer.csrf()
    const here = await personOf('hubspot:41')
    const answer = await marketer.post(`/people/${here}/apart`, {
      csrf,
      left: of('hubspot:41'),
      right: of('stripe:42'),
    })
    expect(pathOf(answer)).toBe(`/people/${await personOf('hubspot:41')}`)
    const page = await marketer.text(pathOf(answer))
    expect(page).toContain('marketer said that hubspot 41 and stripe 42 are different people.')
    expect(page).toContain('Take that back')
  })
})

const ordersOf = async (person: PersonId): Promise<number> =>
  (await db.query<{ n: number }>(sql`select count(*)::int as n from ingest.orders join ingest.people using (identifier_id)
    where person_id = ${person}`))[0]!.n // prettier-ignore
