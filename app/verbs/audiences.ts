import { writeFileSync } from 'node:fs'
import { audienceExports, exportAudience, leftOutWords } from '#campaigns/audiences/export.ts'
import { platforms } from '#campaigns/audiences/normalise.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const audiences: Verb = {
  name: 'audiences',
  about: 'Segments as files for advertising platforms: digests of the addresses of people who agreed to ads',
  usage: ['audiences [--json]', 'audiences export --segment NAME --for google|meta --out FILE [--suppress] [--json]'],
  takes: 1,
  options: {
    segment: { type: 'string' },
    for: { type: 'string' },
    out: { type: 'string' },
    suppress: { type: 'boolean' },
  },
  explains: {
    segment: 'whose people; millrace segments lists them',
    for: 'google (Customer Match) or meta (customer list)',
    out: 'the CSV to write; only you can read it, and it is uploaded in place of the last one',
    suppress: 'to leave these people out instead of reaching them; they too must have agreed to ads',
  },
  run: (call) => {
    const [act] = call.positionals
    if (act === undefined) return list(call)
    if (act !== 'export') throw new UsageError(`audiences cannot "${act}": say export, or nothing to list what left`)
    const [segment, out] = [call.text('segment'), call.text('out')]
    const platform = platforms.find((name) => name === call.text('for'))
    if (segment === undefined || out === undefined || platform === undefined)
      throw new UsageError(`Say whose, for whom and where to: --segment NAME --for ${platforms.join('|')} --out FILE`)
    return exported(call, { segment, platform, out })
  },
}

const list = (call: Call): Promise<number> =>
  withHouse(call.config, async ({ db }) => {
    const all = await audienceExports(db, 100)
    const lines = all.map((one) => {
      const since = one.noSince === null || one.noSince === 0 ? '' : `; ${one.noSince} said no since: export it again`
      return `${one.segment} for ${one.platform} (${one.purpose}), version ${one.version} of ${one.exportedAt.toISOString()}: ${peopleWords(one.people)}${since}`
    })
    answer(call, all, lines.length === 0 ? ['No audience was exported yet'] : lines)
    return exit.done
  })

const peopleWords = (count: number): string => `${count} ${count === 1 ? 'person' : 'people'}`

type Wanted = { segment: string; platform: (typeof platforms)[number]; out: string }

const exported = (call: Call, { segment, platform, out }: Wanted): Promise<number> =>
  withHouse(call.config, async (house) => {
    const purpose = call.flag('suppress') ? 'suppress' : 'target'
    const done = await exportAudience(house, { segment, platform, purpose, by: 'millrace' })
    if (done.kind === 'refused') throw new RefusedError(done.why)
    const { csv, record } = done
    writeFileSync(pathOf(call, out), csv, { mode: 0o600 })
    const left =
      Object.keys(record.leftOut).length === 0 ? 'nobody left out' : `left out: ${leftOutWords(record.leftOut)}`
    answer(call, record, [`${out} is version ${record.version} of "${record.segment}" for ${platform}: ${peopleWords(record.people)}, ${left}`]) // prettier-ignore
    return exit.done
  })
