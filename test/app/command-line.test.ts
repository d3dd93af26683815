import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { helpOf } from '#app/help.ts'
import { allVerbs, loadVerb } from '#app/verbs.ts'
import { systemClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { insertDrafts } from '#rag/queries/drafts.ts'
import { brief } from '../rag/written-drafts.ts'
import { millrace, millraceJson, heldDatabase, startMillrace, testHome, type Ended } from './millrace.ts'

/** Where the user stands. The data directory is named from there, as are the files. */
const from = mkdtempSync(join(tmpdir(), 'millrace-user-'))
afterAll(() => rmSync(from, { recursive: true, force: true }))
const write = (name: string, text: string): void => writeFileSync(join(from, name), text)

const verbs = await allVerbs()
const stackLine = /\n\s+at /
const anId = '0199e2a0-0000-7000-8000-000000000000'
const mapping = 'customer=1,date=2,amount=3;header=no'

describe('the help of a verb', () => {
  it.each(verbs.map((verb) => [verb.name, verb] as const))('explains %s', (_, verb) => {
    const help = helpOf(verb)
    expect(help).toContain(verb.about)
    for (const usage of verb.usage) expect(help).toContain(`Usage: millrace ${usage}`)
    for (const option of [...Object.keys(verb.options), 'json', 'help']) expect(help).toContain(`--${option} `)
    expect(Object.keys(verb.explains).toSorted()).toEqual(Object.keys(verb.options).toSorted())
  })
})

describe.concurrent('the command line, before it opens a data directory', () => {
  const home = 'never-made'
  const untouched = () => !existsSync(join(from, home))
  const run = (...args: string[]): Promise<Ended> => millrace({ home, from }, ...args)

  it.each(['report', 'models'])('explains %s', async (name) => {
    const verb = await loadVerb(name)
    expect(await run(name, '--help')).toMatchObject({ code: 0, stderr: '', stdout: verb && helpOf(verb) })
    expect(untouched()).toBe(true)
  })

  it('names its verbs and exit codes', async () => {
    const { code, stdout, stderr } = await run('help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { name, about } of verbs) expect(stdout).toMatch(new RegExp(`^  ${name} +${about.slice(0, 20)}`, 'm'))
    expect(stdout).toContain('3 some rows quarantined')
  })

  it.each<[string, string[], RegExp]>([
    ['no verb', [], /Usage: npm run -s millrace -- VERB/],
    ['a verb there is not', ['ingset'], /no verb "ingset".*ingest/],
    ['an option there is not', ['report', '--form', '2026-01-01'], /Unknown option '--form'.*report --help/s],
    ['one word too many', ['audit', 'everything'], /"everything" is one word too many.*audit --help/s],
    ['a source there is not', ['ingest', 'salesforce', 'x.csv'], /"salesforce" is no source.*hubspot/],
    ['a file there is not', ['ingest', 'web', '../lost/events.jsonl'], /no file \.\.\/lost\/events\.jsonl/],
    ['a replay of nothing', ['ingest', 'replay'], /Replay which source\?/],
    ['orders without a mapping', ['ingest', 'orders', 'x.csv'], /need --map.*customer=1/],
    ['a mapping that is none', ['ingest', 'orders', 'x.csv', '--map', 'column 3'], /cannot be read from "column 3"/],
    [
      'a mapping with parts missing',
      ['ingest', 'orders', 'x.csv', '--map', 'customer=1'],
      /date is missing.*amount is missing/s,
    ],
    ['a mapping file there is not', ['ingest', 'orders', 'x.csv', '--map', 'my.json'], /my\.json cannot be read/],
    ['a role there is not', ['sign-in', 'ash@example.com', '--role', 'king'], /"king" is no role: choose one of owner/],
    ['a person who is none', ['campaign', 'x', '--why', 'Mara'], /--why takes a person’s id/],
    ['a hold of nothing', ['campaign', 'hold', '--reason', 'late'], /What of\?/],
    ['a hold without a reason', ['campaign', 'hold', 'spring'], /whoever lifts the hold reads --reason/],
    ['a hold lifted by nobody', ['campaign', 'lift', 'spring', '--reason', 'fine'], /--as ADDRESS/],
    [
      'a hold lifted unread',
      ['campaign', 'lift', 'spring', '--reason', 'fine', '--as', 'a@example.com'],
      /--seen, as millrace campaign holds spring/,
    ],
  ])('says how to ask, given %s', async (_, args, says) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(stackLine)
    expect(untouched()).toBe(true)
  })

  it('names every setting that needs mending at once', async () => {
    const env = { BUSINESS_ZONE: 'Mars', BUSINESS_CURRENCY: 'EURO', PORT: 'http' }
    const { code, stdout, stderr } = await millrace({ home, from, env }, 'doctor')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const name of Object.keys(env)) expect(stderr).toContain(`  ${name}: `)
    expect(stderr).not.toMatch(stackLine)
  })

  it('says that a server does not answer, and keeps its password to itself', async () => {
    const env = { DATABASE_URL: 'postgres://ash:hunter2@127.0.0.1:1/x', SECRET_KEY: 'k'.repeat(43) }
    const { code, stdout, stderr } = await millrace({ home, from, env }, 'doctor')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/ECONNREFUSED.*DATABASE_URL/s)
    expect(stderr).not.toMatch(/hunter2|\n\s+at /)
  })

  it('says that a data directory cannot be made', async () => {
    write('a-file', '')
    const { code, stdout, stderr } = await millrace({ home: 'a-file/home', from }, 'doctor')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('a-file')
    expect(stderr).not.toMatch(stackLine)
  })

  it('ends quietly when whoever reads its answer leaves early', async () => {
    const running = startMillrace({ home, from }, 'help')
    running.child.stdout?.destroy()
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('the command line, in a data directory', () => {
  const home = testHome()
  const database = heldDatabase(home)
  const here = { home, from }

  it('exits 3 when rows are quarantined, and says where they stand and what to do', async () => {
    mkdirSync(join(from, 'exports'))
    write('exports/orders.csv', 'ash,2026-03-01,12.50\nmara,yesterday,3.00\nlin,2026-03-02,7.25\n')
    const { code, stdout, stderr } = await millrace(here, 'ingest', 'orders', 'exports/orders.csv', '--map', mapping)
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    expect(stdout).toContain('orders: 3 received = 2 accepted + 0 unchanged + 1 quarantined')
    expect(stdout).toMatch(/1 × .*date.*, first at orders\.csv line 2: /)
  })

  it('shows what waits in quarantine, and replays it', async () => {
    const waiting = await millraceJson<{ open: number; rows: object[] }>(here, 'ingest', 'quarantine', 'orders')
    expect(waiting).toMatchObject({ open: 1, rows: [{ place: { file: 'orders.csv', line: 2 } }] })
    const replayed = await millrace(here, 'ingest', 'replay', 'orders', '--map', mapping, '--json')
    expect(replayed.code).toBe(3)
    expect(JSON.parse(replayed.stdout)).toMatchObject({ received: 1, accepted: 0, unchanged: 0, quarantined: 1 })
  })

  it('says which columns a file has when the mapping names another', async () => {
    const wrong = mapping.replace('amount=3', 'amount=9')
    const { code, stdout, stderr } = await millrace(here, 'ingest', 'orders', 'exports/orders.csv', '--map', wrong)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('orders.csv has no column 9, which the mapping takes for amount. Its columns are: 1 to 3')
    expect(stderr).not.toMatch(stackLine)
  })

  it('says what speaks against a campaign in a file, a line each, and exits 4 where something does', async () => {
    const [, example = ''] = /^```yaml\n([^]*?)^```/m.exec(readFileSync('docs/campaigns.md', 'utf8')) ?? []
    write('sound.yaml', example)
    write('unsound.yaml', example.replace('name: welcome', 'name: Wel come').replace('most: 3', 'most: 0'))
    const place = { ...here, env: { MAIL_FROM: 'Ash <ash@example.com>', BUSINESS_ADDRESS: '1 Mill Lane, Utrecht' } }
    expect(await millrace(place, 'campaign', 'check', 'sound.yaml')).toEqual({ code: 0, stdout: 'Nothing speaks against it\n', stderr: '' }) // prettier-ignore
    const { code, stdout, stderr } = await millrace(place, 'campaign', 'check', 'unsound.yaml')
    expect({ code, stderr, lines: stdout.trimEnd().split('\n') }).toEqual({
      code: 4,
      stderr: '',
      lines: ['“name” must be lower-case letters, digits and hyphens', '“reentry.most” must be 2 or more'],
    })
  })

  it('exports the version of a campaign that is named, else the one that is live', async () => {
    const env = { MAIL_FROM: 'Ash <ash@example.com>', BUSINESS_ADDRESS: '1 Mill Lane, Utrecht' }
    const place = { ...here, env }
    const [, example = ''] = /^```yaml\n([^]*?)^```/m.exec(readFileSync('docs/campaigns.md', 'utf8')) ?? []
    write('welcome.yaml', example)
    await millraceJson(place, 'sign-in', 'ash@example.com', '--role', 'owner')
    const { releaseHash } = await millraceJson<{ releaseHash: string }>(place, 'campaign', 'import', 'welcome.yaml', '--as', 'ash@example.com') // prettier-ignore
    const named = ['campaign', 'export', 'welcome', '--version', releaseHash.slice(0, 12)]
    expect(await millraceJson(place, ...named)).toMatchObject({ name: 'welcome', exitOn: [{ event: 'message_unsubscribed' }] }) // prettier-ignore
    for (const [args, says] of [
      [['welcome'], 'Nothing of "welcome" is live'],
      [['welcome', '--version', 'ffffffff'], '"welcome" has no version ffffffff'],
      [['other', '--version', releaseHash], `"other" has no version ${releaseHash}`],
    ] as const)
      expect(await millrace(place, 'campaign', 'export', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as string }) // prettier-ignore
  })

  it('names limits that are none by the options they were given with', async () => {
    await millraceJson(here, 'sign-in', 'mara@example.com', '--role', 'owner')
    const [id, threadId] = [newId<'draft'>(systemClock), newId<'thread'>(systemClock)]
    await insertDrafts(database(), [{ id, threadId, brief }], { at: systemClock(), rehearsal: false })
    const { code, stderr } = await millrace(here, 'limits', id, '--as', 'mara@example.com', '--daily-cap', 'many', '--window', '9-18') // prettier-ignore
    expect({ code, stderr }).toEqual({ code: 4, stderr: 'Refused: “--daily-cap” must be a number; “--window” must be a time of day such as 09:00\n' }) // prettier-ignore
  })

  it.concurrent.each<[string, string[]]>([
    ['identity', []],
    ['graph', ['--rebuild']],
    ['corpus', []],
    ['generate', ['--list']],
    ['campaign', []],
    ['campaign', ['holds']],
    ['report', []],
    ['report', ['--figure', 'new-customers']],
    ['audit', []],
    ['doctor', []],
  ])('%s %s prints JSON and nothing else when a program asks', async (verb, more) => {
    expect(await millraceJson(here, verb, ...more)).toBeTypeOf('object')
  })

  it.concurrent.each<[string, string[], RegExp]>([
    ['a link for a stranger', ['sign-in', 'nobody@example.com'], /^Refused: .*--role/],
    ['an approval by a stranger', ['approve', anId, '--as', 'nobody@example.com'], /^Refused: .*sign-in/],
    ['going back to nothing', ['rollback', 'spring'], /^Refused: .*"spring"/],
    [
      'holding what there is not',
      ['campaign', 'hold', 'spring', '--reason', 'x'],
      /^Refused: .*"spring" was ever released/,
    ],
    ['a stranger lifting a hold', ['campaign', 'lift', 'x', '--reason', 'x', '--as', 'nobody@example.com', '--seen', 'x'], /^Refused: .*sign-in/], // prettier-ignore
  ])('refuses %s with exit 4', async (_, args, says) => {
    const { code, stdout, stderr } = await millrace(here, ...args)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(stackLine)
  })

  it.concurrent.each<[string, string[], RegExp]>([
    ['a campaign there is not', ['campaign', 'spring'], /no campaign "spring"/],
    ['a day that is none', ['report', '--from', 'spring'], /"spring" is no day: write it as 2026-03-31/],
    ['an empty file', ['ingest', 'web', 'empty.jsonl'], /empty\.jsonl is empty/],
  ])('says how to ask, given %s', async (_, args, says) => {
    write('empty.jsonl', '')
    const { code, stdout, stderr } = await millrace(here, ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(stackLine)
  })
})
