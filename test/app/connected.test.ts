import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { aCustomer } from '../ingest/stripe-world.ts'
import { fakeStripe } from '../support/fake-stripe.ts'
import { firstLine, heldDatabase, startMillrace, testHome } from './millrace.ts'

const home = testHome()
const db = heldDatabase(home)
const secret = 'whsec_fake'

const emails = async (): Promise<string[]> => {
  const rows = await db().query<{ email: string }>(sql`select email from ingest.profiles order by 1`)
  return rows.map(({ email }) => email)
}

const peopleCount = async (): Promise<number> => {
  const rows = await db().query<{ people: number }>(sql`select count(distinct person_id)::int as people from ingest.people`)
  return rows[0]!.people
} // prettier-ignore

describe('a house with the key of a vendor', () => {
  it('pulls what the vendor has, takes what it sends, and knows who that is, without a word of the key', async () => {
    const vendor = await fakeStripe(Math.floor(Date.now() / 1000))
    vendor.put(...aCustomer('a'))
    const env = { STRIPE_API_KEY: vendor.key, STRIPE_BASE_URL: vendor.url, STRIPE_WEBHOOK_SECRET: secret }
    const server = startMillrace({ home, env: { PORT: '0', LOG_LEVEL: 'info', ...env } }, 'start')
    const site = /http:\/\/127\.0\.0\.1:\d+$/.exec(await firstLine(server))?.[0] ?? ''
    await expect.poll(emails, { timeout: 20_000 }).toEqual(['a@example.com'])

    vendor.put(...aCustomer('b'))
    const made = vendor.events.filter(({ data }) => data.object.id === 'cus_b')
    expect(await vendor.send(`${site}/webhooks/stripe`, secret, made)).toEqual([200])
    expect(await emails()).toEqual(['a@example.com', 'b@example.com'])
    await expect.poll(peopleCount, { timeout: 30_000 }).toBe(2)
    expect(await vendor.send(`${site}/webhooks/stripe`, 'whsec_other', made)).toEqual([401])
    expect(await vendor.send(`${site}/webhooks/hubspot`, secret, made)).not.toEqual([200])

    server.child.kill('SIGTERM')
    const { code, stderr } = await server.ended
    await vendor.stop()
    expect(code).toBe(0)
    expect(stderr).toContain('"input":"api:customers","received":1,"accepted":1')
    expect(stderr).not.toContain(vendor.key)
    expect(stderr).not.toContain(secret)
  })
})
