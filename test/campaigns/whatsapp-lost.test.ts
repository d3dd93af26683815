import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { aCampaign, addReaders, phones } from './whatsapp-world.ts'
import { ledger } from './world.ts'
import { db, clock, meta, owner, deps, work, told, stateOf, minuteMs, hourMs } from './whatsapp-house.ts'

describe('an answer that is lost', () => {
  it('is unknown, never sent again, and settled by the status that brings our id back', async () => {
    const [taken, dropped, read] = await addReaders(deps(), phones(3))
    await aCampaign(deps(), meta, { owner, readers: [taken!, dropped!, read!] })
    meta.behave((to) => (to === dropped!.number ? 'drop' : to === taken!.number ? 'take-and-drop' : 'take-and-cut'))
    expect(await work()).toMatchObject({ unknown: 3 })
    clock.advance(3 * hourMs)
    await work()
    expect(meta.taken).toHaveLength(2)
    for (const one of meta.taken) await told(one, one.to === read!.number ? 'read' : 'sent')
    expect([await stateOf(taken!), await stateOf(read!), await stateOf(dropped!)]).toEqual(['sent', 'delivered', 'unknown']) // prettier-ignore
    await work()
    const heard = await db.query<{ id: string }>(sql`select identifier_id as id from ingest.events where source = 'millrace' and kind = 'message_sent'`) // prettier-ignore
    expect(heard.map(({ id }) => id).toSorted()).toEqual([taken!.identifierId, read!.identifierId].toSorted())
  })

  it('told late as failed goes back to the plan, and words of the earlier try do not touch the next', async () => {
    const [reader] = await addReaders(deps(), phones(1))
    await aCampaign(deps(), meta, { owner, readers: [reader!] })
    await work()
    await told(meta.taken[0]!, 'failed', { code: 131_049 })
    await told(meta.taken[0]!, 'failed', { code: 131_049 })
    expect(await stateOf(reader!)).toBe('planned')
    clock.advance(26 * hourMs)
    expect(await work()).toMatchObject({ sent: 1 })
    await told(meta.taken[0]!, 'failed', { code: 131_049 })
    await told(meta.taken[0]!, 'sent')
    expect(await stateOf(reader!)).toBe('sent')
    await told(meta.taken[1]!, 'delivered')
    expect(await stateOf(reader!)).toBe('delivered')
  })

  it('whatever goes wrong: nobody gets it twice, and nobody is lost', async () => {
    const manners = ['take', 'take-and-drop', 'take-and-cut', 'drop', { code: 131_016, status: 503 }, { code: 130_429, status: 429 }, { code: 131_056 }, { code: 1, status: 500 }, { page: 502 }] as const // prettier-ignore
    await aCampaign(deps(), meta, { owner, readers: await addReaders(deps(), phones(1, 9_000)) })
    // How many people may be begun with is no matter here.
    await db.query(sql`update campaigns.whatsapp_numbers set graduated = 'a test'`)
    meta.about.whatsapp_business_manager_messaging_limit = 'UNLIMITED'
    let batch = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(manners.length - 1), fc.boolean()), { minLength: 6, maxLength: 12 }),
        async (plan) => {
          batch += 1
          const readers = await addReaders(deps(), phones(plan.length, batch * 10))
          const before = meta.taken.length
          const tries = new Map<string, number>()
          meta.behave((to) => {
            const which = readers.findIndex(({ number }) => number === to)
            tries.set(to, (tries.get(to) ?? 0) + 1)
            return tries.get(to) === 1 ? manners[plan[which]?.[0] ?? 0]! : 'take'
          })
          await aCampaign(deps(), meta, { owner, readers, name: `c${batch}` })
          for (let round = 0; round < 5; round += 1) {
            await work()
            clock.advance(30 * minuteMs)
          }
          // The next morning: at night nothing leaves.
          clock.advance(24 * hourMs - 5 * 30 * minuteMs)
          // Webhooks twice, and the later before the earlier.
          for (const one of meta.taken.slice(before)) {
            const which = readers.findIndex(({ number }) => number === one.to)
            if (!plan[which]?.[1]) continue
            for (const status of ['delivered', 'sent', 'delivered']) await told(one, status)
          }
          const rows = await ledger(db)
          for (const [at, reader] of readers.entries()) {
            const copies = meta.copies().get(reader.number) ?? 0
            const state = rows.get(reader.number)?.state
            expect(copies, `${reader.number} ${state}`).toBeLessThanOrEqual(1)
            const isTold = plan[at]![1] && copies === 1
            expect(['sent', 'delivered', 'unknown']).toContain(state)
            if (copies === 0) expect(state).toBe('unknown')
            if (isTold) expect(state).toBe('delivered')
          }
        },
      ),
      { numRuns: 5, seed: 7 },
    )
  }, 120_000)
})
