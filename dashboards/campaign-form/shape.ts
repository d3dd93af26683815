import type { Journey, SendStep, Step } from '#campaigns/definition/steps.ts'
import type { Way } from '#campaigns/definition/ways.ts'
import type { Form } from '../visitor.ts'
import { atEnd, fieldOf, wayText } from './steps.ts'

/** Steps and what their fields say: both change when a step comes, goes or moves. */
export type Shape = { journey: Journey; form: Form }

/** Says in a form that a step comes before all others: no key of a step. */
export const atFirst = '(first)'

/** The step goes one place up (-1) or down (1); at the end of the list it stays. */
export function moved({ journey, form }: Shape, stepKey: string, by: -1 | 1): Shape {
  const at = journey.findIndex(({ key }) => key === stepKey)
  const other = journey[at + by]
  if (at < 0 || !other) return { journey, form }
  const swapped = journey.with(at, other).with(at + by, journey[at]!)
  return { journey: swapped, form }
}

const isWay = (name: string): boolean => /-(?:next|otherwise|to-\d+)$/.test(name)

/** What a step's form says of one of its ways; what the step itself says where the form has none of its fields. */
function wayOf({ form }: Shape, step: Step, what: 'next' | 'otherwise'): string {
  const isShown = Object.keys(form).some((name) => name.startsWith(fieldOf(step.key, '')))
  const own = what in step ? (step as Partial<Record<typeof what, Way>>)[what] : undefined
  return isShown ? (form[fieldOf(step.key, what)] ?? '') : wayText(own)
}

const parts = ({ kind }: Step): boolean => kind === 'split' || kind === 'exit'

/** Where those go whom nothing else leads away: of a branch, everybody else. Empty: to the step below. */
const named = (shape: Shape, step: Step): string =>
  parts(step) ? '' : (step.kind === 'branch' && wayOf(shape, step, 'otherwise')) || wayOf(shape, step, 'next')

/** The field that says so. */
export const onward = ({ key, kind }: Step): string => fieldOf(key, kind === 'branch' ? 'otherwise' : 'next')

/** What followed a step, for those who led to it: empty where lots decided, since nobody can say. */
function followed(shape: Shape, step: Step, below: Step | undefined): string {
  if (parts(step)) return step.kind === 'exit' ? atEnd : ''
  return named(shape, step) || (below?.key ?? atEnd)
}

/** The step goes, and who led to it, or fell through to it, leads to what followed it. */
export function removed(shape: Shape, stepKey: string): Shape {
  const { journey, form } = shape
  const at = journey.findIndex(({ key }) => key === stepKey)
  const step = journey[at]
  if (!step || journey.length === 1) return shape
  const [above, below] = [journey[at - 1], journey[at + 1]]
  const next = followed(shape, step, below)
  const fellThrough = above && !parts(above) && named(shape, above) === ''
  const led = Object.entries(form).map(([name, value]): [string, string] => [
    name,
    isWay(name) && value === stepKey ? next : value,
  ])
  return {
    journey: journey.toSpliced(at, 1),
    form: {
      ...Object.fromEntries(led),
      ...(fellThrough && next !== '' && next !== (below?.key ?? atEnd) ? { [onward(above)]: next } : {}),
    },
  }
}

/** A step comes behind another, or first; the step it comes behind leads to it, and it to where that one led. */
export function added(shape: Shape, behind: string | null, step: Step): Shape {
  const { journey, form } = shape
  const at = journey.findIndex(({ key }) => key === behind)
  const before = journey[at]
  const grown = journey.toSpliced(at + 1, 0, step)
  if (!before || parts(before)) return { journey: grown, form }
  const onto = named(shape, before)
  return { journey: grown, form: { ...form, [onward(before)]: '', ...leading(step, onto) } }
}

/** The fields by which a new step leads on. */
function leading(step: Step, to: string): Record<string, string> {
  if (step.kind === 'exit') return {}
  if (step.kind !== 'split') return { [onward(step)]: to }
  return to === '' ? {} : Object.fromEntries(step.arms.map((_, at) => [fieldOf(step.key, `to-${at + 1}`), to]))
}

/** A key for a new step that no other has: what was asked for, else its kind and a number. */
export function freeKey(journey: readonly Pick<Step, 'key'>[], kind: Step['kind'], asked: string): string {
  const taken = new Set(journey.map(({ key }) => key))
  const wanted = asked.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 50) // prettier-ignore
  if (wanted !== '' && !taken.has(wanted)) return wanted
  const stem = wanted || kind
  let n = 2
  while (taken.has(`${stem}-${n}`)) n++
  return `${stem}-${n}`
}

/** A step of a kind with what most begin with. Ways that part lead to `to` until somebody says where. */
export function newStep(kind: Step['kind'], key: string, copy: Pick<SendStep, 'channel' | 'contentHash' | 'content'>, to: string): Step {
  if (kind === 'send') return { key, kind, channel: copy.channel, contentHash: copy.contentHash, content: copy.content }
  if (kind === 'wait') return { key, kind, minutes: 1_440 }
  if (kind === 'branch') return { key, kind, when: [{ if: { did: { event: 'message_clicked', atLeast: 1, withinDays: 7 } }, to }] }
  if (kind === 'split') return { key, kind, arms: [{ name: 'one', weight: 1, to }, { name: 'other', weight: 1, to }] }
  return { key, kind, reason: 'nothing more to tell' }
} // prettier-ignore
