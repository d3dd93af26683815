import { describe, expect, it } from 'vitest'
import { evaluateClusters } from '#app/verbs/identity-evaluate.ts'
import type { Call } from '#app/verb.ts'
import { readConfig } from '#kernel/config.ts'
import { testFolder } from '#test/ingest/ingest-support.ts'
import { hasRealData, realData } from '#test/support/real-data.ts'

const folder = testFolder()

/** Runs the verb as the command line does, and gives what it printed. */
async function evaluate(clusters: string, truth: string): Promise<{ words: string[]; json: Record<string, unknown> }> {
  const words: string[] = []
  let json: unknown
  const call = (asJson: boolean): Call => ({
    config: readConfig({}, folder.path),
    from: folder.path,
    positionals: ['evaluate', clusters],
    json: asJson,
    text: (option) => (option === 'truth' ? truth : undefined),
    flag: () => false,
    print: (line) => void words.push(line),
    printJson: (value) => void (json = value),
    say: () => {},
  })
  await evaluateClusters(call(false))
  await evaluateClusters(call(true))
  return { words, json: json as Record<string, unknown> }
}

const clusters = (name: string, rows: readonly string[]): string => {
  folder.write(name, ['record_id,cluster_id,probability_band', ...rows, ''].join('\n'))
  return name
}

describe('millrace identity evaluate', () => {
  const found = clusters('clusters.csv', ['rec-1-org,1,merge', 'rec-1-dup-0,1,merge', 'rec-2-org,2,alone', 'rec-2-dup-0,3,alone', 'rec-9-org,4,alone']) // prettier-ignore
  folder.write(
    'people.csv',
    'rec_id, name\nrec-1-org, ann\nrec-1-dup-0, an\nrec-2-org, bob\nrec-2-dup-0, \nrec-3-org, eve\nodd, joe\n',
  )

  it('reads an entity out of the ids by a pattern, with blanks after commas and colons in the pattern', async () => {
    const { json, words } = await evaluate(found, 'people.csv:rec_id:^rec-(\\d+)-(?:org|dup)')
    expect(json).toMatchObject({ records: 5, entities: 3, idColumn: 'rec_id' })
    expect(json['pairwise']).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3 })
    expect(words.slice(0, 2)).toEqual(['5 records, 3 entities, 4 clusters', 'pairwise  precision 1.0000  recall 0.5000  F1 0.6667']) // prettier-ignore
  })

  it('reports what either side does not know, and drops nothing in silence', async () => {
    const { json, words } = await evaluate(found, 'people.csv:rec_id:^rec-(\\d+)-(?:org|dup)')
    expect(json).toMatchObject({ unclustered: 1, unjudged: 1, unlabelled: 1 })
    expect(words.slice(4)).toEqual([
      '1 records of the truth are in no cluster: measured as if each were alone',
      '1 clustered records have no truth: left out',
      '1 records of the truth have no label, or none that matches: left out',
    ])
  })

  it('finds the id column of the truth, even where the labels are numbers that look like ids', async () => {
    folder.write('truth.csv', 'label,number\n1,1\n1,2\n2,3\n2,4\n')
    const { json } = await evaluate(clusters('numbers.csv', ['1,a,merge', '2,a,merge', '3,b,merge', '4,b,merge']), 'truth.csv:label') // prettier-ignore
    expect(json).toMatchObject({ idColumn: 'number', pairwise: { f1: 1 } })
  })

  it('lets ids of two linked files meet a truth that does not name the file', async () => {
    folder.write('left.csv', 'id,who\n1,a\n2,b\n')
    const both = clusters('both.csv', ['left:1,7,merge', 'left:2,8,merge', 'right:1,9,alone'])
    const { json } = await evaluate(both, 'left.csv:who')
    expect(json).toMatchObject({ records: 2, unjudged: 1, pairwise: { f1: 1 } })
  })

  it('finds the file where its path holds colons', async () => {
    folder.write('of:2026:people.csv', 'id,who:what\nrec-1-org,a\nrec-1-dup-0,a\n')
    const { json } = await evaluate(found, 'of:2026:people.csv:who:what')
    expect(json).toMatchObject({ records: 2, pairwise: { f1: 1 } })
  })

  it('says what to mend when the file, the column or the pattern is wrong, or nothing meets', async () => {
    folder.write('other.csv', 'id,who\nx,1\n')
    await expect(evaluate(found, 'nowhere.csv:who')).rejects.toThrow('no file was found where "nowhere.csv:who" begins')
    await expect(evaluate(found, 'people.csv:who')).rejects.toThrow('people.csv has no column "who". Its columns are: rec_id, name') // prettier-ignore
    await expect(evaluate(found, 'people.csv:rec_id:(')).rejects.toThrow('"(" after the column is no regular expression') // prettier-ignore
    await expect(evaluate(found, 'other.csv:who')).rejects.toThrow('No column of other.csv names a record')
    await expect(evaluate('people.csv', 'people.csv:rec_id')).rejects.toThrow('people.csv has no column "record_id"')
  })

  it.skipIf(!hasRealData('identity/fake_1000.csv'))('knows the 2,031 pairs of a public data set', async () => {
    const path = realData('identity/fake_1000.csv')
    const alone = Array.from({ length: 1000 }, (_, index) => `${index},${index},alone`)
    const { json } = await evaluate(clusters('alone.csv', alone), `${path}:cluster`)
    expect(json).toMatchObject({ records: 1000, entities: 251, pairs: { claimed: 0, real: 2031, found: 0 } })
  })
})
