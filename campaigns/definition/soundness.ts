import { rolloutProblems } from '../canary/plan.ts'
import type { CampaignDefinition, SendingWindow } from '../definition.ts'
import { slotsOfEntry } from '../entries/properties.ts'
import { stretch } from '../journeys/words.ts'
import { slotNames } from '../render/person-fields.ts'
import { dayMinutes, shortestRound } from './rounds.ts'
import type { Journey, Step, WaitStep } from './steps.ts'
import { transactionalProblems } from './transactional.ts'
import { nextOf, reachedFrom, stepOf, waysFrom } from './ways.ts'

/** What would go wrong with a campaign, in words its author understands. `step`: null where it concerns the whole. */
export type Problem = { step: string | null; why: string }

type Document = Pick<CampaignDefinition, 'kind' | 'ifUnknown' | 'holdout' | 'journey' | 'limits' | 'enter' | 'reentry' | 'goalReachedBy' | 'exitOn' | 'ends' | 'startAt' | 'rollout'> // prettier-ignore

/** Everything that speaks against a campaign before anybody approves it; empty when it can go. */
export function problemsOf(document: Document): Problem[] {
  const unknown = unknownWays(document.journey)
  // Ways that lead nowhere make every other finding about ways a guess.
  if (unknown.length > 0) return unknown
  return [
    ...unreachable(document.journey),
    ...neverWaiting(document.journey),
    ...hurriedRounds(document),
    ...neverLeft(document),
    ...pointless(document),
    ...windows(document),
    ...dates(document),
    ...endings(document),
    ...properties(document),
    ...reentries(document),
    ...experiments(document),
    ...channels(document),
    ...transactionalProblems(document),
    ...rolloutProblems(document).map((why) => problem(null, why)),
  ]
}

/** The problems as sentences. */
export const problemLines = (problems: readonly Problem[]): string[] =>
  problems.map(({ step, why }) => (step === null ? why : `Step “${step}” ${why}`))

const problem = (step: string | null, why: string): Problem => ({ step, why })

const unknownWays = (journey: Journey): Problem[] =>
  journey.flatMap(
    (step) =>
    waysFrom(journey, step)
      .filter((way) => way !== null && !stepOf(journey, way))
      .map((way) => problem(step.key, `leads to “${way}”, and there is no such step: name one of ${journey.map(({ key }) => key).join(', ')}`)), // prettier-ignore
  )

function unreachable(journey: Journey): Problem[] {
  const first = journey[0]!
  const reached = reachedFrom(journey, [first]).add(first.key)
  return journey
    .filter(({ key }) => !reached.has(key))
    .map(({ key }) => problem(key, 'is never reached: lead a step to it, or take it out'))
}

/** Whether time surely passes at a step before anybody goes on. An instant is over for whoever comes round again. */
const takesTime = (step: Step): boolean => step.kind === 'wait' && step.untilDate === undefined && !step.forEvent

function neverWaiting(journey: Journey): Problem[] {
  const hasty = journey.filter((step) => !takesTime(step))
  const around = (from: Step): boolean => {
    const seen = new Set<string>()
    const open = waysFrom(journey, from)
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      if (way === from.key) return true
      const step = hasty.find(({ key }) => key === way)
      if (!step || seen.has(step.key)) continue
      seen.add(step.key)
      open.push(...waysFrom(journey, step))
    }
    return false
  }
  return hasty.filter(around).slice(0, 1).map(({ key }) => problem(key, 'comes round to itself without any wait: people would run in circles at once. Put a wait of some minutes, or until a time of day, into the circle')) // prettier-ignore
}

/** What a circle sends may come again once a day at most, unless what one person gets is capped. */
function hurriedRounds({ journey, limits }: Document): Problem[] {
  const { perPersonPerDay = null, perPersonPerWeek } = limits
  if (perPersonPerDay !== null || perPersonPerWeek !== null) return []
  const hurried = journey.flatMap((step) => {
    const minutes = step.kind === 'send' ? shortestRound(journey, step) : Infinity
    // A circle without any wait is told as such.
    return minutes > 0 && minutes < dayMinutes ? [{ key: step.key, minutes }] : []
  })
  return hurried.slice(0, 1).map(({ key, minutes }) => problem(key, `comes round again after ${stretch(minutes)} and would be sent to the same person many times a day. Let a round take a day or more, or cap what one person gets (limits: perPersonPerDay or perPersonPerWeek)`)) // prettier-ignore
}

function neverLeft({ journey, goalReachedBy, exitOn, ends }: Document): Problem[] {
  if (goalReachedBy ?? exitOn ?? ends) return []
  const leads = (step: Step): boolean => step.kind === 'exit' || waysFrom(journey, step).includes(null)
  const caught = journey.filter(
    (step) => !leads(step) && ![...reachedFrom(journey, [step])].some((key) => leads(stepOf(journey, key)!)),
  )
  return caught.slice(0, 1).map(({ key }) => problem(key, 'is on a circle that nobody ever leaves: add a way out, a goal, an event that ends it, or an end of the campaign')) // prettier-ignore
}

function pointless({ journey, goalReachedBy }: Document): Problem[] {
  if (!journey.some(({ kind }) => kind === 'send')) return [problem(null, 'The journey sends nothing: add a send step')]
  const idle = journey.filter(
    (step) => step.kind === 'wait' && !goalReachedBy && waysFrom(journey, step).every((way) => way === null),
  )
  return idle.map(({ key }) => problem(key, 'waits, and nothing follows: take it out, or add what comes then'))
}

function windows({ journey, limits }: Document): Problem[] {
  const { window } = limits
  if (!window) return []
  const late = expiresBeforeOpening(limits)
  return [...(late === null ? [] : [problem(null, late)]), ...journey.flatMap((step) => (step.kind === 'wait' ? againstWindow(journey, step, window) : []))] // prettier-ignore
}

/** Why messages would expire while their window is shut, or null. */
export function expiresBeforeOpening({ window, expireAfterHours }: Document['limits']): string | null {
  const shut = window === null ? 0 : longestShut(window)
  return shut > expireAfterHours
    ? `Messages expire after ${expireAfterHours} hours, but the sending window is shut for up to ${shut}: some would never be sent. Let them live longer, or open the window`
    : null
}

function againstWindow(journey: Journey, step: WaitStep, window: SendingWindow): Problem[] {
  const next = nextOf(journey, step)
  if (!step.until || next === null || stepOf(journey, next)?.kind !== 'send') return []
  const { time, days } = step.until
  const open = `messages may only leave between ${window.from} and ${window.to}`
  if (time < window.from || time >= window.to) return [problem(step.key, `waits until ${time}, but ${open}: choose a time within`)] // prettier-ignore
  const never = days && window.days && !days.some((day) => window.days?.includes(day))
  return never ? [problem(step.key, 'waits for days on which no messages may leave: choose days of the window')] : []
}

const hours = (time: string): number => Number(time.slice(0, 2)) + Number(time.slice(3)) / 60

/** The longest stretch, in whole hours, in which a window is shut. */
function longestShut({ from, to, days }: SendingWindow): number {
  const open = (days ?? [1, 2, 3, 4, 5, 6, 7]).toSorted((a, b) => a - b)
  const gaps = open.map((day, index) => ((open[index + 1] ?? open[0]! + 7) - day) * 24)
  return Math.ceil(Math.max(...gaps) - (hours(to) - hours(from)))
}

function dates({ journey, ends, startAt }: Document): Problem[] {
  const end = ends?.at === undefined ? null : Date.parse(ends.at)
  const start = startAt === null ? null : Date.parse(startAt)
  if (end !== null && start !== null && end <= start)
    return [problem(null, 'The campaign ends before it starts: choose a later end')]
  return journey.flatMap((step) => {
    if (step.kind !== 'wait' || step.untilDate === undefined) return []
    const until = Date.parse(step.untilDate)
    if (end !== null && until >= end) return [problem(step.key, 'waits until the campaign is over: nobody would go on')]
    if (start !== null && until <= start) return [problem(step.key, 'waits for a time before the campaign starts')]
    return []
  })
}

/** What a campaign waits for to be over must be able to come. */
function endings({ journey, ends, goalReachedBy }: Document): Problem[] {
  const split = ends?.decided === undefined ? null : stepOf(journey, ends.decided)
  return [
    ...(ends?.goals !== undefined && !goalReachedBy ? [problem(null, 'The campaign ends after so many goals, and says no goal: add goalReachedBy')] : []), // prettier-ignore
    ...(ends?.decided !== undefined && split?.kind !== 'split' && !(split?.kind === 'send' && split.experiment) ? [problem(null, `The campaign ends when “${ends.decided}” is decided, and no split, and no send that tries several contents, has this key`)] : []), // prettier-ignore
    ...(ends?.decided !== undefined && !goalReachedBy ? [problem(null, 'The campaign ends when a split is decided, and says no goal to decide it by: add goalReachedBy')] : []), // prettier-ignore
  ]
}

/** What is said of a person at entry must not pass for what is known of them. */
const properties = (document: Document): Problem[] =>
  slotsOfEntry(document)
    .filter((slot) => slotNames.includes(slot))
    .map((slot) => problem(null, `Whoever puts people in may not say their “${slot.slice('person.'.length)}”: that is known of them. Give the property another name`)) // prettier-ignore

/** Today's dates and tomorrow's are looked at: who came in by one of them must not come in by it again. */
function reentries({ enter, reentry }: Document): Problem[] {
  if (!enter || !('onDate' in enter) || !reentry) return []
  if (enter.onDate.once) return reentry.afterDays < 3 ? [problem(null, 'One date must not let people in twice: let them come in again after 3 days or more')] : [] // prettier-ignore
  return reentry.afterDays < 30 ? [problem(null, 'A date comes once a year: let people come in again after 30 days or more')] : [] // prettier-ignore
}

/** To choose a channel there must be several. */
const channels = ({ journey }: Document): Problem[] =>
  journey
    .filter((step) => step.kind === 'send' && step.bestChannel !== undefined && step.instead === undefined)
    .map(({ key }) =>
      problem(key, 'goes by the channel each answers best, and has but one: add another with `instead`'),
    )

/** What is tried must be told apart by something that can be counted. */
function experiments({ journey, goalReachedBy }: Document): Problem[] {
  return journey.flatMap((step) => {
    if (step.kind !== 'send' || step.experiment === undefined) return []
    const same = new Set([step.contentHash, ...step.experiment.others.map(({ contentHash }) => contentHash)])
    return [
      ...(goalReachedBy
        ? []
        : [
            problem(
              step.key,
              'tries several contents, but the campaign has no goal to tell them apart by: add goalReachedBy',
            ),
          ]),
      ...(same.size === step.experiment.others.length + 1
        ? []
        : [problem(step.key, 'tries the same content twice: take one out')]),
    ]
  })
}
