import { ruleWords } from '#graph/segments/rule-words.ts'
import { formatMoney } from '#kernel/money.ts'
import type { RolloutPlan } from '../canary/plan.ts'
import type { CampaignDefinition } from '../definition.ts'
import type { DateOf, Entry } from '../definition/coming-in.ts'
import type { Journey, SendStep, SplitStep, Step, WaitStep } from '../definition/steps.ts'
import type { Occasion } from '../definition/terms.ts'
import { nextOf, otherwiseOf, type Way } from '../definition/ways.ts'

const days = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** A stretch of minutes as people say it: `3 days`, `90 minutes`. */
export function stretch(minutes: number): string {
  const [size, unit] = [[10_080, 'week'], [1_440, 'day'], [60, 'hour'], [1, 'minute']].find(([one]) => minutes % Number(one) === 0) ?? [1, 'minute'] // prettier-ignore
  const number = minutes / Number(size)
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}

/** What somebody does, with what it must be about. */
export function occasionWords({ event, where = {} }: Occasion): string {
  const details = Object.entries(where).map(([name, value]) => `${name} ${value}`)
  return `“${event}”${details.length === 0 ? '' : ` (${details.join(', ')})`}`
}

/** An instant, wherever it was written down: `2026-03-02 10:00 UTC`. */
const shown = (instant: string): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** What a step does, as a sentence without its full stop. */
export function stepWords(step: Step): string {
  if (step.kind === 'send') return sendWords(step)
  if (step.kind === 'wait') return waitWords(step)
  if (step.kind === 'branch') return 'Parts people by what is known of them'
  return step.kind === 'split' ? 'Draws lots' : `Ends the journey: ${step.reason}`
}

function sendWords({ content, channel, instead = [], experiment, bestChannel }: SendStep): string {
  const how = bestChannel ? `, by the channel each answers best (${Math.round(bestChannel.control * 100)} % in the order written down, as the control)` : '' // prettier-ignore
  const ways = [channel, ...instead.map((copy) => copy.channel)]
  const by = ways.some((way) => way !== 'email') ? ` by ${ways.join(', else by ')}` : ''
  const subject = `Sends “${content.subject.text}”${by}`
  if (!experiment) return subject + how
  const others = experiment.others.map((other) => `“${other.content.subject.text}”`).join(' or ')
  return `${subject} or ${others}, ${experiment.allocation === 'bandit' ? 'more and more what does better' : 'by fixed shares'}`
}

function waitWords({ minutes, until, untilDate, forEvent }: WaitStep): string {
  if (minutes !== undefined) return `Waits ${stretch(minutes)}`
  if (untilDate !== undefined) return `Waits until ${shown(untilDate)}`
  if (forEvent) return `Waits for ${occasionWords(forEvent)}, ${stretch(forEvent.withinMinutes)} at most`
  if (until?.best) return bestWords(until)
  const on = until?.days ? ` on ${until.days.map((day) => days[day]).join(' or ')}` : ''
  return `Waits until it is ${until?.time ?? ''}${on} ${until?.zone === 'business' ? 'at the business' : 'where they live'}`
}

function bestWords({ best, time, zone }: NonNullable<WaitStep['until']>): string {
  const control = Math.round((best?.control ?? 0) * 100)
  return `Waits for the hour in which each answers best (${control} % until ${time}, as the control)${zone === 'business' ? ', at the business' : ''}`
}

/** Each way out of a step, and when it is taken. */
export function wayWords(journey: Journey, step: Step): { when: string; to: Way }[] {
  if (step.kind === 'exit') return []
  if (step.kind === 'split') return drawnWords(step)
  if (step.kind === 'branch')
    return [
      ...step.when.map(({ if: rule, segment, to }) => ({ when: segment === undefined ? `Those who ${ruleWords(rule)}` : `Those in “${segment}”`, to })), // prettier-ignore
      { when: 'Everybody else', to: otherwiseOf(journey, step) },
    ]
  const next = nextOf(journey, step)
  if (step.kind === 'send' || !step.forEvent) return [{ when: 'Then', to: next }]
  return [
    { when: 'When it happens', to: next },
    { when: 'Otherwise', to: otherwiseOf(journey, step) },
  ]
}

function drawnWords({ arms }: SplitStep): { when: string; to: Way }[] {
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  return arms.map(({ name, weight, to }) => ({ when: `${name}, ${Math.round((weight / total) * 100)} %`, to }))
}

/** When the campaign itself is over, whichever comes first. */
export function endWords({
  at,
  goals,
  sends,
  decided,
  fatigue,
  budget,
}: NonNullable<CampaignDefinition['ends']>): string[] {
  const { unsubscribed, complained, afterSends } = fatigue ?? {}
  const tired = [
    unsubscribed === undefined ? [] : `more than ${percent(unsubscribed)} of its messages make readers unsubscribe`,
    complained === undefined ? [] : `more than ${percent(complained)} are marked as unwanted`,
  ].flat()
  return [
    at === undefined ? [] : `on ${shown(at)}`,
    goals === undefined ? [] : `when ${goals} people reached its goal`,
    sends === undefined ? [] : `after ${sends} messages`,
    decided === undefined ? [] : `when the split “${decided}” is decided`,
    tired.map((words) => `when ${words}, after ${afterSends} messages`),
    budget === undefined ? [] : `when ${formatMoney(budget)} are spent on messages${priceWords(budget)} and models`,
  ].flat()
}

/** What each message is counted as, which may be less than the smallest coin. */
const priceWords = ({
  perMessageMicro,
  currency,
}: NonNullable<NonNullable<CampaignDefinition['ends']>['budget']>): string =>
  perMessageMicro === 0
    ? ', which cost nothing,'
    : ` at ${currency} ${Number((perMessageMicro / 1_000_000).toFixed(6))} each`

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

/** How people come in. */
export function entryWords(enter: Entry | undefined, segment: string): string {
  if (!enter) return `Everybody in “${segment}” when it starts`
  if ('byList' in enter) return `Whoever is put in by hand, of “${segment}”`
  if ('onEntry' in enter) return `Whoever comes into “${enter.onEntry}”, of “${segment}”`
  if ('becomes' in enter) return `Whoever newly is of those who ${ruleWords(enter.becomes)}, of “${segment}”`
  if ('onEvent' in enter) return `Whoever does ${occasionWords(enter.onEvent)}, of “${segment}”`
  const { property, offsetDays, time, once, zone } = enter.onDate
  const what = `${dateWords(property)}${once ? '' : ' each year'}`
  const shift = offsetDays === 0 ? 'On' : `${Math.abs(offsetDays)} days ${offsetDays < 0 ? 'before' : 'after'}`
  return `${shift} ${what}, at ${time} ${zone === 'business' ? 'at the business' : 'where they live'}, of “${segment}”`
}

function dateWords(property: DateOf): string {
  if (property === 'born') return 'their birthday'
  if (property === 'customer-since') return 'the day they became a customer'
  const newest = `their newest “${property.event}”`
  return property.property === undefined
    ? `the day of ${newest}`
    : `the day that “${property.property}” of ${newest} says`
}

/** `to 1 % of people, then 10 %, 50 % and 100 %, each after 2 hours at least, while bounce and complaint stay low`. */
export function rolloutWords({ stages, guards }: RolloutPlan): string {
  const ways = stages.map((stage) => `${stage.percent} %`)
  const slowest = stages.slice(0, -1).reduce((sum, { minMinutes }) => sum + minMinutes, 0)
  return `to ${ways.join(', then ')} of people, everybody after ${stretch(slowest)} at the earliest, while ${guards.map(({ metric }) => metric).join(', ')} are as they should` // prettier-ignore
}
