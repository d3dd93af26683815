import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { recover } from '#campaigns/delivery/recover.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import { addPeople, enrol, ledger, memoryChannel, readers, releaseBody, workerOver } from './world.ts'

describe('a channel that takes its time', () => {
  it('has whoever it did not come to take their turn anew, at once and without a try spent', async () => {
    await enrol(deps, await releaseBody(deps, owner), await addPeople(db, clock, readers(120)))
    const memory = memoryChannel()
    memory.answers(({ to }) => (memory.given.filter((one) => one.to === to).length < 3 ? { kind: 'later', why: 'the time was up' } : { kind: 'sent', providerId: null })) // prettier-ignore
    const worker = workerOver(db, memory.channel, clock)
    for (let round = 0; round < 2; round++) expect(await tick(worker)).toMatchObject({ retried: 120, returned: 0 })
    expect(await tick(worker)).toMatchObject({ sent: 120 })
    expect([...(await ledger(db)).values()].every(({ attempts }) => attempts === 1)).toBe(true)
  })

  it('takes no claim from a worker that lives, though each group takes all its time and waits for another’s', async () => {
    await enrol(deps, await releaseBody(deps, owner), await addPeople(db, clock, readers(100)))
    const memory = memoryChannel()
    const inTurn = pLimit(1)
    const returned: number[] = []
    const takesLong = async (): Promise<void> => {
      clock.advance(105_000)
      returned.push((await recover(worker)).returned)
    }
    const others: Promise<void>[] = []
    /** Another claim's group, which has its turn before the next of this one: time goes on when all that is to be done at once is. */
    const other = async (): Promise<void> => {
      await expect.poll(lease, { timeout: 5_000 }).toBeGreaterThan(105_000)
      await takesLong()
    }
    const channel = {
      ...memory.channel,
      send: async (...given: Parameters<typeof memory.channel.send>) => {
        others.push(inTurn(other))
        await takesLong()
        return memory.channel.send(...given)
      },
    }
    const worker = workerOver(db, channel, clock, { inTurn, claimSize: 100 })
    expect(await tick(worker)).toMatchObject({ sent: 100, returned: 0 })
    await Promise.all(others)
    expect(returned).toEqual([0, 0, 0, 0])
  })
})

/** How long the claim is its worker's yet, in milliseconds; for ever once it is closed. */
async function lease(): Promise<number> {
  const [claim] = await db.query<{ until: Date | null }>(sql`select expires_at as until from campaigns.claims`)
  return claim?.until ? claim.until.getTime() - clock().getTime() : Infinity
}
