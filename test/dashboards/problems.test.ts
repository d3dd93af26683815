import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
      for (const id of [nobody, '..%2f..%2fetc%2fpasswd', '%00', 'x'.repeat(3000)]) {
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
