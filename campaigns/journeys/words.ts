import { ruleWords } from '#graph/segments/rule-words.ts'
import type { Entry, Journey, SplitStep, Step, WaitStep } from '../definition/steps.ts'
import { nextOf, type Way } from '../definition/ways.ts'

const days = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** A stretch of minutes as people say it: `3 days`, `90 minutes`. */
export function stretch(minutes: number): string {
  const [size, unit] = [[10_080, 'week'], [1_440, 'day'], [60, 'hour'], [1, 'minute']].find(([one]) => minutes % Number(one) === 0) ?? [1, 'minute'] // prettier-ignore
  const number = minutes / Number(size)
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}

/** What a step does, as a sentence without its full stop. */
export function stepWords(step: Step): string {
  if (step.kind === 'send') return `Sends “${step.content.subject.text}”`
  if (step.kind === 'wait') return waitWords(step)
  if (step.kind === 'branch') return 'Parts people by what is known of them'
  return step.kind === 'split' ? 'Draws lots' : `Ends the journey: ${step.reason}`
}

function waitWords({ minutes, until, untilDate, forEvent }: WaitStep): string {
  if (minutes !== undefined) return `Waits ${stretch(minutes)}`
  if (untilDate !== undefined) return `Waits until ${untilDate.slice(0, 16).replace('T', ' ')}`
  if (forEvent) return `Waits for “${forEvent.event}”, ${stretch(forEvent.withinMinutes)} at most`
  const on = until?.days ? ` on ${until.days.map((day) => days[day]).join(' or ')}` : ''
  return `Waits until it is ${until?.time ?? ''}${on} ${until?.zone === 'business' ? 'at the business' : 'where they live'}`
}

/** Each way out of a step, and when it is taken. */
export function wayWords(journey: Journey, step: Step): { when: string; to: Way }[] {
  if (step.kind === 'exit') return []
  if (step.kind === 'split') return drawnWords(step)
  const next = nextOf(journey, step)
  if (step.kind === 'branch')
    return [
      ...step.when.map(({ if: rule, to }) => ({ when: `Those who ${ruleWords(rule)}`, to })),
      { when: 'Everybody else', to: step.otherwise ?? next },
    ]
  if (step.kind === 'send' || !step.forEvent) return [{ when: 'Then', to: next }]
  return [
    { when: 'When it happens', to: next },
    { when: 'Otherwise', to: step.otherwise ?? next },
  ]
}

function drawnWords({ arms }: SplitStep): { when: string; to: Way }[] {
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  return arms.map(({ name, weight, to }) => ({ when: `${name}, ${Math.round((weight / total) * 100)} %`, to }))
}

/** How people come in. */
export function entryWords(enter: Entry | undefined, segment: string): string {
  if (!enter) return `Everybody in “${segment}” when it starts`
  if ('byList' in enter) return `Whoever is put in by hand, of “${segment}”`
  if ('onEntry' in enter) return `Whoever comes into “${enter.onEntry}”, of “${segment}”`
  if ('onEvent' in enter) return `Whoever does “${enter.onEvent.event}”, of “${segment}”`
  const { property, offsetDays, time } = enter.onDate
  const what = property === 'born' ? 'their birthday' : 'the day they became a customer'
  const shift = offsetDays === 0 ? 'On' : `${Math.abs(offsetDays)} days ${offsetDays < 0 ? 'before' : 'after'}`
  return `${shift} ${what}, at ${time}, of “${segment}”`
}
