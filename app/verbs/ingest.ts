import { existsSync } from 'node:fs'
import { guessMapping, type MappingGuess } from '#ingest/mapping-guess.ts'
import { mappingKinds, type MappingKind } from '#ingest/mapping.ts'
import { sampleOf } from '#ingest/reading/sample.ts'
import { rehearseSource, type Rehearsal } from '#ingest/rehearse.ts'
import { countryOfZone } from '#ingest/cleanse/country.ts'
import { runSource } from '#ingest/run.ts'
import { isMappingName, mappingNamed, saveMapping } from '#ingest/saved-mappings.ts'
import type { Source } from '#ingest/source.ts'
import { UsageError } from '#kernel/errors.ts'
import { progressBar } from '../progress.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { sources } from '../wire-sources.ts'
import { mappings } from './ingest-mappings.ts'
import { pull } from './ingest-pull.ts'
import { quarantine, replay } from './ingest-quarantine.ts'
import { linesOf, placeOf, told } from './ingest-report.ts'
import { status } from './ingest-status.ts'

const known = Object.keys(sources).join(', ')
const mapped = mappingKinds.filter((kind) => sources[kind])

export const ingest: Verb = {
  name: 'ingest',
  about: 'Read an export into the house: every row lands, or waits in quarantine with the reason',
  usage: [
    `ingest SOURCE FILE [--map MAPPING] [--dry-run] [--json]   sources: ${known}`,
    `ingest ${mapped.join('|')} FILE [--map MAPPING|NAME] [--save NAME] [--yes]   without --map: what its columns seem to be`,
    'ingest pull [SOURCE] [--json]',
    'ingest status [--json]',
    'ingest quarantine [SOURCE] [--json]',
    'ingest replay SOURCE [--map MAPPING|NAME] [--json]',
    'ingest mappings [NAME [VERSION]] [--json]   a version goes back to it',
  ],
  takes: 3,
  options: {
    map: { type: 'string' },
    save: { type: 'string' },
    yes: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  explains: {
    map: 'which column holds what, such as "customer=1,date=3:YYYYMMDD,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York", a .json file, or the name of a saved one',
    save: 'keep the mapping under this name, as its newest version',
    yes: 'read by the guessed mapping',
    'dry-run': 'read everything, write nothing, and say what would happen',
  },
  run: async (call) => {
    const [what, file, third] = call.positionals
    if (what === undefined) throw new UsageError(`Read what? Sources: ${known}`)
    if (third !== undefined && what !== 'mappings') throw new UsageError(`"${third}" is one word too many.\nTry: millrace ingest --help`) // prettier-ignore
    const other = others[what]
    return other ? other(call) : readFile(call, what, file)
  },
}

const others: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  pull,
  status,
  quarantine: (call) => quarantine(call, nameOf),
  replay: (call) => replay(call, nameOf, sourceOf),
  mappings,
}

function sourceNamed(name: string) {
  const source = sources[name]
  if (source) return source
  throw new UsageError(`"${name}" is no source. Sources: ${known}`)
}

/** The name under which rows are kept: exports of one vendor share it. */
const nameOf = (name: string): string => (kindOf(name) ? name : sourceNamed(name).open(undefined).name)

const kindOf = (name: string): MappingKind | undefined => mappingKinds.find((kind) => kind === name)

/** The mapping that was given: as it was written, the path of its file, or null where it is the name of a saved one. */
function writtenMapping(call: Call): string | undefined | null {
  const map = call.text('map')
  if (map !== undefined && isMappingName(map)) return null
  return map?.endsWith('.json') ? pathOf(call, map) : map
}

/** The source as the call asks for it. A mapping that is written is checked before a house is opened. */
function sourceOf(call: Call, name: string): (house: House) => Promise<Source> {
  const source = sourceNamed(name)
  const written = writtenMapping(call)
  const kind = kindOf(name)
  if (kind === undefined || written !== null) {
    const open = source.open(written ?? undefined)
    return () => Promise.resolve(open)
  }
  return async (house) => source.open((await mappingNamed(house.db, call.text('map') ?? '', kind)).text)
}

async function readFile(call: Call, what: string, file: string | undefined): Promise<number> {
  const kind = kindOf(what)
  sourceNamed(what)
  if (kind === undefined && call.text('save') !== undefined) throw new UsageError(`${what} has no mapping to save`)
  if (file === undefined) throw new UsageError(`Which file? Say: millrace ingest ${what} FILE`)
  const path = pathOf(call, file)
  if (kind !== undefined && call.text('map') === undefined && existsSync(path)) return guessed(call, kind, path)
  const source = sourceOf(call, what)
  if (!existsSync(path)) throw new UsageError(`There is no file ${file}. Paths start where you stand: ${call.from}`)
  return withHouse(call.config, async (house) => {
    const written = writtenMapping(call)
    const saves = kind !== undefined && typeof written === 'string' ? { kind, text: written } : null
    return takeIn(call, house, { source: await source(house), path, saves })
  })
}

type Reading = { source: Source; path: string; saves: { kind: MappingKind; text: string } | null }

async function takeIn(call: Call, house: House, { source, path, saves }: Reading): Promise<number> {
  const bar = progressBar(call, source.name)
  const deps = {
    ...house.ingest,
    onProgress: ({ received }: { received: number }, bytes: { done: number; total: number }) =>
      bar(bytes.done, bytes.total, received),
  }
  try {
    if (call.flag('dry-run')) return rehearsed(call, await rehearseSource(deps, source, { path }))
    const report = await runSource(deps, source, { path })
    const name = call.text('save')
    if (name !== undefined && saves) await saveMapping(house, { ...saves, name, by: 'command line' })
    bar.end()
    return told(call, report)
  } finally {
    bar.end()
  }
}

/** Where no country is known a number as it is dialled at home is nobody's: said, since it is not kept as a telephone. */
function sayOfPhones(call: Call, { guesses, mapping }: MappingGuess): void {
  const zone = call.config.BUSINESS_ZONE
  if (!guesses.some(({ what }) => what === 'phone') || guesses.some(({ what }) => what === 'country')) return
  if (countryOfZone(zone) !== undefined) return
  call.say(`BUSINESS_ZONE (${zone}) tells no country: telephone numbers without a +prefix are left out. Say --map '${mapping};country=NL', or set the zone to a place such as Europe/Amsterdam`) // prettier-ignore
}

function rehearsed(call: Call, rehearsal: Rehearsal): number {
  const first = rehearsal.first.flatMap(({ place, says }) => [
    `  ${placeOf(place)} is understood as`,
    ...says.map((one) => `    ${JSON.stringify(one)}`),
  ])
  answer(call, rehearsal, ['Nothing was written. This is what would happen:', ...linesOf(rehearsal), ...first])
  return rehearsal.quarantined > 0 ? exit.quarantined : exit.done
}

/** Says what the columns seem to be and reads nothing in by it, unless the call says yes to that. */
async function guessed(call: Call, kind: MappingKind, path: string): Promise<number> {
  const guess = guessMapping(await sampleOf(path, call.config.BUSINESS_ZONE), kind)
  sayOfPhones(call, guess)
  if (!call.flag('yes')) {
    answer(call, guess, linesOfGuess(guess))
    return exit.usage
  }
  if (guess.missing.length > 0) throw new UsageError(`No column seems to be ${guess.missing.join(', nor ')}: say it with --map`) // prettier-ignore
  call.say(`Read by --map '${guess.mapping}'`)
  const source = sourceNamed(kind).open(guess.mapping)
  return withHouse(call.config, (house) => takeIn(call, house, { source, path, saves: { kind, text: guess.mapping } }))
}

function linesOfGuess(guess: MappingGuess): string[] {
  const width = Math.max(4, ...guess.guesses.map(({ what }) => what.length))
  return [
    'Nothing was read in. The columns seem to be:',
    ...guess.guesses.map(
      ({ what, column, confidence, why, format }) =>
        `  ${what.padEnd(width)}  ${Math.round(confidence * 100)} %  "${column}"${format === undefined ? '' : `, written ${format}`}, ${why}`,
    ),
    ...(guess.left.length === 0 ? [] : [`Left out: ${guess.left.map((column) => `"${column}"`).join(', ')}`]),
    ...(guess.missing.length === 0 ? [] : [`Missing: ${guess.missing.join('; ')}`]),
    'Check it, mend what is wrong, and say it (or --yes):',
    `  --map '${guess.mapping}'`,
  ]
}
