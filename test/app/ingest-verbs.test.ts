import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { MappingGuess } from '#ingest/mapping-guess.ts'
import { heldDatabase, millrace, millraceJson, testHome } from './millrace.ts'

const from = mkdtempSync(join(tmpdir(), 'millrace-ingest-'))
afterAll(() => rmSync(from, { recursive: true, force: true }))
const write = (name: string, text: string): void => writeFileSync(join(from, name), text)

const orders = 'Order;Customer ID;Datum;Bedrag\n1;c1;01-03-2026;12,50\n2;c2;02-03-2026;7,25\n'

// In order, as somebody reads a new file in: look, try, read, read again by name.
describe('reading a file of orders in', () => {
  const home = testHome()
  heldDatabase(home)
  const here = { home, from }
  const run = (...args: string[]) => millrace(here, 'ingest', ...args)

  it('begins with what its columns seem to be; nothing is read by a guess that nobody confirmed', async () => {
    write('orders.csv', orders)
    const said = await run('orders', 'orders.csv')
    expect(said).toMatchObject({ code: 2, stderr: '' })
    expect(said.stdout).toContain('Nothing was read in')
    expect(said.stdout).toMatch(/date +\d+ % +"Datum", written d+-M+-yyyy/)
    expect(said.stdout).toMatch(/--map 'id=Order,customer="?Customer ID"?,date=Datum:.*;delimiter=semicolon'/)
    expect(await millraceJson<unknown>(here, 'ingest', 'status')).toMatchObject({ sources: [] })
  })

  it('can be tried: what would happen, and nothing happens', async () => {
    const { stdout } = await run('orders', 'orders.csv', '--json')
    const { mapping } = JSON.parse(stdout) as MappingGuess
    const tried = await run('orders', 'orders.csv', '--map', mapping, '--dry-run')
    expect(tried).toMatchObject({ code: 0, stderr: '' })
    expect(tried.stdout).toMatch(/Nothing was written.*\norders: 2 received = 2 accepted/)
    expect(tried.stdout).toContain('"grossMinor":1250')
    expect(await millraceJson<unknown>(here, 'ingest', 'status')).toMatchObject({ sources: [] })
  })

  it('keeps its mapping under a name, by which the next file is read', async () => {
    const read = await run('orders', 'orders.csv', '--yes', '--save', 'till')
    expect(read).toMatchObject({ code: 0 })
    expect(read.stderr).toContain("Read by --map '")
    expect(read.stdout).toContain('orders: 2 received = 2 accepted + 0 unchanged + 0 quarantined')
    write('next.csv', `${orders}3;c3;tomorrow;1,00\n`)
    const next = await run('orders', 'next.csv', '--map', 'till')
    expect(next).toMatchObject({ code: 3 })
    expect(next.stdout).toContain('3 received = 0 accepted + 2 unchanged + 1 quarantined')
    const unknown = await run('orders', 'next.csv', '--map', 'shop')
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toContain('There is no mapping of orders named "shop". Saved are till')
  })

  it('tells how its source stands', async () => {
    const status = await millraceJson<unknown>(here, 'ingest', 'status')
    expect(status).toMatchObject({
      sources: [{ source: 'orders', waiting: 1, runs: [{ state: 'done', received: 3 }] }],
    })
    const { stdout } = await run('status')
    expect(stdout).toContain('3 received = 0 accepted + 2 unchanged + 1 quarantined')
    expect(stdout).toContain('1 rows wait in quarantine')
  })

  it('replays without being told the mapping again', async () => {
    const { code, stdout } = await run('replay', 'orders')
    expect({ code, stdout }).toMatchObject({ code: 3 })
    expect(stdout).toContain('1 received = 0 accepted + 0 unchanged + 1 quarantined')
  })

  it('lists saved mappings and goes back to an earlier version', async () => {
    const [first] = await millraceJson<{ name: string; hash: string }[]>(here, 'ingest', 'mappings')
    expect(first?.name).toBe('till')
    await run(
      'orders',
      'orders.csv',
      '--map',
      'customer=2,date=3:dd-MM-yyyy,amount=4;delimiter=semicolon',
      '--save',
      'till',
    )
    const moved = await millraceJson<{ hash: string; history: unknown[] }>(here, 'ingest', 'mappings', 'till')
    expect(moved.history).toHaveLength(2)
    expect(moved.hash).not.toBe(first?.hash)
    const back = await millraceJson<{ hash: string }>(
      here,
      'ingest',
      'mappings',
      'till',
      first?.hash.slice(0, 12) ?? '',
    )
    expect(back.hash).toBe(first?.hash)
  })

  it.each<[string, string[], RegExp]>([
    ['a vendor that is not connected', ['pull', 'salesforce'], /connected/],
    ['one word too many', ['status', 'of', 'everything'], /one word too many/],
    ['a mapping for what has none', ['web', 'orders.csv', '--save', 'x'], /web has no mapping to save/],
    ['a mapping there is not', ['mappings', 'shop'], /no mapping named "shop"/],
  ])('says how to ask, given %s', async (_, args, says) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
  })
})
