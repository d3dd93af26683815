import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentByName } from '#graph/segments/registry.ts'
import { aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
let site: Site
let marketer: Reader
beforeAll(async () => {
  site = await openSite(db, aClock(), { givenNames: ['Anna', 'Ben'] })
  marketer = await site.as('marketer')
})
afterAll(() => site.close())

const rule = JSON.stringify({ all: [{ bought: { atLeast: 2 } }] })
const save = async (fields: Record<string, string>): Promise<string> => {
  const answer = await marketer.post('/segments', { csrf: await marketer.csrf(), ...fields })
  return answer.headers.get('location') ?? ''
}
const noticeOf = (location: string): string => new URL(location, 'http://here').searchParams.get('notice') ?? ''

// In order, as a marketer makes one.
describe('the pages of segments', () => {
  it('list what a house starts with', async () => {
    expect(await marketer.text('/segments')).toContain('Regulars without a subscription')
  })

  it('try a rule before it is kept: how many, who, and in words', async () => {
    const page = await marketer.text(`/segments/new?rule=${encodeURIComponent(rule)}`)
    expect(page).toContain('<strong>1 person</strong>')
    expect(page).toContain('Anna')
    expect(await segmentByName(db, 'Twice')).toBeNull()
  })

  it('say what is wrong with a rule, and lose nothing of what was written', async () => {
    const bad = JSON.stringify({ all: [{ bougth: { atLeast: 2 } }] })
    const back = await save({ name: 'Twice', description: 'Bought twice', rule: bad })
    expect(noticeOf(back)).toContain('does not know "bougth"')
    const page = await marketer.text(back)
    expect(page).toContain('value="Bought twice"')
    expect(page).toContain('bougth')
    expect(noticeOf(await save({ name: 'Twice', rule: 'not even json' }))).toContain('must be an object')
  })

  it('keep it, evaluate it, and offer it at the desk', async () => {
    expect(await save({ name: 'Twice', description: 'Bought twice', rule })).toBe('/segments/Twice?notice=Kept.')
    expect(await segmentByName(db, 'Twice')).toMatchObject({ members: 1, description: 'Bought twice' })
    expect(await marketer.text('/desk')).toContain('value="Twice"')
  })

  it('change it as a new version, and go back to the old one', async () => {
    await save({ name: 'Twice', description: 'Bought twice', rule: JSON.stringify({ bought: { atLeast: 1 } }) })
    expect(await segmentByName(db, 'Twice')).toMatchObject({ members: 2 })
    const hash = /name="hash" value="([^"]+)"/.exec(await marketer.text('/segments/Twice'))?.[1] ?? ''
    await marketer.post('/segments/Twice/rollback', { csrf: await marketer.csrf(), hash })
    expect(await segmentByName(db, 'Twice')).toMatchObject({ members: 1 })
  })

  it('show counts, and nobody by name, to whoever may not know people', async () => {
    const page = await (await site.as('viewer')).text('/segments/Twice')
    expect(page).toContain('<strong>1 person</strong>')
    expect(page).not.toContain('Anna')
    expect((await (await site.as('viewer')).get('/segments/new')).status).toBe(403)
  })

  it('take it out of use, and keep its versions', async () => {
    await marketer.post('/segments/Twice/retire', { csrf: await marketer.csrf() })
    expect(await marketer.text('/desk')).not.toContain('value="Twice"')
    expect(await marketer.text('/segments/Twice')).toContain('taken out of use')
  })
})
