import type { Journey, SendStep, Step } from '#campaigns/definition/steps.ts'
import { nextOf } from '#campaigns/definition/ways.ts'
import type { Form } from '../visitor.ts'
import { fieldOf } from './steps.ts'

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

/** The step goes, and who led to it leads to what followed it. */
export function removed({ journey, form }: Shape, stepKey: string): Shape {
  const step = journey.find(({ key }) => key === stepKey)
  if (!step || journey.length === 1) return { journey, form }
  const next = (form[fieldOf(stepKey, 'next')] || nextOf(journey, step)) ?? ''
  const led = Object.entries(form).map(([name, value]): [string, string] => [
    name,
    isWay(name) && value === stepKey ? next : value,
  ])
  return { journey: journey.filter(({ key }) => key !== stepKey), form: Object.fromEntries(led) }
}

/** A step comes behind another, or first; the step it comes behind leads to it, and it to where that one led. */
export function added({ journey, form }: Shape, behind: string | null, step: Step): Shape {
  const at = journey.findIndex(({ key }) => key === behind) + 1
  const field = behind === null ? '' : fieldOf(behind, 'next')
  const taken = behind === null || step.kind === 'split' || step.kind === 'exit' ? {} : { [field]: '', [fieldOf(step.key, 'next')]: form[field] ?? '' } // prettier-ignore
  return { journey: journey.toSpliced(at, 0, step), form: { ...form, ...taken } }
}

/** A key for a new step that no other has: what was asked for, else its kind and a number. */
export function freeKey(journey: Journey, kind: Step['kind'], asked: string): string {
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
