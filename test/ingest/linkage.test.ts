import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { makers, type DataSet } from '../../bench/identity/generate.ts'
import { averageLink, componentsOf } from '#ingest/linkage/cluster.ts'
import { contradiction } from '#ingest/linkage/doubts.ts'
import { evaluateClustering } from '#ingest/linkage/evaluate.ts'
import { field } from '#ingest/linkage/fields.ts'
import { specs } from '#ingest/linkage/kinds.ts'
import { readLabels, truthPlace } from '#ingest/linkage/labels.ts'
import { linkFiles, type FilesLinked } from '#ingest/linkage/link-files.ts'
import { hasRealData, realData } from '../support/real-data.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-linkage-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const timeout = 120_000

async function link(path: string, out = join(folder, 'clusters.csv')): Promise<FilesLinked> {
  return linkFiles({ files: [{ name: 'file', path }], map: null, model: null, out, explain: null })
}

async function scoreOf(path: string, truth: string) {
  const out = join(folder, 'clusters.csv')
  const linked = await link(path, out)
  const labels = await readLabels(
    out,
    truthPlace(truth, (name) => name),
  )
  return { linked, ...evaluateClustering(labels.clusters, labels.truth) }
}

const made = (name: string, records?: number, seed = 'linkage-test'): DataSet =>
  makers[name]!.make(folder, { records, seed })

describe('linking real files without labels', () => {
  it.skipIf(!hasRealData('identity/fake_1000.csv'))('reaches pair F1 of 0.92 on fake_1000', { timeout }, async () => {
    const path = realData('identity/fake_1000.csv')
    const { pairwise, linked } = await scoreOf(path, `${path}:cluster`)
    expect(pairwise.f1).toBeGreaterThanOrEqual(0.92)
    expect(linked.choice.fields.map((one) => one.name)).not.toContain('cluster')
  })

  describe.each(['febrl1', 'febrl2'])('on %s', (name) => {
    const path = realData(`identity/${name}.csv`)
    it.skipIf(!hasRealData(`identity/${name}.csv`))('reaches pair F1 of 0.998', { timeout }, async () => {
      const { pairwise } = await scoreOf(path, `${path}:rec_id:^rec-(\\d+)`)
      expect(pairwise.f1).toBeGreaterThanOrEqual(0.998)
    })
  })
})

describe('linking generated people', () => {
  it('joins hardly any relatives, where they share surname, home and telephone', { timeout }, async () => {
    const set = made('households', 8000)
    const { pairwise } = await scoreOf(set.data, set.truth)
    expect(pairwise.precision).toBeGreaterThan(0.96)
    expect(pairwise.recall).toBeGreaterThan(0.93)
  })

  it.each(['1', '2', '3'])('joins no two different people surely: twins, families, offices, namesakes (seed %s)', { timeout }, async (seed) => {
    const set = made('traps', undefined, seed)
    const out = join(folder, 'traps-clusters.csv')
    await link(set.data, out)
    const { wrong, right } = await sureJoins(out, set.truth)
    expect(wrong).toEqual([])
    expect(right).toBeGreaterThan(500)
  }) // prettier-ignore

  it('makes nobody of ten thousand records with one phone', { timeout }, async () => {
    const set = made('bad-one-phone', 30_000)
    const linked = await link(set.data)
    expect(Math.max(...sizesOf(linked.linked.groups))).toBeLessThan(10)
    expect(linked.linked.blocking.passedOver.join()).toContain('phone')
  })

  it('leaves equal records by the hundred thousand alone, and says so', { timeout }, async () => {
    const linked = await link(made('bad-identical', 100_000).data)
    expect(linked.clusters).toBe(100_000)
    expect(linked.choice.warnings.join()).toContain('equal in every column')
  })

  it('gives the same clusters to the byte, whatever the threads', { timeout }, async () => {
    const set = made('corrupted', 3000)
    const [one, other] = [await link(set.data), await link(set.data)]
    expect([...one.linked.groups]).toEqual([...other.linked.groups])
    expect(JSON.stringify(one.linked.model)).toBe(JSON.stringify(other.linked.model))
  })
})

async function sureJoins(clusters: string, truth: string): Promise<{ wrong: string[][]; right: number }> {
  const labels = await readLabels(clusters, truthPlace(truth, (name) => name))
  const sure = new Set(readFileSync(clusters, 'utf8').split('\n').filter((line) => line.endsWith(',merge')).map((line) => line.split(',')[0]!))
  const person = new Map(labels.truth)
  const groups = Map.groupBy(labels.clusters.filter(([record]) => sure.has(record)), ([, cluster]) => cluster)
  const people = [...groups.values()].map((group) => [...new Set(group.map(([record]) => person.get(record)!))])
  return { wrong: people.filter((one) => one.length > 1), right: people.filter((one) => one.length === 1).length }
} // prettier-ignore

const sizesOf = (groups: Int32Array): number[] =>
  [...Map.groupBy(groups, (group) => group).values()].map((of) => of.length)

describe('grouping by average link', () => {
  const matrix = fc.integer({ min: 1, max: 9 }).chain((size) =>
    fc.array(fc.integer({ min: -15, max: 15 }), { minLength: size * size, maxLength: size * size }).map((values) => {
      const weights = new Float64Array(size * size)
      for (let i = 0; i < size; i += 1) for (let j = 0; j < i; j += 1) weights[i * size + j] = weights[j * size + i] = values[i * size + j]!
      return { size, weights }
    }),
  ) // prettier-ignore
  const linking = { cut: -2, single: 2, lowest: -10, highest: 10 }

  it('names each group by its smallest member, and joins no two single records below what it asks of them', () => {
    fc.assert(
      fc.property(matrix, ({ size, weights }) => {
        const groups = averageLink(size, weights, linking)
        for (const [member, group] of groups.entries()) {
          expect(groups[group]).toBe(group)
          expect(group).toBeLessThanOrEqual(member)
        }
        if (size === 2) expect(groups[1] === 0).toBe(weights[1]! >= 0)
      }),
    )
  })

  it('keeps apart what agrees with nobody', () => {
    expect([...averageLink(3, Float64Array.of(0, 9, -9, 9, 0, -9, -9, -9, 0), linking)]).toEqual([0, 0, 2])
  })

  it('joins components whatever the order of the edges', () => {
    const edges = fc.array(fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 11 })), { maxLength: 15 })
    fc.assert(
      fc.property(edges, (list) => {
        const of = (pairs: typeof list) => componentsOf(12, { a: Int32Array.from(pairs, ([a]) => a), b: Int32Array.from(pairs, ([, b]) => b) }, () => true)
        expect([...of(list)]).toEqual([...of(list.toReversed())])
      }),
    ) // prettier-ignore
  })
})

describe('what speaks against a merge, whatever the weight', () => {
  const fields = ['given', 'family', 'dob', 'email'].map((name) => field(name, [name]))
  const levels = (told: Record<string, string>) => (at: number) => {
    const { name, kind } = fields[at]!
    const level = told[name]
    return level === undefined ? null : specs[kind].levels.findIndex((one) => one.name === level)
  }

  it.each([
    ['relatives', { given: 'different', family: 'exact', dob: 'exact' }, 'other-given-name'],
    ['father and son', { given: 'exact', family: 'exact', dob: 'different' }, 'other-birthday'],
    ['twins', { given: 'nickname', family: 'exact', dob: 'exact', email: 'different' }, 'name-alike-only'],
    ['colleagues of one name', { given: 'exact', family: 'different', email: 'exact' }, 'other-family-name'],
    ['one person, married', { given: 'exact', family: 'different', dob: 'exact', email: 'exact' }, null],
    ['one person, misspelt', { given: 'alike 0.92', family: 'exact', dob: 'one slip', email: 'exact' }, null],
  ])('knows %s', (_, told, doubt) => {
    expect(contradiction(fields, levels(told as Record<string, string>))).toBe(doubt)
  })
})
