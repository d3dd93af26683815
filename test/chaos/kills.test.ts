import { describe, expect, inject, it } from 'vitest'
import { storm, type StormSettings } from './storm.ts'

/** This seed kills a process that sends, the database and a worker. */
const short = { kills: 3, days: 1, seed: 'a short storm 35' } satisfies Partial<StormSettings>
const asItShouldBe = { lost: 0, doubled: 0, objections: [] }

// The whole storm is `npm run chaos` (docs/chaos.md).
describe('kill -9 while campaigns are under way', () => {
  it('loses nobody and doubles nobody over SMTP, where the embedded engine is killed too', async () => {
    const campaigns = ['answers', 'guests'] as const
    const house = { name: 'embedded', sendsBy: 'smtp', on: 'embedded', campaigns, peopleEach: 24 } as const
    const { verdicts } = await storm({ ...short, houses: [house], snapshot: inject('snapshot') })
    expect(verdicts.get('embedded')).toMatchObject(asItShouldBe)
  }, 600_000)

  it.skipIf(process.env['TEST_PG_URL'] === undefined)(
    'sends each message once by a provider that promises once, where PostgreSQL is killed too',
    async () => {
      const campaigns = ['rounds', 'arms'] as const
      const house = { name: 'resend', sendsBy: 'resend', on: 'postgres', campaigns, peopleEach: 24 } as const
      const { verdicts } = await storm({ ...short, houses: [house] })
      expect(verdicts.get('resend')).toMatchObject(asItShouldBe)
    },
    600_000,
  )
})
