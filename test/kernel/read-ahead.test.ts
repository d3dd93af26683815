import { describe, expect, it } from 'vitest'
import { readAhead } from '#kernel/read-ahead.ts'

/** Makes things when asked, and notes what was begun and used. */
function workshop() {
  const log: string[] = []
  async function* make(...things: string[]): AsyncGenerator<string> {
    for (const thing of things) {
      log.push(`begun ${thing}`)
      await Promise.resolve()
      if (thing === 'bad') throw new Error('this one failed')
      yield thing
    }
    log.push('all made')
  }
  const use = (thing: string): void => void log.push(`used ${thing}`)
  return { log, make, use }
}

describe('reading ahead', () => {
  it('begins the next while the one before is used, and no further one', async () => {
    const { log, make, use } = workshop()
    for await (const thing of readAhead(make('a', 'b', 'c'))) use(thing)
    expect(log).toEqual(['begun a', 'begun b', 'used a', 'begun c', 'used b', 'all made', 'used c'])
  })

  it('gives nothing of nothing', async () => {
    const { log, make, use } = workshop()
    for await (const thing of readAhead(make())) use(thing)
    expect(log).toEqual(['all made'])
  })

  it('lets what was begun end where its user stops, and begins no more', async () => {
    const { log, make, use } = workshop()
    for await (const thing of readAhead(make('a', 'b', 'c'))) {
      use(thing)
      break
    }
    expect(log).toEqual(['begun a', 'begun b', 'used a'])
  })

  it('tells of what failed when its turn has come, and not before', async () => {
    const { log, make, use } = workshop()
    const all = async () => {
      for await (const thing of readAhead(make('a', 'bad', 'c'))) use(thing)
    }
    await expect(all()).rejects.toThrow('this one failed')
    expect(log).toEqual(['begun a', 'begun bad', 'used a'])
  })
})
