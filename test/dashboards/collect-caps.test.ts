import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { admissionBy } from '#ingest/collect-caps.ts'
import { clockOffsetMs, openCollect } from '#ingest/collect.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { testDatabase } from '../support/database.ts'
import { recordsKey } from '../support/website.ts'
import { deps } from '../ingest/ingest-support.ts'
import { anEvent } from './a-web-event.ts'

const db = testDatabase()
const noon = new Date('2026-03-02T12:00:00Z')
const clock = stoppedClock(noon)

describe('the caps of a collector', () => {
  it('never let through more than they allow, whatever is sent, in whatever order', async () => {
    const caps = {
      eventsOfDevice: { limit: 5, windowMs: 60_000, mostKeys: 1000 },
      eventsOfAddress: { limit: 12, windowMs: 60_000, mostKeys: 1000 },
      namesOfDevice: { limit: 2, windowMs: 60_000 },
      devicesOfName: { limit: 2, windowMs: 60_000 },
    }
    const request = fc.record({ device: fc.nat(4), from: fc.nat(2), times: fc.integer({ min: 1, max: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 12 }), async (requests) => {
        const web = { ...webEvents(), read: async function* () {} }
        const take = openCollect(deps(db, { clock, recordsKey }), web, caps)
        const [ofDevice, ofAddress] = [new Map<number, number>(), new Map<number, number>()]
        for (const { device, from, times } of requests) {
          const events = Array.from({ length: times }, () => anEvent({ anonymousId: `d${device}` }))
          const done = await take({ body: Buffer.from(JSON.stringify(events)), from: `10.0.0.${from}` })
          if (done.kind !== 'taken') continue
          ofDevice.set(device, (ofDevice.get(device) ?? 0) + times)
          ofAddress.set(from, (ofAddress.get(from) ?? 0) + times)
        }
        expect(Math.max(0, ...ofDevice.values())).toBeLessThanOrEqual(5)
        expect(Math.max(0, ...ofAddress.values())).toBeLessThanOrEqual(12)
      }),
      { numRuns: 15 },
    )
  })

  it('remember so many and no more, so that made-up devices fill no memory', () => {
    const cap = { limit: 1, windowMs: 60_000, mostKeys: 2 }
    const caps = { eventsOfDevice: cap, eventsOfAddress: { limit: 99, windowMs: 60_000 }, namesOfDevice: cap, devicesOfName: cap } // prettier-ignore
    const { admits } = admissionBy(clock, caps)
    const says = (device: string): boolean => admits([{ device, names: [] }], '')
    expect(['a', 'a', 'b', 'a', 'c', 'a'].map(says)).toEqual([true, false, true, false, true, true])
  })

  it('give an event that is sent again within seconds the same time, whatever the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), fc.nat(20), (minutes, seconds) => {
        const offset = (sent: number, received: number): number => clockOffsetMs(new Date(sent).toISOString(), new Date(received)) // prettier-ignore
        const senders = noon.getTime() - minutes * 60_000
        expect(offset(senders, noon.getTime())).toBe(offset(senders + seconds * 1000, noon.getTime() + seconds * 1000))
      }),
    )
  })
})
