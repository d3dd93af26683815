import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lookAtCanary } from '#campaigns/canary/look.ts'
import { campaignDefinition } from '#campaigns/definition.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { approveRelease } from '#governance/approvals.ts'
import { createRelease, liveRelease, releaseCampaign } from '#governance/releases.ts'
import { aClock, memoryChannel, workerOver } from '../campaigns/world.ts'
import { refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let marketer: Reader
let path = ''
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo', 'Cy', 'Di'] })
  marketer = await site.as('marketer')
  path = `/campaigns/${site.campaign}/rollout`
})
afterAll(() => site.close())

const rollout = {
  stages: [
    { percent: 50, minSends: 1_000, minMinutes: 5 },
    { percent: 100, minSends: 0, minMinutes: 5 },
  ],
  guards: [{ metric: 'bounce', limit: 0.02 }],
  mostBetweenLooks: 100,
  errorRate: 0.2,
}

/** The campaign again, with a rollout of its own. */
async function releaseAgain(): Promise<void> {
  const live = await liveRelease(db, site.campaign)
  const definition = campaignDefinition.parse({ ...(live!.definition as object), goal: 'The same, carefully', rollout })
  const made = { name: site.campaign, pins: live!.pins, definition, by: 'millrace' } as const
  const hash = await createRelease({ db, clock }, made)
  const by = site.users.owner
  await approveRelease({ db, clock }, { releaseHash: hash, by })
  clock.advance(60_000)
  await releaseCampaign({ db, clock }, { hash, by, reason: 'carefully' })
}

describe('the page of a rollout', () => {
  it('says that a campaign without stages goes to everybody', async () => {
    expect(await marketer.text(path)).toContain('What is live goes to everybody it may reach, without stages')
    expect(await marketer.text('/rollouts')).toContain('No version declares a rollout')
  })

  it('shows stages, guards in words and why it waits, and lets who may release go further', async () => {
    await releaseAgain()
    expect(await marketer.text(path)).toContain('It begins with the next look')
    clock.advance(60_000)
    await lookAtCanary({ db, clock }, site.campaign)
    await tick(workerOver(db, memoryChannel().channel, clock))
    clock.advance(60_000)
    await lookAtCanary({ db, clock }, site.campaign)
    const page = await marketer.text(path)
    expect(page).toContain('under way')
    expect(page).toMatch(/50 % for another \d minutes at least/)
    expect(page).toMatch(/messages bounced \(0 %\), at most 2 % asked for/)
    expect(page).toContain('50 %, now')
    expect(await marketer.text('/rollouts')).toContain(`href="${path}"`)
    expect(await (await site.as('viewer')).text(path)).not.toContain('Further, or less far')

    const csrf = await marketer.csrf()
    await marketer.post(path, { csrf, percent: '0', reason: 'wait' })
    expect((await liveRelease(db, site.campaign))?.percent).toBe(0)
    expect(await refusalOf(await marketer.post(path, { csrf, percent: '101' }))).toContain('whole number')
    expect((await liveRelease(db, site.campaign))?.percent).toBe(0)
    expect((await marketer.get('/campaigns/nothing/rollout')).status).toBe(404)
  })
})
