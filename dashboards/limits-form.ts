import { DateTime } from 'luxon'
import { carefulRollout, type RolloutPlan } from '#campaigns/canary/plan.ts'
import { defaultLimits } from '#campaigns/definition.ts'
import { dayField } from './schedule-form.ts'
import type { Form } from './visitor.ts'

const numberOr = <T>(text: string | undefined, otherwise: T): number | T => {
  const words = text?.trim() ?? ''
  return words === '' ? otherwise : Number(words)
}

/** The limits that a posted form asks for, to be checked by whoever takes them. An empty field is no limit. */
export function limitsFrom(form: Form): unknown {
  const { from = '', to = '' } = form
  const days = [1, 2, 3, 4, 5, 6, 7].filter((day) => form[dayField(day)] !== undefined)
  const isOfDays = days.length % 7 !== 0
  const priority = numberOr(form['priority'], undefined)
  return {
    dailyCap: numberOr(form['dailyCap'], null),
    perPersonPerDay: numberOr(form['perPersonPerDay'], null),
    perPersonPerWeek: numberOr(form['perPersonPerWeek'], null),
    // Days without hours are kept, so that the missing hours are asked for.
    window: from === '' && to === '' && !isOfDays ? null : { from, to, ...(isOfDays ? { days } : {}) },
    expireAfterHours: numberOr(form['expireAfterHours'], defaultLimits.expireAfterHours),
    ...(priority === undefined ? {} : { priority }),
  }
}

/** The stages that somebody chose; null for everybody at once. */
export const rolloutFrom = (form: Form): RolloutPlan | null => (form['rollout'] === 'careful' ? carefulRollout : null)

/** The start on the clocks of the business; null where none was given, undefined where it is no time. */
export function startFrom(form: Form, zone: string): Date | null | undefined {
  const text = form['startAt']?.trim() ?? ''
  if (text === '') return null
  const at = DateTime.fromISO(text, { zone })
  return at.isValid ? at.toJSDate() : undefined
}

/** A start as the field of a form shows it. */
export const startText = (at: Date | null, zone: string): string =>
  at === null ? '' : DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm")
