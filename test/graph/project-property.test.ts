import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { checkGraph } from '#graph/check.ts'
import type { Census, Change, GraphStore } from '#graph/port.ts'
import { project } from '#graph/project.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'
import { modelStore } from './model-store.ts'
import { forgotten, happening, said, type Happening } from './project-happenings.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-04-01T00:00:00Z'))

beforeEach(() => rows.aRecord(db))

const projected = async (store: GraphStore, input: { rebuild?: boolean } = {}): Promise<void> => {
  expect(await project({ db, clock, store }, input)).toMatchObject({ kind: 'projected' })
}
const census = async (store: GraphStore): Promise<Census> => store.census((await store.live())!.number)
const words = (happenings: readonly (Happening | null)[]): string =>
  happenings.map((one) => one?.words ?? 'projected').join('\n')

/** Breaks off after so many batches, once. */
function breakingOff(store: GraphStore, after: number): GraphStore {
  let left = after
  return {
    ...store,
    apply: async (generation, batch) => {
      left -= 1
      if (left === -1) throw new Error('the store went away')
      await store.apply(generation, batch)
    },
  }
}

/** Happenings, and a projection (null) here and there. */
const steps = fc.array(fc.oneof({ weight: 6, arbitrary: happening }, { weight: 1, arbitrary: fc.constant(null) }), {
  minLength: 10,
  maxLength: 40,
})

describe('a projection, whatever happens', () => {
  it.each([
    { into: 'the plain model', opened: modelStore, numRuns: 12 },
    { into: 'PostgreSQL', opened: () => postgresGraph(db), numRuns: 4 },
  ])(
    'gives in $into step by step, broken off and taken up again, what a rebuild gives and a check finds right',
    async ({ opened, numRuns }) => {
      await fc.assert(
        fc.asyncProperty(steps, fc.nat({ max: 12 }), async (happenings, broken) => {
          await forgotten(db)
          const store = opened()
          await projected(store, { rebuild: true })
          for (const one of happenings) await (one === null ? projected(store) : one.happen(db))
          await project({ db, clock, store: breakingOff(store, broken) }).catch(() => null)
          await projected(store)
          const stepwise = await census(store)
          expect(await checkGraph({ db, clock, store }), words(happenings)).toMatchObject({ differences: 0 })
          await projected(store, { rebuild: true })
          expect(stepwise, words(happenings)).toEqual(await census(store))
        }),
        { numRuns },
      )
    },
    240_000,
  )

  it('gives the same graph in whatever order rows are said, and however often', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(said, { minLength: 10, maxLength: 50 }),
        fc.infiniteStream(fc.nat()),
        async (happenings, order) => {
          await forgotten(db)
          for (const one of happenings) await one.happen(db)
          const [store, shuffled] = [modelStore(), modelStore()]
          const puts: Change[] = []
          await projected({
            ...store,
            apply: async (generation, batch) => {
              puts.push(...batch.put)
              await store.apply(generation, batch)
            },
          })
          const generation = await shuffled.begin('shuffled')
          const feed = [...puts, ...puts].map((put) => ({ put, at: order.next().value as number }))
          for (const { put } of feed.toSorted((a, b) => a.at - b.at))
            await shuffled.apply(generation, { put: [put], gone: [] })
          expect(await shuffled.census(generation), words(happenings)).toEqual(await census(store))
        },
      ),
      { numRuns: 10 },
    )
  }, 120_000)

  it('follows what is undone: after everything was deleted nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 10, maxLength: 40 }), async (happenings) => {
        await forgotten(db)
        const store = modelStore()
        for (const one of happenings) await one.happen(db)
        await projected(store)
        for (const what of rows.deletable.toReversed()) for (const nth of [1, 2, 3]) await rows.deleted(db, what, nth)
        await projected(store)
        const { nodes } = await census(store)
        const remaining = Object.keys(nodes).filter((kind) => nodes[kind] !== 0)
        expect(['product', 'segment'], words(happenings)).toEqual(expect.arrayContaining(remaining))
      }),
      { numRuns: 8 },
    )
  }, 120_000)
})
