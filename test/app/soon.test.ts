import { describe, expect, it } from 'vitest'
import { soon } from '../../app/soon.ts'

/** A pause that ends when the test says so, or at the signal. */
function heldPause() {
  const waiting: (() => void)[] = []
  const pause = (_ms: number, signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    signal.addEventListener('abort', () => resolve())
    return promise
  }
  return { pause, pass: () => waiting.shift()?.(), pauses: () => waiting.length }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

describe('work that is wanted soon', () => {
  it('is done once, however often it was wanted meanwhile, and not before the pause is over', async () => {
    const held = heldPause()
    let done = 0
    const work = soon(3000, () => Promise.resolve(void (done += 1)), held.pause)
    for (let wish = 0; wish < 100; wish += 1) work.want()
    await settled()
    expect({ done, pauses: held.pauses() }).toEqual({ done: 0, pauses: 1 })
    held.pass()
    await settled()
    expect({ done, pauses: held.pauses() }).toEqual({ done: 1, pauses: 0 })
    await work.stop()
  })

  it('is done once more when it is wanted while it is under way, and never twice at a time', async () => {
    const held = heldPause()
    const begun: PromiseWithResolvers<void>[] = []
    const work = soon(3000, () => {
      const one = Promise.withResolvers<void>()
      begun.push(one)
      return one.promise
    }, held.pause) // prettier-ignore
    work.want()
    held.pass()
    await settled()
    work.want()
    await settled()
    expect({ begun: begun.length, pauses: held.pauses() }).toEqual({ begun: 1, pauses: 0 })
    begun[0]!.resolve()
    await settled()
    held.pass()
    await settled()
    expect(begun).toHaveLength(2)
    const stopped = work.stop()
    begun[1]!.resolve()
    await stopped
  })

  it('is not begun any more once it was stopped', async () => {
    const held = heldPause()
    let done = 0
    const work = soon(3000, () => Promise.resolve(void (done += 1)), held.pause)
    work.want()
    await work.stop()
    work.want()
    await settled()
    expect(done).toBe(0)
  })
})
