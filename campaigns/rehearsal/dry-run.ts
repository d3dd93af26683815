import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import type { PersonCaps } from '../delivery/caps.ts'
import type { CampaignDefinition } from '../definition.ts'
import { reachOfCampaign } from '../delivery/detours.ts'
import { loopingSteps } from '../definition/ways.ts'
import { propertiesOf } from '../entries/properties.ts'
import type { Members } from '../journeys/enrol.ts'
import { rehearsedTimes } from '../experiments/best-times.ts'
import { heldOutBy, holdoutShares, holdoutWords } from '../experiments/holdout.ts'
import { messagesLeft } from '../journeys/endings.ts'
import { sinceSent } from '../journeys/walk.ts'
import { walkAll, type Questions, type Walked, type Walker } from '../journeys/walk-all.ts'
import { peopleFields } from '../render/person-fields.ts'
import { selectRehearsed, type Rehearsed } from '../queries/dry-run.ts'
import { entriesOf } from './entries.ts'
import { overAt, placesOf, takePlace } from './limits.ts'
import { messageLeaves, type Reader, type Rehearsal } from './message.ts'
import type { PersonFields } from '../render/slots.ts'
import { untoldOf } from './untold.ts'
import { compileContents } from '../render/variants.ts'
import { zoneOr } from '../hours/window.ts'

type Deps = { db: Db; clock: Clock; members: Members; zone: string; houseCaps?: PersonCaps | undefined }

/** What would happen to one person: `kind` of each line is a message, one that would not be sent, a way taken, the end. */
export type DryLine = { at: Date; stepKey: string; kind: 'sent' | 'not-sent' | 'turn' | 'ends'; words: string }
export type DryPerson = { personId: PersonId; address: string; lines: DryLine[] }

export type DryRun = {
  from: Date
  until: Date
  /** People the audience selects now, how many of them come in within the time, and of how many it is told. */
  audience: number
  entering: number
  people: DryPerson[]
  /** By step: how many messages would be sent, and how many not, by which rule. */
  steps: { stepKey: string; sent: number; notSent: { why: string; count: number }[] }[]
  /** What is supposed here, or not known, as sentences without their full stop. */
  untold: string[]
}

const dayMs = 24 * 3_600_000
/** A journey of so many looks a person is told far enough. */
const mostLooks = 500

/**
 * What would happen in the next days if a campaign began: for people of its audience from when each comes in, by a clock
 * of its own, with the rules, windows, caps, ends and consents as they are known now. Nothing is written, and nobody does
 * anything meanwhile: waits for events end as they do for those who do nothing.
 * @param input.people how many of those who come in, evenly drawn and always the same
 */
export async function dryRun(
  deps: Deps,
  definition: CampaignDefinition,
  input: { from: Date; days: number; people: number },
): Promise<DryRun> {
  const { from, days } = input
  const until = new Date(from.getTime() + days * dayMs)
  const { audience, entering, drawn, supposed } = await entriesOf(deps, definition, { from, until, people: input.people }) // prettier-ignore
  const ids = [...drawn.keys()]
  const people = await selectRehearsed(deps.db, ids, new Date(from.getTime() - 7 * dayMs), reachOfCampaign(definition))
  const weight = drawn.size === 0 ? 1 : entering / drawn.size
  const left = await messagesLeft({ db: deps.db, clock: () => from }, definition)
  const stage: Stage = {
    deps,
    definition,
    until,
    variants: await compileContents(deps.db, definition),
    fields: withExamples(await peopleFields(deps.db, ids), definition),
    loops: loopingSteps(definition.journey),
    places: placesOf(definition, { weight, zone: deps.zone, left }),
    passed: new Map(),
  }
  const shares = await holdoutShares(deps.db, definition)
  const all = people.map((person) => begin(person, stage, drawn.get(person.personId) ?? from))
  await play(stage, all.filter((one) => !isHeldOut(one, definition, shares))) // prettier-ignore
  const told = all.map(({ person: { personId, address }, lines }) => ({ personId, address, lines }))
  const untold = [...(supposed === null ? [] : [supposed]), ...(await untoldOf(deps.db, definition, weight))]
  return { from, until, audience, entering, people: told, steps: totals(definition, told), untold }
}

/** Nobody has said anything of them yet: the examples stand for it. */
const withExamples = (
  fields: ReadonlyMap<PersonId, PersonFields>,
  definition: CampaignDefinition,
): Map<PersonId, PersonFields> =>
  new Map([...fields].map(([id, person]) => [id, { ...propertiesOf(definition), ...person }]))

type Rehearsing = Walker &
  Reader & {
    lines: DryLine[]
    due: Date
    had: Set<string>
    looks: number
  }

/** What a rehearsal goes by. `passed`: by step, the last best time that each has waited for. */
type Stage = Rehearsal & { deps: Deps; loops: ReadonlySet<string>; until: Date; passed: Map<string, Map<string, Date>> }

const begin = (person: Rehearsed, { definition, deps }: Stage, at: Date): Rehearsing => ({
  id: person.personId,
  personId: person.personId,
  drawnBy: person.drawnBy,
  zones: { person: zoneOr(person.zone, deps.zone), business: deps.zone },
  place: { stepKey: definition.journey[0]!.key, since: at },
  person,
  lines: [],
  due: at,
  sent: [],
  had: new Set(),
  looks: 0,
})

/** Whether somebody is held out; it is told of them, and nothing else happens. */
function isHeldOut(
  { person, lines, due, place }: Rehearsing,
  { name }: CampaignDefinition,
  shares: Awaited<ReturnType<typeof holdoutShares>>,
): boolean {
  const scope = heldOutBy(shares, name, person.heldBy)
  if (scope === null) return false
  const words = holdoutWords({ scope, share: scope === 'global' ? shares.everywhere : shares.here })
  lines.push({ at: due, stepKey: place.stepKey, kind: 'ends', words: `holdout: ${words}` })
  return true
}

/** Looks at everybody when they are due, the earliest first, until the time is over. */
async function play(stage: Stage, all: readonly Rehearsing[]): Promise<void> {
  const { definition, until, places } = stage
  let going = all
  for (;;) {
    const at = going.reduce<Date | null>((first, { due }) => (first === null || due < first ? due : first), null)
    if (at === null) return
    const seen = places.endsAt !== null && places.endsAt < at ? places.endsAt : at
    if (seen > until) return
    const over = overAt(places, seen)
    if (over !== null) {
      for (const one of going) one.lines.push({ at: seen, stepKey: one.place.stepKey, kind: 'ends', words: over })
      return
    }
    const now = going.filter(({ due }) => due.getTime() === at.getTime())
    const asked = { campaign: definition.name, journey: definition.journey, at }
    const ended = new Set<string>()
    for (const walked of await walkAll(asIfNothing(stage, at), asked, now)) {
      const { walker } = walked
      if (!(await goOn(stage, walked, at))) ended.add(walker.id)
      else if (++walker.looks > mostLooks) {
        walker.lines.push({ at, stepKey: walker.place.stepKey, kind: 'ends', words: `told no further: ${mostLooks} times they were looked at` }) // prettier-ignore
        ended.add(walker.id)
      }
    }
    going = going.filter(({ id }) => !ended.has(id))
  }
}

/** Notes what a walk came to; false where the journey is over. */
async function goOn(stage: Stage, { walker, stop, turns }: Walked<Rehearsing>, at: Date): Promise<boolean> {
  for (const { stepKey, took, why } of turns)
    walker.lines.push({ at, stepKey, kind: 'turn', words: `goes ${took === null ? 'to the end' : `on to ${took}`} ${why}` }) // prettier-ignore
  if (stop.kind === 'ends') {
    walker.lines.push({ at, stepKey: stop.stepKey, kind: 'ends', words: stop.reason })
    return false
  }
  if (stop.kind === 'waits') {
    walker.place = stop.place
    walker.due = stop.dueAt
    if (stop.dueAt <= at) walker.lines.push({ at, stepKey: stop.place.stepKey, kind: 'ends', words: 'told no further: they go round and round without a wait' }) // prettier-ignore
    return stop.dueAt > at
  }
  await sends(stage, walker, stop.stepKey, at)
  if (stop.next !== null)
    walker.place = { stepKey: stop.next, since: sinceSent(stage.definition.journey, stop.next, walker.due) }
  else walker.lines.push({ at: walker.due, stepKey: stop.stepKey, kind: 'ends', words: 'completed' })
  return stop.next !== null
}

async function sends(stage: Stage, walker: Rehearsing, stepKey: string, at: Date): Promise<void> {
  walker.due = at
  if (walker.had.has(stepKey) && !stage.loops.has(stepKey)) return
  walker.had.add(stepKey)
  const { at: left, why: against, channel } = await messageLeaves(stage, walker, stepKey, at)
  const why = against ?? overAt(stage.places, left) ?? (left > stage.until ? 'would leave only after these days' : null)
  const words = channel === 'email' ? 'would be sent' : `would be sent by ${channel}`
  walker.lines.push({ at: left, stepKey, kind: why === null ? 'sent' : 'not-sent', words: why ?? words })
  if (why === null) {
    walker.sent.push(left)
    takePlace(stage.places, left)
  }
  walker.due = left
}

/** Rules are asked as of the rehearsed time; nothing happens. */
const asIfNothing = ({ deps, definition, passed }: Stage, at: Date): Questions => ({
  selected: async (rule, among) => new Set<string>(await deps.members(rule, at, among)),
  happened: () => Promise.resolve(new Map()),
  bestTimes: async (step, asked) => {
    const last = passed.get(step.key) ?? new Map<string, Date>()
    const times = await rehearsedTimes({ db: deps.db, clock: deps.clock }, definition, step, asked, last)
    for (const [id, { dueAt }] of times) if (dueAt <= at) last.set(id, dueAt)
    passed.set(step.key, last)
    return times
  },
})

function totals(definition: CampaignDefinition, people: readonly DryPerson[]): DryRun['steps'] {
  const lines = people.flatMap((person) => person.lines)
  return definition.journey.flatMap(({ key, kind }) => {
    if (kind !== 'send') return []
    const mine = lines.filter(({ stepKey }) => stepKey === key)
    const notSent = Map.groupBy(mine.filter((line) => line.kind === 'not-sent'), ({ words }) => words) // prettier-ignore
    return [{ stepKey: key, sent: mine.filter((line) => line.kind === 'sent').length, notSent: [...notSent].map(([why, all]) => ({ why, count: all.length })) }] // prettier-ignore
  })
}
