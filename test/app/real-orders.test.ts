import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasRealData, realData } from '../support/real-data.ts'
import { firstLine, millrace, millraceJson, startMillrace, testHome } from './millrace.ts'

const file = realData('clv/CDNOW_sample.txt')
const mapping =
  'customer=1,date=3:YYYYMMDD,quantity=4,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York'
const order = ['ingest', 'orders', file, '--map', mapping] as const

type Counts = { received: number; accepted: number; unchanged: number; quarantined: number }
type Figures = { period: object; figures: { id: string; value: unknown }[] }

/** The file read in the plainest way. */
function truth() {
  const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.trim().split(/\s+/)) // prettier-ignore
  const cents = (row: string[]): number => Math.round(Number(row[4]) * 100)
  return {
    orders: rows.length,
    customers: new Set(rows.map(([id]) => id)).size,
    paying: new Set(rows.filter((row) => cents(row) > 0).map(([id]) => id)).size,
    gross: { amountMinor: rows.reduce((sum, row) => sum + cents(row), 0), currency: 'USD' },
  }
}

describe.skipIf(!hasRealData('clv/CDNOW_sample.txt'))(
  'the CDNOW purchases, from the command line beside a running server',
  () => {
    const home = testHome()
    const place = { home, env: { PORT: '0', BUSINESS_CURRENCY: 'USD', BUSINESS_ZONE: 'America/New_York' } }

    /** The server resolves identities each minute too, and meanwhile refuses others: then again. */
    async function resolved(): Promise<unknown> {
      for (;;) {
        const { code, stdout, stderr } = await millrace(place, 'identity', '--json')
        if (code === 0) return JSON.parse(stdout)
        expect(stderr).toMatch(/^Refused: .*another process/)
      }
    }

    it('come in whole though two verbs read them at once, give their people and totals, and come in once', async () => {
      const server = startMillrace(place, 'start')
      await firstLine(server)

      // One of the two reads on; the other ends early and says so, or finds everything there.
      const both = await Promise.all([millrace(place, ...order, '--json'), millrace(place, ...order, '--json')])
      expect(both.map(({ code }) => code)).toContain(0)
      for (const { code, stdout, stderr } of both) {
        if (code === 0) expect(JSON.parse(stdout)).toMatchObject({ received: 6919, quarantined: 0 })
        else expect(stderr).toContain('Another process')
      }
      const [again, people] = await Promise.all([millraceJson<Counts>(place, ...order), resolved()])
      expect(again).toMatchObject({ received: 6919, accepted: 0, unchanged: 6919, quarantined: 0 })
      expect(truth()).toMatchObject({ orders: 6919, customers: 2357 })
      expect(people).toMatchObject({ people: 2357, merges: 0 })

      const { figures } = await millraceJson<Figures>(place, 'report')
      const value = (name: string): unknown => figures.find(({ id }) => id === name)?.value
      const { orders, paying, gross } = truth()
      expect(value('orders')).toBe(orders)
      expect(value('new-customers')).toBe(paying)
      expect(value('revenue-gross')).toEqual(gross)

      server.child.kill('SIGTERM')
      expect(await server.ended).toMatchObject({ code: 0 })
      expect(await millraceJson(place, 'audit')).toMatchObject({ kind: 'intact' })
    }, 180_000)
  },
)
