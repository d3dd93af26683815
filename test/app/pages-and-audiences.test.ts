import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sha256 } from '#kernel/crypto.ts'
import { heldDatabase, millrace, millraceJson, testHome } from './millrace.ts'

const from = mkdtempSync(join(tmpdir(), 'millrace-audiences-'))
afterAll(() => rmSync(from, { recursive: true, force: true }))

describe('audiences on the command line', () => {
  const home = testHome()
  heldDatabase(home)
  const here = { home, from }

  it('holds of an imported file those whose column says that they agreed to ads', async () => {
    writeFileSync(join(from, 'people.csv'), 'id,mail,ads,news\n1,Anna.B@gmail.com,yes,yes\n2,bob@example.com,no,yes\n3,cas@example.com,,yes\n') // prettier-ignore
    const map = 'id=id,email=mail,consent-ads=ads,consent-email=news'
    const taken = await millrace(here, 'ingest', 'people', 'people.csv', '--map', map)
    expect([taken.code, taken.stderr.slice(0, 300)]).toEqual([0, expect.anything()])
    for (const verb of ['identity', 'graph']) expect([verb, (await millrace(here, verb)).code]).toEqual([verb, 0])
    const out = ['--segment', 'Everyone who asked for e-mail', '--for', 'google', '--out', 'google.csv']
    expect((await millrace(here, 'audiences', 'export', ...out)).stdout).toContain('1 person, left out')
    expect(readFileSync(join(from, 'google.csv'), 'utf8')).toBe(`Email,Phone\n${sha256('annab@gmail.com')},\n`)
    expect(statSync(join(from, 'google.csv')).mode & 0o777).toBe(0o600)
    expect(await millraceJson(here, 'audiences')).toMatchObject([{ people: 1, version: 1, platform: 'google' }])
  })

  it('says what is missing before anything is opened, and refuses what may not leave', async () => {
    expect(await millrace(here, 'audiences', 'export', '--segment', 'Subscribers', '--for', 'tiktok', '--out', 'x')).toMatchObject({ code: 2, stdout: '' }) // prettier-ignore
    expect(await millrace(here, 'audiences', 'export', '--segment', 'Nobody', '--for', 'meta', '--out', 'x')).toMatchObject({ code: 4, stdout: '' }) // prettier-ignore
  })

  it('has pages beside them, and says why one is not published', async () => {
    expect((await millrace(here, 'pages')).stdout).toContain('No page was published yet')
    expect((await millrace(here, 'pages', 'words', 'Write to me once a month; I can leave any time.')).code).toBe(0)
    const none = await millrace(here, 'pages', 'publish', 'spring', '--copy', 'f'.repeat(64))
    expect(none).toMatchObject({ code: 4, stdout: '' })
    expect(none.stderr).toContain('No approval of this copy stands')
    expect(await millrace(here, 'pages', 'down', 'spring')).toMatchObject({ code: 4 })
    expect(await millrace(here, 'pages', 'publish', 'spring')).toMatchObject({ code: 2 })
  })
})
