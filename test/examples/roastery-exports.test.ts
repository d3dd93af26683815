import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { generateRoastery, writeRoastery } from '#examples/roastery/generate.ts'
import { goodEvents, textOf } from './read-exports.ts'

const exports = generateRoastery({ seed: 1 })
const { truth } = exports

describe('the sample exports', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    const again = generateRoastery({ seed: 1 })
    expect([...again.files.keys()]).toEqual([...exports.files.keys()])
    for (const [path, bytes] of exports.files)
      expect(Buffer.compare(bytes, again.files.get(path) ?? new Uint8Array()), path).toBe(0)
    const other = generateRoastery({ seed: 2 })
    expect(textOf(other, 'shopify/orders.csv')).not.toBe(textOf(exports, 'shopify/orders.csv'))
    expect(other.truth.economics.blendedCacMinor).toBeGreaterThan(2500)
    expect(other.truth.economics.blendedCacMinor).toBeLessThan(4500)
  })

  it('have at most 15,000 web events, all inside the year and some of them late', () => {
    const lines = textOf(exports, 'web/events.jsonl').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(15_000)
    const times = goodEvents(exports).map(({ timestamp }) => timestamp)
    expect((times[0] ?? '') >= '2025-08-31T22:00').toBe(true)
    expect((times.at(-1) ?? '') < '2026-08-31T22:00').toBe(true)
    const asWritten = lines.map((line) => /"timestamp":"([^"]+)"/.exec(line)?.[1] ?? '')
    expect(asWritten.some((time, index) => index > 0 && time < (asWritten[index - 1] ?? ''))).toBe(true)
  })

  it('hold every bad row where the truth says', () => {
    const marks: Record<string, RegExp> = {
      unknown_currency: /EURO|"zzz"|XXQ/,
      future_date: /2031|1924992000/,
      invalid_date: /31\/02\/2026|yesterday|2026-02-30/,
      broken_number: /O|twelve|4\.l0|"amount":null|"amount":"1e"/,
      invalid_utf8: /\uFFFD/,
      test_mode: /"livemode":false/,
      broken_json: /^\{(?!.*\}$)/,
    }
    expect(truth.badRows.length).toBeGreaterThan(25)
    for (const { file, row, reason } of truth.badRows) {
      // A Stripe list has one line before its first object.
      const line = textOf(exports, file).split('\n')[file.startsWith('stripe/') ? row : row - 1] ?? ''
      expect(line, `${file} ${row} ${reason}`).toMatch(marks[reason] ?? /^\{"(?:object|type)"|^,|,,|"anonymousId":""/)
    }
  })

  it('count rows, records, repeats and bad rows so that nothing is left over', () => {
    for (const { path, rows, records, repeated } of truth.files) {
      const bad = truth.badRows.filter(({ file }) => file === path).length
      if (!path.startsWith('shopify/')) expect(records + repeated + bad, path).toBe(rows)
      const lines = textOf(exports, path).trimEnd().split('\n').length
      const around = path === 'ads/google.csv' ? 5 : path.startsWith('stripe/') ? 2 : path.endsWith('.jsonl') ? 0 : 1
      expect(lines - around, path).toBe(rows)
    }
  })

  it('are written below the directory that is named', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'roastery-'))
    try {
      await writeRoastery(exports, directory)
      const written = await readFile(join(directory, 'truth.json'), 'utf8')
      expect(written).toBe(textOf(exports, 'truth.json'))
      expect(await readdir(join(directory, 'stripe'))).toHaveLength(7)
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  it('are generated, never committed: the folder holds programs, pages, golden briefs and labelled texts only', async () => {
    const found = await readdir(fileURLToPath(new URL('../../examples/', import.meta.url)), {
      recursive: true,
      withFileTypes: true,
    })
    const files = found.filter((entry) => entry.isFile()).map(({ name }) => name)
    expect(files.length).toBeGreaterThan(30)
    expect(files.filter((name) => !/\.(?:ts|md)$|^(?:golden-briefs|labelled-texts)\.json$/.test(name))).toEqual([])
  })
})
