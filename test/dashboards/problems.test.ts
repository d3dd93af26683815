import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeToken } from '#campaigns/entries/tokens.ts'
import { createWebsite } from '#dashboards/server.ts'
import { testDatabase } from '../support/database.ts'
import { host, openSite, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'

const db = testDatabase({ keep: true })
let site: Site
beforeAll(async () => {
  site = await openSite(db, aClock())
})
afterAll(() => site.close())

const nobody = '01931f6e-0000-7000-8000-000000000000'

describe('what is not there', () => {
  it('is said in a page of its own, whatever stands in its place', async () => {
    const owner = await site.as('owner')
    const places = [
      '/desk/',
      '/desk/x/edit',
      '/people/',
      '/inbox/',
      '/inbox/x/html',
      '/evidence/facts/',
      '/evidence/documents/',
    ]
    for (const place of places) {
      for (const id of [nobody, '..%2f..%2fetc%2fpasswd', 'x'.repeat(3000)]) {
        const path = place.includes('x/') ? place.replace('x', id) : `${place}${id}`
        const answer = await owner.get(path)
        expect([path.slice(0, 60), answer.status]).toEqual([path.slice(0, 60), 404])
        expect(await answer.text()).toContain('<h1>Not found</h1>')
      }
    }
  })

  it('is not told to strangers apart from what they may not see', async () => {
    const stranger = await site.as(null)
    expect((await stranger.get('/desk/nothing')).headers.get('location')).toBe('/sign-in')
    expect((await stranger.get('/nothing')).status).toBe(404)
    expect((await stranger.get('/assets/..%2fserver.ts')).status).toBe(404)
    expect((await stranger.get('/assets/constructor')).status).toBe(404)
  })
})

describe('what cannot be understood', () => {
  it('is answered with how to ask', async () => {
    const owner = await site.as('owner')
    for (const path of [
      '/report?from=yesterday',
      '/report?from=2026-02-01&to=2026-01-01',
      '/report?asOf=soon',
      '/report/figures/riches',
    ]) {
      const answer = await owner.get(path)
      expect([path, answer.status]).toEqual([path, 400])
    }
    expect(await owner.text('/report?from=yesterday')).toContain('write it as 2026-03-31')
  })
})

describe('a character that nothing can hold', () => {
  const nul = '\u0000'

  it('is refused in words wherever it stands in an address, to everybody', async () => {
    const owner = await site.as('owner')
    const paths = ['/desk/%00', '/campaigns/%00', '/people?search=a%00', '/segments/%00', '/graph/topic/%00', '/preflight?campaign=%00', '/published/%00', '/ingest/quarantine?source=%00', '/nothing?%00=1'] // prettier-ignore
    for (const path of paths) {
      const answer = await owner.get(path)
      expect([path, answer.status]).toEqual([path, 400])
      expect(await answer.text()).toContain('holds a character that no text may have')
    }
    const stranger = await site.as(null)
    for (const path of ['/p/%00', '/sign-in?token=%00', '/confirm/%00', '/u/%00', '/c/%00'])
      expect([path, (await stranger.get(path)).status]).toEqual([path, 400])
    expect((await stranger.post('/p/%00/sign-up', { email: 'a@example.com' })).status).toBe(400)
    expect((await owner.get('/campaigns/%2500')).status).toBe(404)
  })

  it('is refused in forms, of strangers too', async () => {
    const owner = await site.as('owner')
    const answer = await owner.post('/segments', { csrf: await owner.csrf(), name: `a${nul}b` })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('holds a character that no text may have')
    const stranger = await site.as(null)
    expect((await stranger.post('/p/launch/sign-up', { email: `a${nul}@example.com` })).status).toBe(400)
    expect((await stranger.post('/sign-in', { token: nul })).status).toBe(400)
  })
})

describe('a program', () => {
  const entries = '/api/campaigns/spring/entries'
  const asked = async (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    site.app.request(path, { method: 'POST', body, headers: { host, 'content-type': 'application/json', ...headers } })

  it('is told in JSON what it cannot be answered', async () => {
    const made = await makeToken(site.pages, { name: 'the shop', campaign: null, by: site.users.owner })
    const authorization = `Bearer ${made.kind === 'made' ? made.token : ''}`
    const cases: [Response, number][] = [
      [await asked('/api/nothing', '{}'), 404],
      [await asked('/api/campaigns/%00/entries', '{}'), 400],
      [await asked(entries, String.raw`{"email":"a\u0000@example.com"}`, { authorization, 'idempotency-key': '1' }), 400],
      [await asked(entries, String.raw`{"email":"a@example.com","properties":{"a\u0000":"b"}}`, { authorization, 'idempotency-key': '2' }), 400],
      [await asked(entries, String.raw`{"email":"a@example.com","properties":{"a":"\ud800"}}`, { authorization, 'idempotency-key': '3' }), 400],
    ] // prettier-ignore
    for (const [answer, status] of cases) {
      expect(answer.status).toBe(status)
      expect(await answer.json()).toEqual({ why: expect.any(String) as string })
    }
    const fine = await asked(entries, String.raw`{"email":"a\\u0000@example.com"}`, { authorization, 'idempotency-key': '4' }) // prettier-ignore
    expect(fine.status).not.toBe(500)
    expect(await fine.text()).not.toContain('no text may have')
  })

  it('is told nothing of a fault either', async () => {
    const lost = { ...site.pages.db, query: () => Promise.reject(new Error('hunter2')) }
    const broken = createWebsite({ ...site.pages, db: lost })
    const request = { method: 'POST', body: '{}', headers: { host, authorization: 'Bearer x' } }
    const answer = await broken.app.request(entries, request)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({ why: 'This could not be done: try again later' })
  })
})

describe('a page of a list', () => {
  it('is none however far it is asked for', async () => {
    const owner = await site.as('owner')
    for (const far of ['1e30', '9'.repeat(40), '-5', 'Infinity', 'x'])
      for (const path of [
        `/campaigns/${site.campaign}/held?offset=${far}`,
        `/people?from=${far}`,
        `/ingest/quarantine?offset=${far}`,
        `/report/figures/new-customers?offset=${far}`,
        `/evidence/documents/${site.documentId}?from=${far}&to=${far}`,
      ])
        // prettier-ignore
        expect([path, (await owner.get(path)).status < 500]).toEqual([path, true])
  })
})

describe('a fault', () => {
  it('shows nothing of itself: no message, no place, no query', async () => {
    const secret = 'password=hunter2 at /home/somebody/house.ts'
    const broken = createWebsite({ ...site.pages, health: () => Promise.reject(new Error(secret)) })
    const answer = await broken.app.request('/health', { headers: { host } })
    const page = await answer.text()
    expect(answer.status).toBe(500)
    expect(page).toContain('This page could not be made.')
    expect(page).not.toMatch(/hunter2|house\.ts|Error/)
  })

  it('is not needed to learn what the house is made of: health says only that it is well', async () => {
    const answer = await (await site.as(null)).get('/health')
    expect(await answer.json()).toEqual({ status: 'ok' })
  })
})

describe('every answer', () => {
  it('forbids scripts and styles from elsewhere, framing by others, and guessing of types', async () => {
    const owner = await site.as('owner')
    for (const path of [
      '/desk',
      '/sign-in',
      '/nothing',
      '/report?from=x',
      '/assets/style.css',
      site.messageLinks.unsubscribe,
    ]) {
      const { headers } = await owner.get(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).toContain("frame-ancestors 'self'")
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
      expect(headers.get('referrer-policy')).toBe('same-origin')
    }
  })

  it('keeps a message in a sandbox of its own', async () => {
    const owner = await site.as('owner')
    for (const path of [`/desk/${site.draftId}/preview`, `/inbox/${site.mailId}/html`]) {
      const policy = (await owner.get(path)).headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain('sandbox')
      expect(policy).not.toMatch(/allow-scripts|allow-same-origin|allow-forms|script-src/)
    }
  })

  it('holds no style or script of its own, and nothing from elsewhere', async () => {
    const owner = await site.as('owner')
    const person = site.people[0]?.personId ?? ''
    for (const path of [
      '/desk',
      `/desk/${site.draftId}`,
      `/campaigns/${site.campaign}`,
      `/people/${person}`,
      '/report',
      '/inbox',
    ]) {
      const page = await owner.text(path)
      expect(page).not.toMatch(/<style|\sstyle=|<script(?![^>]*src="\/assets\/)|\son\w+=/)
      expect(page).not.toMatch(/(src|href)="(https?:)?\/\//)
    }
  })
})
