import { readFileSync } from 'node:fs'
import { maintainSegments } from '#graph/segments/maintain.ts'
import { problemLines, readRule } from '#graph/segments/read-rule.ts'
import {
  listSegments,
  retireSegment,
  rollbackSegment,
  saveSegment,
  segmentByName,
  segmentHistory,
  type Segment,
} from '#graph/segments/registry.ts'
import { ruleWords } from '#graph/segments/rule-words.ts'
import { previewSegment } from '#graph/segment.ts'
import { membersOf, type Member } from '#graph/queries/segments.ts'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const by = 'command line'
const shown = 12
const membersAtOnce = 10_000

type Act = (call: Call, house: House) => Promise<number>

const acts: Readonly<Record<string, Act>> = {
  show,
  save,
  preview,
  members: listMembers,
  rollback,
  retire,
  refresh,
}

export const segments: Verb = {
  name: 'segments',
  about: 'Segments: rules that select people, saved under a name, and who is in them',
  usage: [
    'segments [--json]',
    'segments show|members|retire NAME [--json]',
    'segments save NAME --rule FILE|JSON [--about TEXT]',
    'segments rollback NAME HASH',
    'segments preview --rule FILE|JSON [--json]',
    'segments refresh [--json]',
  ],
  takes: 3,
  options: { rule: { type: 'string' }, about: { type: 'string' } },
  explains: {
    rule: 'the rule as JSON, or a file of it (docs/segments.md)',
    about: 'what the segment is for, in a sentence; as before when left out',
  },
  run: (call) => {
    const [act] = call.positionals
    const work = act === undefined ? list : acts[act]
    if (!work) throw new UsageError(`segments cannot "${act}": say ${Object.keys(acts).join(', ')}, or nothing to list them`) // prettier-ignore
    return withHouse(call.config, (house) => work(call, house))
  },
}

async function list(call: Call, { db }: House): Promise<number> {
  const all = await listSegments(db)
  answer(call, all, [
    ...(all.length === 0 ? ['No segment is saved: keep one with millrace segments save NAME --rule FILE'] : []),
    ...all.map((segment) => `${segment.name}: ${counted(segment)}${segment.description === '' ? '' : `; ${segment.description}`}`), // prettier-ignore
  ])
  return exit.done
}

const counted = ({ members, evaluatedAt }: Segment): string =>
  evaluatedAt === null ? 'not looked at yet' : `${members} people as of ${evaluatedAt.toISOString()}`

async function show(call: Call, house: House): Promise<number> {
  const segment = await named(call, house)
  const moves = await segmentHistory(house.db, segment.name)
  answer(call, { ...segment, history: moves }, [
    `${segment.name}: ${counted(segment)}${segment.retiredAt === null ? '' : `; retired ${segment.retiredAt.toISOString()}`}`,
    ...(segment.description === '' ? [] : [segment.description]),
    `People who ${ruleWords(segment.rule, house.business.currency)}`,
    JSON.stringify(segment.rule),
    ...moves.map(({ hash, movedAt, movedBy, reason }, index) => `  ${index === 0 ? 'now' : '   '} ${hash.slice(0, shown)}, ${reason} ${movedAt.toISOString()} by ${movedBy}`), // prettier-ignore
  ])
  return exit.done
}

async function save(call: Call, house: House): Promise<number> {
  const name = nameIn(call)
  const description = call.text('about') ?? (await segmentByName(house.db, name))?.description ?? ''
  const done = await saveSegment(house, { name, description, rule: ruleIn(call), by })
  if (done.kind === 'refused') throw new UsageError(done.why)
  if (done.kind === 'bad-rule') throw new UsageError(problemLines(done.problems).join('\n'))
  const { segment, changed } = done
  answer(call, done, [`${segment.name} is version ${segment.hash.slice(0, shown)}${changed ? '' : ', as it was'}`])
  return exit.done
}

async function preview(call: Call, house: House): Promise<number> {
  const read = readRule(ruleIn(call))
  if (read.kind === 'bad-rule') throw new UsageError(problemLines(read.problems).join('\n'))
  const found = await previewSegment({ store: house.graph, clock: house.clock }, read.rule)
  const words = ruleWords(read.rule, house.business.currency)
  answer(call, { rule: read.rule, words, ...found }, [`${found.count} people who ${words}`, ...found.sample])
  return exit.done
}

async function listMembers(call: Call, house: House): Promise<number> {
  const { id } = await named(call, house)
  const all: Member[] = []
  for (let after = ''; ;) {
    const page = await membersOf(house.db, id, { after, limit: membersAtOnce })
    all.push(...page)
    if (page.length < membersAtOnce) break
    after = page.at(-1)!.personId
  }
  answer(call, all, all.map(({ personId, since }) => `${personId} since ${since.toISOString()}`)) // prettier-ignore
  return exit.done
}

async function rollback(call: Call, house: House): Promise<number> {
  const hash = call.positionals[2]
  if (hash === undefined) throw new UsageError('Say to which version: millrace segments show NAME lists them')
  const done = await rollbackSegment(house, { name: nameIn(call), hash, by })
  if (done.kind === 'unknown') throw new UsageError(done.why)
  answer(call, done, [`${nameIn(call)} is version ${done.hash.slice(0, shown)} again`])
  return exit.done
}

async function retire(call: Call, house: House): Promise<number> {
  const done = await retireSegment(house, { name: nameIn(call), by })
  if (done.kind === 'unknown') throw new UsageError(done.why)
  answer(call, done, [`${nameIn(call)} is retired: nobody is in it any more`])
  return exit.done
}

async function refresh(call: Call, house: House): Promise<number> {
  const done = await maintainSegments({ ...house, store: house.graph }, { full: true })
  if (done.kind !== 'maintained') {
    answer(call, done, [done.why])
    return exit.refused
  }
  answer(call, done, done.segments.map(({ segment, entered, left }) => `${segment}: ${entered} came in, ${left} left`)) // prettier-ignore
  return exit.done
}

function nameIn({ positionals }: Call): string {
  const [, name] = positionals
  if (name === undefined) throw new UsageError('Say which segment: millrace segments lists them')
  return name
}

async function named(call: Call, { db }: House): Promise<Segment> {
  const name = nameIn(call)
  const segment = await segmentByName(db, name)
  if (!segment) throw new UsageError(`There is no segment named "${name}": millrace segments lists them`)
  return segment
}

/** What looks like JSON is the rule; anything else is the file that holds it. */
function ruleIn(call: Call): unknown {
  const given = call.text('rule')
  if (given === undefined) throw new UsageError('Say the rule: --rule FILE or --rule \'{"subscribed": true}\'')
  const isJson = /^\s*[{["]/.test(given)
  try {
    return JSON.parse(isJson ? given : readFileSync(pathOf(call, given), 'utf8'))
  } catch (fault) {
    throw new UsageError(`The rule cannot be read: ${messageOf(fault)}`, { cause: fault })
  }
}
