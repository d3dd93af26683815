import { afterEach } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { hubspotFeed } from '#ingest/sources/hubspot-api.ts'
import { fakeHubspot, hubspotToken, type FakeHubspot, type HubspotPortal } from '#test/support/fake-hubspot.ts'
import { feedStart } from './feed-support.ts'

// A portal of HubSpot's, and the feed that reads it.

export const portals: FakeHubspot[] = []
afterEach(async () => {
  for (const portal of portals.splice(0)) await portal.stop()
})

export const start = feedStart

export async function world(portal: HubspotPortal = {}) {
  const clock = stoppedClock(start)
  const hubspot = await fakeHubspot(clock, portal)
  portals.push(hubspot)
  const pauses: number[] = []
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms)
    clock.advance(ms)
    return Promise.resolve()
  }
  const feed = hubspotFeed({ token: hubspotToken, baseUrl: hubspot.url, clock, pause, timeoutMs: 500 })
  return { clock, hubspot, pauses, feed }
}
