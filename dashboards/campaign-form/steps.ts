import { DateTime } from 'luxon'
import type { ApprovedContent } from '#campaigns/content/approved-contents.ts'
import type { BranchStep, SendStep, SplitStep, Step, WaitStep } from '#campaigns/definition/steps.ts'
import type { Way } from '#campaigns/definition/ways.ts'
import type { Segment } from '#graph/segments/registry.ts'
import type { Form } from '../visitor.ts'
import {
  allOf, dayFields, daysFrom, given, inPercent, jsonFrom, jsonText, number, occasionFields, occasionFrom, said, share, stretchFields,
  stretchFrom, words,
} from './fields.ts' // prettier-ignore

/** What the fields of a campaign are read with: contents that may be sent, saved segments, and whose clocks. */
export type Shelf = {
  contents: readonly ApprovedContent[]
  segments: readonly Pick<Segment, 'name' | 'rule' | 'hash'>[]
  zone: string
}

/** What the fields in rows of a step are called on its form. */
export const rowNames = {
  'when.if': 'or fits the rule',
  'when.to': 'goes to',
  'arms.name': 'Name',
  'arms.weight': 'Weight',
  'arms.to': 'goes to',
} as const

/** A field of a step is named by the key of the step. */
export const fieldOf = (stepKey: string, what: string): string => `step-${stepKey}-${what}`

/** Says in a form that a way leads to the end of the journey: no key of a step. */
export const atEnd = '(end)'

/** A way as a form says it; empty where nothing is said of it. */
export const wayText = (way: Way | undefined): string => (way === null ? atEnd : (way ?? ''))

/** The way that a field says: null for the end, nothing where it says none. */
const wayFrom = (form: Form, name: string): Way | undefined => (said(form, name) === atEnd ? null : words(form, name))

/** Rows that a form shows of a list, the last of them empty for one more. */
export const rowsOf = (filled: number, most: number): number[] =>
  Array.from({ length: Math.min(most, filled + 1) }, (_, at) => at + 1)

export const mostInstead = 3
export const mostOthers = 9
export const mostWays = 20

/** How a content is chosen in a field: what is sent by a channel is chosen with it. */
export const choiceOf = ({ channel, contentHash }: Pick<SendStep, 'channel' | 'contentHash'>): string =>
  `${channel} ${contentHash}`

/** The fields of a step, filled in. */
export function stepFields(step: Step, zone: string): Record<string, string> {
  const fields: Record<string, string> = step.kind === 'send' ? sendFields(step) : step.kind === 'wait' ? waitFields(step, zone) : step.kind === 'branch' ? branchFields(step) : step.kind === 'split' ? splitFields(step) : { reason: step.reason } // prettier-ignore
  return Object.fromEntries(Object.entries(fields).map(([what, value]) => [fieldOf(step.key, what), value]))
}

/** The step that its fields say, to be checked by whoever takes it. */
export function stepFrom(step: Step, form: Form, shelf: Shelf): unknown {
  const own = Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => {
      const prefix = fieldOf(step.key, '')
      return name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : []
    }),
  )
  if (Object.keys(own).length === 0) return step
  if (step.kind === 'send') return sendFrom(step, own, shelf)
  if (step.kind === 'wait') return waitFrom(step, own, shelf.zone)
  if (step.kind === 'branch') return branchFrom(step, own, shelf)
  if (step.kind === 'split') return { ...step, arms: armsFrom(own) }
  return { ...step, reason: said(own, 'reason') }
}

function sendFields({ experiment, instead = [], bestChannel, next, ...own }: SendStep): Record<string, string> {
  return {
    content: choiceOf(own),
    best: inPercent(bestChannel?.control),
    ...Object.fromEntries(instead.map((copy, at) => [`instead-${at + 1}`, choiceOf(copy)])),
    allocation: experiment?.allocation ?? 'fixed',
    everyMinutes: String(experiment?.everyMinutes ?? ''),
    'control-name': experiment?.control.name ?? '',
    'control-weight': String(experiment?.control.weight ?? ''),
    ...Object.fromEntries(
      (experiment?.others ?? []).flatMap(({ name, weight, contentHash }, at) => [
        [`other-${at + 1}`, choiceOf({ channel: own.channel, contentHash })],
        [`other-${at + 1}-name`, name],
        [`other-${at + 1}-weight`, String(weight)],
      ]),
    ),
    next: wayText(next),
  }
}

function sendFrom(step: SendStep, form: Form, shelf: Shelf): unknown {
  const content = (name: string): unknown => {
    const found = shelf.contents.find((one) => choiceOf(one) === said(form, name))
    return found && { channel: found.channel, contentHash: found.contentHash, content: found.content }
  }
  const instead = rowsOf(mostInstead, mostInstead).flatMap((n) => content(`instead-${n}`) ?? [])
  const control = share(form, 'best')
  return {
    key: step.key,
    kind: 'send',
    ...given({ next: wayFrom(form, 'next') }),
    ...(content('content') ?? { channel: step.channel, contentHash: step.contentHash, content: step.content }),
    ...given({
      experiment: experimentFrom(form, content),
      bestChannel: control === undefined ? undefined : { control },
      instead: instead.length === 0 ? undefined : instead,
    }),
  }
}

function experimentFrom(form: Form, content: (name: string) => unknown): unknown {
  const others = rowsOf(mostOthers, mostOthers).flatMap((n) => {
    const chosen = content(`other-${n}`)
    if (typeof chosen !== 'object' || chosen === null) return []
    const { channel: _channel, ...rest } = chosen as Record<string, unknown>
    return [{ name: said(form, `other-${n}-name`) || `other-${n}`, weight: number(form, `other-${n}-weight`) ?? 1, ...rest }] // prettier-ignore
  })
  if (others.length === 0) return undefined
  const control = { name: said(form, 'control-name') || 'first', weight: number(form, 'control-weight') ?? 1 }
  const allocation = said(form, 'allocation')
  const everyMinutes = allocation === 'bandit' ? number(form, 'everyMinutes') : undefined
  return { control, others, allocation, ...given({ everyMinutes }) }
}

function waitFields({ minutes, until, untilDate, forEvent, otherwise, next }: WaitStep, zone: string) {
  return {
    by: until ? 'until' : untilDate !== undefined ? 'date' : forEvent ? 'event' : 'minutes',
    ...stretchFields('minutes', minutes),
    time: until?.time ?? '',
    ...dayFields('until', until?.days),
    zone: until?.zone ?? 'person',
    best: inPercent(until?.best?.control),
    date: localTime(untilDate ?? null, zone),
    ...occasionFields('event', forEvent),
    ...stretchFields('within', forEvent?.withinMinutes),
    otherwise: wayText(otherwise),
    next: wayText(next),
  }
}

function waitFrom(step: WaitStep, form: Form, zone: string): unknown {
  const by = said(form, 'by')
  const control = share(form, 'best')
  const days = daysFrom(form, 'until')
  const ways: Readonly<Record<string, Record<string, unknown>>> = {
    minutes: { minutes: stretchFrom(form, 'minutes') },
    until: { until: { time: said(form, 'time'), zone: said(form, 'zone'), ...given({ days, best: control === undefined ? undefined : { control } }) } }, // prettier-ignore
    date: { untilDate: instantFrom(form, 'date', zone, step.untilDate) },
    event: {
      forEvent: { ...(occasionFrom(form, 'event') ?? { event: '' }), withinMinutes: stretchFrom(form, 'within') },
      ...given({ otherwise: wayFrom(form, 'otherwise') }),
    },
  }
  return { key: step.key, kind: 'wait', ...given({ next: wayFrom(form, 'next') }), ...ways[by] }
}

/** An instant from a field on the clocks of a zone; as it was where the field still shows that. */
export function instantFrom(form: Form, name: string, zone: string, before?: string | null): string | undefined {
  const text = said(form, name)
  if (text === '') return undefined
  const at = DateTime.fromISO(text, { zone })
  if (!at.isValid) return text
  return before && localTime(before, zone) === text ? before : at.toUTC().toISO({ suppressMilliseconds: true })
}

/** An instant as a field shows it, on the clocks of a zone. */
export const localTime = (instant: string | null, zone: string): string =>
  instant === null ? '' : DateTime.fromISO(instant, { zone }).toFormat("yyyy-MM-dd'T'HH:mm")

/** Where everybody else goes. */
const elseText = ({ otherwise, next }: BranchStep): string => wayText(otherwise === undefined ? next : otherwise)

function branchFields(step: BranchStep): Record<string, string> {
  const rows = step.when.map(({ segment, if: rule, to }, at) => ({
    [`segment-${at + 1}`]: segment ?? '',
    [`if-${at + 1}`]: segment === undefined ? jsonText(rule) : '',
    [`to-${at + 1}`]: wayText(to),
  }))
  return { ...allOf(rows), otherwise: elseText(step) }
}

function branchFrom(step: BranchStep, form: Form, { segments }: Shelf): unknown {
  const when = rowsOf(mostWays, mostWays).flatMap((n): unknown[] => {
    const [segment, own, to] = [said(form, `segment-${n}`), said(form, `if-${n}`), wayFrom(form, `to-${n}`)]
    if (segment === '' && own === '') return []
    if (segment === '') return [{ if: jsonFrom(own), to }]
    // A segment that stays chosen keeps the rule it was read with.
    const before = step.when.find((way) => way.segment === segment)
    const saved = segments.find(({ name }) => name === segment)
    return [before ? { ...before, to } : { segment, ...given({ versionHash: saved?.hash, if: saved?.rule }), to }]
  })
  // What says where everybody else goes, and is not changed, goes on saying it, which may be `next`.
  const isSame = said(form, 'otherwise') === elseText(step)
  const { next, otherwise } = isSame ? step : { next: undefined, otherwise: wayFrom(form, 'otherwise') }
  return { key: step.key, kind: 'branch', ...given({ next }), when, ...given({ otherwise }) }
}

const splitFields = ({ arms }: SplitStep): Record<string, string> =>
  Object.fromEntries(
    arms.flatMap(({ name, weight, to }, at) => [
      [`arm-${at + 1}`, name],
      [`weight-${at + 1}`, String(weight)],
      [`to-${at + 1}`, wayText(to)],
    ]),
  )

const armsFrom = (form: Form): unknown[] =>
  rowsOf(mostWays, mostWays).flatMap((n) => {
    const name = said(form, `arm-${n}`)
    return name === '' ? [] : [{ name, weight: number(form, `weight-${n}`), to: wayFrom(form, `to-${n}`) }]
  })
