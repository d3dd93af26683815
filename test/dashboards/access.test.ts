import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishPage } from '#campaigns/pages/versions.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveRelease } from '#governance/releases.ts'
import { may, roles, rolesThatMay, type Role } from '#governance/permissions.ts'
import { recentChanges } from '#ingest/identity/changes.ts'
import { decideReview } from '#ingest/identity/review.ts'
import type { RouteRow } from '#dashboards/routes/route.ts'
import { testDatabase } from '../support/database.ts'
import { everything } from '../support/everything.ts'
import { openSite, origin, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'
import { approvedPage } from './approved-page.ts'

const db = testDatabase({ keep: true })
let site: Site
let change = ''
let copyHash = ''
let versionHash = ''
let contentHash = ''
beforeAll(async () => {
  site = await openSite(db, aClock(), { givenNames: ['Reader', 'Ben', 'Cas'] })
  const [, ben, cas] = site.people
  const pair = { left: ben!.identifierId, right: cas!.identifierId }
  await decideReview(site.pages.identity, { pair, verdict: 'same', by: site.users.owner, reason: 'a test' })
  change = (await recentChanges(db, 1))[0]?.id ?? ''
  copyHash = await approvedPage(site)
  const live = await liveRelease(db, site.campaign)
  versionHash = live?.hash ?? ''
  contentHash = live?.pins.contentHash ?? ''
  const page = { slug: 'kochere', copy: copyHash as Hash, signUp: false, by: site.users.owner, reason: 'a test' }
  await publishPage(site.pages, page)
})
afterAll(() => site.close())

const nobody = '01931f6e-0000-7000-8000-000000000000'

/** A path of a route that really answers; a form is posted about something that is not there. */
function pathOf({ method, path }: RouteRow): string {
  const real = method === 'GET'
  const person = real ? (site.people[0]?.personId ?? '') : nobody
  const id = path.startsWith('/desk')
    ? site.draftId
    : path.startsWith('/evidence/facts')
      ? site.factId
      : path.startsWith('/evidence')
        ? site.documentId
        : path.startsWith('/inbox')
          ? site.mailId
          : path.startsWith('/report')
            ? 'new-customers'
            : path.startsWith('/identity/changes')
              ? change
              : person
  return path
    .replace(':kind', 'person')
    .replace(':slug', real ? 'kochere' : 'nothing')
    .replace(':hash', real ? (path.startsWith('/campaigns') ? versionHash : copyHash) : 'nothing')
    .replace(':content', real ? contentHash : 'nothing')
    .replace(':name', real ? (path.startsWith('/segments') ? 'Subscribers' : site.campaign) : 'nothing')
    .replace(':left', real ? (site.people[1]?.identifierId ?? '') : nobody)
    .replace(':right', real ? (site.people[2]?.identifierId ?? '') : nobody)
    .replace(':id', real ? id : path.startsWith('/inbox') ? site.mailId : nobody)
}

const readers: readonly (Role | null)[] = [...roles, null]

describe('who may do what', () => {
  it('is asked of every route: what a role may not, is refused, and what it may, answers', async () => {
    expect(site.routes.length).toBeGreaterThan(20)
    const seen: string[] = []
    const expected: string[] = []
    for (const role of readers) {
      const reader = await site.as(role)
      const csrf = role === null ? '' : await reader.csrf()
      for (const route of site.routes) {
        const path = pathOf(route)
        const answer =
          route.method === 'GET' ? await reader.get(path) : await reader.post(path, { csrf, text: 'Thanks' })
        // What is posted here says too little: some of it is done, some stands on its page again with why it is not.
        const isTaken = route.method === 'POST' && role !== null && [200, 303, 404].includes(answer.status)
        seen.push(
          `${role} ${route.method} ${route.path} ${isTaken ? 'taken' : answer.status} ${role === null ? answer.headers.get('location') : ''}`,
        )
        const stranger = route.method === 'GET' ? '303 /sign-in' : '403 null'
        const told = role !== null && may(role, route.action) ? `${route.method === 'GET' ? 200 : 'taken'} ` : '403 '
        expected.push(`${role} ${route.method} ${route.path} ${role === null ? stranger : told}`)
      }
    }
    expect(seen).toEqual(expected)
  })

  it('is written in one place: these are the doors that matter', () => {
    const doors = new Map(site.routes.map(({ method, path, action }) => [`${method} ${path}`, rolesThatMay(action)]))
    expect(doors.get('POST /desk/:id/approve')).toEqual(['owner', 'marketer'])
    expect(doors.get('POST /sending/stop')).toEqual(['owner', 'marketer', 'operator'])
    expect(doors.get('POST /sending/start')).toEqual(['owner', 'marketer'])
    expect(doors.get('GET /people/:id')).toEqual(['owner', 'marketer'])
    expect(doors.get('POST /identity/review')).toEqual(['owner', 'marketer', 'operator'])
    expect(doors.get('GET /identity/review')).toEqual(roles)
    expect(doors.get('GET /report')).toEqual(roles)
  })

  it('is asked by default: only these routes answer strangers', () => {
    const asked = new Set(site.routes.map(({ method, path }) => `${method} ${path}`))
    const open = site.app.routes
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !asked.has(route) && !route.startsWith('ALL '))
    expect([...new Set(open)].toSorted()).toEqual([
      'GET /', 'GET /assets/:name', 'GET /c/:token', 'GET /collect.js', 'GET /confirm/:token', 'GET /health', 'GET /o/:token',
      'GET /p/:slug', 'GET /s/:code', 'GET /sign-in', 'GET /u/:token', 'GET /webhooks/whatsapp', 'POST /api/campaigns/:name/entries', 'POST /collect', 'POST /confirm/:token',
      'POST /p/:slug/sign-up', 'POST /p/:slug/visits', 'POST /sign-in', 'POST /sign-out', 'POST /u/:token', 'POST /webhooks/whatsapp',
    ]) // prettier-ignore
  })

  it('is what a page offers: a viewer finds no form but the one to leave', async () => {
    const viewer = await site.as('viewer')
    for (const path of ['/desk', `/desk/${site.draftId}`, '/campaigns', `/campaigns/${site.campaign}`, '/report']) {
      const page = await viewer.text(path)
      expect([...page.matchAll(/<form method="post" action="([^"]+)"/g)].map(([, action]) => action)).toEqual([
        '/sign-out',
      ])
      expect(page).not.toContain('href="/people')
    }
  })
})

describe('a form', () => {
  it('counts only from a page of ours, in its own session; else nothing changes', async () => {
    const owner = await site.as('owner')
    const csrf = await owner.csrf()
    const foreign = await (await site.as('marketer')).csrf()
    const before = await everything(db)
    for (const route of site.routes.filter(({ method }) => method === 'POST')) {
      const path = pathOf(route).replace(nobody, site.draftId)
      const sent = [
        await owner.post(path, {}),
        await owner.post(path, { csrf: foreign }),
        await owner.post(path, { csrf: `${csrf}x` }),
        await owner.post(path, { csrf }, { origin: 'https://elsewhere.example' }),
        await owner.post(path, { csrf }, { origin: `http://${origin.slice(8)}.elsewhere.example` }),
        await owner.post(path, { csrf }, { origin: 'null' }),
        await owner.post(path, { csrf }, { origin: 'no origin at all' }),
      ]
      expect([route.path, ...sent.map(({ status }) => status)]).toEqual([route.path, ...sent.map(() => 403)])
    }
    expect(await everything(db)).toBe(before)
  })

  it('of another site signs nobody out', async () => {
    const owner = await site.as('owner')
    await owner.post('/sign-out', {})
    await owner.post('/sign-out', { csrf: await owner.csrf() }, { origin: 'https://elsewhere.example' })
    expect((await owner.get('/desk')).status).toBe(200)
    await owner.post('/sign-out', { csrf: await owner.csrf() })
    expect((await owner.get('/desk')).headers.get('location')).toBe('/sign-in')
  })
})
