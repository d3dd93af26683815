import { afterAll, beforeAll } from 'vitest'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { start } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { host, openSite, type Reader, type Site } from '../support/website.ts'
import { approvedPage } from './approved-page.ts'

/** What is tested in order stands on one database: what one test did, the next one finds. */
export const db = testDatabase({ keep: true })
export const says = (text: string) => ({ text, citations: [] })
export let at = start
export const clock = () => at
export let site: Site
export let sink: SmtpSink
export let owner: Reader
export let stranger: Reader
export let csrf = ''
/** Two approved versions of one page. */
export let first: Hash
export let second: Hash
const channels: { close: () => Promise<void> }[] = []
beforeAll(async () => {
  sink = await smtpSink()
  const channel = smtpChannel({ url: sink.url, clock: systemClock })
  channels.push(channel)
  site = await openSite(db, clock, { channel })
  stranger = await site.as(null)
  await ownerSignsIn()
  first = await approvedPage(site)
  second = await approvedPage(site, { preheader: says('Come and have a look.') })
  await db.query(
    sql`update ingest.facts set value = '{"amountMinor": 1350, "currency": "EUR"}' where id = ${site.factId}`,
  )
})
afterAll(async () => {
  await site.close()
  await Promise.all(channels.map((channel) => channel.close()))
  await sink.close()
})

/** A session ends while days go by. */
export async function ownerSignsIn(): Promise<void> {
  owner = await site.as('owner')
  csrf = await owner.csrf()
}

const hourMs = 3_600_000
export const later = (hours: number): void => void (at = new Date(at.getTime() + hours * hourMs))
export const publish = (slug: string, copy: string, more: Record<string, string> = {}): Promise<Response> =>
  owner.post('/published', { csrf, slug, copy, ...more })
export const visit = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(site.app.request(path, { headers: { host, ...headers } }))
export const bodyOf = async (path: string): Promise<string> => (await visit(path)).text()
/** What people agree to who sign up, on every page that has the form. */
export const asksToSignUp = (text: string): Promise<Response> => owner.post('/published/words', { csrf, text })
