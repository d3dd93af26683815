import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { header, identityTool, people, table } from './identity-tool.ts'
import { millrace, type Ended } from './millrace.ts'

const { path, write } = identityTool()
write('people.csv', table([header, ...people]))

const withRows = (
  change: (row: readonly string[], n: number) => readonly string[],
  names: readonly string[] = header,
) => table([names, ...people.map(change)])

describe.concurrent('millrace identity resolve on the command line', () => {
  const home = join(path, 'never-made')
  const run = (...args: string[]): Promise<Ended> => millrace({ home, from: path }, 'identity', 'resolve', ...args)

  it('prints its answer, says nothing else, and opens no data directory', async () => {
    const { code, stdout, stderr } = await run('people.csv', '--out', 'by-line.csv')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('90 records are 60 people: 60 joined surely, 0 to look at, 30 alone')
    expect(existsSync(join(path, 'by-line.csv'))).toBe(true)
    expect(existsSync(home)).toBe(false)
  })

  it('prints JSON alone for programs, and warns beside it', async () => {
    write('bare.csv', table([header.slice(1), ...people.map((row) => row.slice(1))]))
    const { code, stdout, stderr } = await run('bare.csv', '--out', 'bare-clusters.csv', '--json')
    const answer = JSON.parse(stdout) as Record<string, unknown>
    expect(code).toBe(0)
    expect(answer).toMatchObject({ records: 90, clusters: 60, bands: { merge: 60, review: 0, alone: 30 } })
    expect(answer['warnings']).toEqual(stderr.trimEnd().split('\n'))
  })

  it('explains a pair, whether it is named before the file or behind it', async () => {
    const [before, behind] = [await run('--explain', 'r0a', 'r0b', 'people.csv'), await run('people.csv', '--explain', 'r0a', 'r0b')] // prettier-ignore
    expect(behind).toEqual(before)
    expect(before).toMatchObject({ code: 0, stderr: '' })
    expect(before.stdout).toMatch(/ {2}family +alike 0\.92 +\+\d+\.\d\d +becker \| beckex\n/)
    const bits = [...before.stdout.matchAll(/ ([+−])(\d+\.\d\d)(?= |\n)/g)].map(([, sign, digits]) => (sign === '+' ? 1 : -1) * Number(digits)) // prettier-ignore
    expect(bits.at(-1)).toBeCloseTo(
      bits.slice(0, -1).reduce((sum, each) => sum + each, 0),
      0,
    )
    expect(before.stdout).toMatch(/in one cluster, band merge, probability 1\.0000\n$/)
  })

  it('explains a record that is called as a file is', async () => {
    write(
      'ids.csv',
      withRows((row) => [row[0] === 'r0b' ? 'people.csv' : row[0]!, ...row.slice(1)]),
    )
    const { code, stdout } = await run('ids.csv', '--explain', 'r0a', 'people.csv')
    expect(code).toBe(0)
    expect(stdout).toContain('becker | beckex')
  })

  it.each<[string, string[], RegExp]>([
    ['no place for the answer', ['people.csv'], /Say --out clusters\.csv/],
    ['no such file', ['lost.csv', '--out', 'x.csv'], /There is no file lost\.csv/],
    ['three files', ['people.csv', 'shop.csv', 'twice.csv', '--out', 'x.csv'], /"twice\.csv" is one file too many/],
    ['a folder', ['.', '--out', 'x.csv'], /is a folder: name a file in it/],
    ['an answer into nowhere', ['people.csv', '--out', 'nowhere/x.csv'], /There is no folder nowhere for --out/],
    ['an answer over what is read', ['people.csv', '--out', './people.csv'], /would overwrite the file that is read/],
    [
      'a model over what is read',
      ['people.csv', '--save-model', 'people.csv'],
      /would overwrite the file that is read/,
    ],
    ['a record there is not', ['people.csv', '--explain', 'r0a', 'r99z'], /There is no record "r99z"/],
    ['half a pair', ['people.csv', '--explain', 'r0a'], /Explain which two\? Say --explain A B/],
  ])('says how to ask, given %s', async (_, args, says) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(existsSync(home)).toBe(false)
  })
})
