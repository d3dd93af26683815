import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { heldDatabase, millrace, millraceJson, testHome } from './millrace.ts'

const from = mkdtempSync(join(tmpdir(), 'millrace-brand-'))
afterAll(() => rmSync(from, { recursive: true, force: true }))

describe('the brand on the command line', () => {
  const home = testHome()
  heldDatabase(home)
  const here = {
    home,
    from,
    env: { BRAND_VOICE: 'plain', BUSINESS_ZONE: 'Europe/Amsterdam', REPLY_TO: 'hello@shop.example' },
  }
  const run = (...args: string[]) => millrace(here, 'brand', ...args)
  type Shown = { voice: string; countries: string[]; emails: string[] }
  const shown = () => millraceJson<Shown>(here, 'brand', 'show')

  it('goes out as a file, comes back changed, and goes back', async () => {
    const first = await shown()
    expect(first).toMatchObject({ voice: 'plain', countries: ['NL'], emails: ['hello@shop.example'] })
    writeFileSync(join(from, 'brand.json'), JSON.stringify({ ...first, voice: 'short and dry' }))
    expect(await run('set', 'brand.json')).toMatchObject({ code: 2 })
    expect((await run('set', 'brand.json', '--reason', 'a test')).stdout).toContain('is the brand: how it sounds')
    const moves = await millraceJson<{ hash: string; reason: string }[]>(here, 'brand', 'history')
    expect(moves.map(({ reason }) => reason)).toEqual(['a test', 'the house starts with its settings'])
    expect(await run('rollback', moves[1]?.hash ?? '')).toMatchObject({ code: 0 })
    expect(await shown()).toEqual(first)
  })

  it('refuses what is none, and says so; where there are no texts, nothing is learnt', async () => {
    writeFileSync(join(from, 'wrong.json'), JSON.stringify({ voice: 'plain', countries: ['Mars'] }))
    const refused = await run('set', 'wrong.json', '--reason', 'a test')
    expect(refused).toMatchObject({ code: 4, stdout: '' })
    expect(refused.stderr).toContain('countries')
    expect(await millraceJson(here, 'brand', 'learn', '--accept')).toEqual({
      texts: 0,
      passedOver: 0,
      proposals: [],
      taken: [],
    })
  })
})
