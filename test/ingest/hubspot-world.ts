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

/** A contact of whom everything is said that a portal can say. */
export const anna = {
  firstname: 'Anna', lastname: 'de Vries', email: 'Anna.deVries+shop@gmail.com', hs_additional_emails: 'a.devries@work.example;anna@old.example',
  phone: '06-12345001', address: 'Dorpsstraat 1', city: 'Utrecht', zip: '3511 AA', country: 'Netherlands', hs_language: 'nl-nl',
  hs_timezone: 'europe_slash_amsterdam', lifecyclestage: 'marketingqualifiedlead', hs_analytics_source: 'PAID_SEARCH',
  hs_analytics_source_data_1: 'google', hs_analytics_source_data_2: 'cmp-7', hs_merged_object_ids: '17;18', hs_email_optout: null,
  marketing_email_consent: 'granted', marketing_email_consent_date: '2026-08-01T10:00:00Z', marketing_email_consent_text_version: 'v2',
} // prettier-ignore

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
