import fc from 'fast-check'
import { html } from 'hono/html'
import { afterEach, describe, expect, it } from 'vitest'
import { editDraft } from '#rag/drafts.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'
import { cut, plain } from '#dashboards/views/words.ts'
import { table, type Html } from '#dashboards/views/layout.ts'
import { lineChart } from '#dashboards/charts/line.ts'
import { barChart } from '#dashboards/charts/bar.ts'

const db = testDatabase()
let site: Site | undefined
afterEach(async () => {
  await site?.close()
  site = undefined
})

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '{{ constructor.constructor("alert(1)")() }}',
  '<svg/onload=alert(1)>',
] as const

/** What would be markup if it came through as it was given. */
const live = /<script>alert|<img src=x|<svg\/onload|' onmouseover='alert|" onmouseover/

describe('what people and texts say', () => {
  it('never becomes markup on any page, whatever it is', async () => {
    site = await openSite(db, aClock(), { givenNames: hostile })
    const owner = await site.as('owner')
    const everybody = site.people.flatMap(({ personId }) => [
      `/people/${personId}`,
      `/campaigns/${site?.campaign}/people/${personId}`,
    ])
    const [one, other] = site.people
    const pair = `/identity/pair/${one?.identifierId}/${other?.identifierId}`
    const asked = hostile.flatMap((words) => {
      const said = encodeURIComponent(words)
      return [
        `/people?search=${said}`,
        `/desk?notice=${said}`,
        `/sign-in?token=${said}`,
        `/report/figures/${said}`,
        `/report?from=${said}`,
        `/campaigns/${said}`,
        `/${said}`,
      ]
    })
    for (const path of [...everybody, ...asked, pair, '/people']) {
      expect([path, live.exec(await owner.text(path))?.[0]]).toEqual([path, undefined])
    }
    expect(await owner.text(pair)).toContain('&lt;script&gt;')
    expect(await owner.text(`/people/${site.people[0]?.personId}`)).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('never becomes markup in a draft, its preview or its form', async () => {
    site = await openSite(db, aClock())
    const owner = await site.as('owner')
    const body = {
      subject: { text: hostile[0], citations: [] },
      preheader: { text: hostile[4], citations: [] },
      blocks: [
        { kind: 'heading', text: hostile[6] },
        { kind: 'paragraph', sentences: [hostile[1], hostile[2]].map((text) => ({ text, citations: [] })) },
        { kind: 'list', items: [{ text: hostile[3], citations: [] }] },
        { kind: 'button', label: hostile[0], url: 'https://shop.example/' },
      ],
      slots: [],
    }
    const edited = await editDraft(site.pages.agent, { draftId: site.draftId, body, by: site.users.marketer })
    expect(edited.kind).toBe('edited')
    for (const path of [
      '/desk',
      `/desk/${site.draftId}`,
      `/desk/${site.draftId}/edit`,
      `/desk/${site.draftId}/preview`,
    ]) {
      expect([path, live.exec(await owner.text(path))?.[0]]).toEqual([path, undefined])
    }
  })

  it('is escaped by every piece a page is made of (property)', async () => {
    const words = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '{', '}', '$', '/', 'a', ' ', '=') })
    await fc.assert(
      fc.asyncProperty(words, async (text) => {
        const given = `<b>${text}`
        const pieces: Html[] = [
          html`<p>${given}</p>`,
          table(given, [given], [[given]]),
          lineChart(
            [
              { label: given, value: 1 },
              { label: `${given} `, value: 2 },
            ],
            given,
            { point: () => given, axis: () => given },
          ),
          barChart([{ label: given, value: 3 }], given, () => given),
        ]
        for (const made of pieces) {
          const piece = await made
          expect(piece.toString()).not.toContain('<b>')
          expect(piece.toString()).toContain('&lt;b&gt;')
        }
        expect(cut(given, 10).length).toBeLessThanOrEqual(10)
        expect(plain(given)).not.toMatch(/[-_]/)
      }),
    )
  })
})
