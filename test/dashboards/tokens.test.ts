import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseJourney, send } from '../campaigns/journey-world.ts'
import { aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
beforeAll(async () => {
  site = await openSite(db, clock)
  owner = await site.as('owner')
  clock.advance(60_000)
  const enter = { byList: true, properties: { order_name: "Bo's <order>", total: 'EUR 12' } } as const
  await releaseJourney({ db, clock }, site.users.owner, [send('hello')], { enter })
})
afterAll(() => site.close())

const shown = async (campaign: string): Promise<string> => {
  const answer = await owner.post('/tokens', { csrf: await owner.csrf(), name: 'the shop', campaign })
  return (await answer.text()).replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>') // prettier-ignore
}

describe('the page of a new token', () => {
  it('shows how it is used, with all that its campaign wants said of each person, fit for a shell', async () => {
    const page = await shown(site.campaign)
    const body = `{"email":"ada@example.com","properties":{"total":"EUR 12","order_name":"Bo'\\''s <order>"}}`
    expect(page).toContain(`-d '${body}'`)
    expect(page).toContain(`/api/campaigns/${site.campaign}/entries`)
  })

  it('leaves out what is told of a person where the campaign is not known', async () => {
    expect(await shown('')).toContain(`-d '{"email":"ada@example.com"}'`)
  })
})
