import { describe, expect, it } from 'vitest'
import { oneAhead } from '#kernel/one-ahead.ts'

/** Makes things when told, and notes what was begun and used. */
function workshop() {
  const log: string[] = []
  return {
    log,
    make: async (thing: string): Promise<string> => {
      log.push(`begun ${thing}`)
      await Promise.resolve()
      if (thing === 'bad') throw new Error('this one failed')
      return thing
    },
    use: (thing: string): void => void log.push(`used ${thing}`),
  }
}

describe('one ahead', () => {
  it('begins the next while the one before is used, and no further one', async () => {
    const { log, make, use } = workshop()
    for await (const thing of oneAhead(['a', 'b', 'c'], make)) use(thing)
    expect(log).toEqual(['begun a', 'begun b', 'used a', 'begun c', 'used b', 'used c'])
  })

  it('gives nothing of nothing', async () => {
    const { log, make, use } = workshop()
    for await (const thing of oneAhead([], make)) use(thing)
    expect(log).toEqual([])
  })

  it('lets what was begun end where its user stops, and begins no more', async () => {
    const { log, make, use } = workshop()
    for await (const thing of oneAhead(['a', 'b', 'c'], make)) {
      use(thing)
      break
    }
    expect(log).toEqual(['begun a', 'begun b', 'used a'])
  })

  it('tells of what failed when its turn has come, and not before', async () => {
    const { log, make, use } = workshop()
    const all = async () => {
      for await (const thing of oneAhead(['a', 'bad', 'c'], make)) use(thing)
    }
    await expect(all()).rejects.toThrow('this one failed')
    expect(log).toEqual(['begun a', 'begun bad', 'used a'])
  })
})
