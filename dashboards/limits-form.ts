import { DateTime } from 'luxon'
import { carefulRollout, type RolloutPlan } from '#campaigns/canary/plan.ts'
import type { DraftLimits } from '#campaigns/launch/draft-limits.ts'
import { limitFields } from './campaign-form/limits.ts'
import type { Form } from './visitor.ts'

/** The fields of what a draft is to be sent within, filled in. */
export const draftLimitFields = ({ limits, startAt, rollout }: DraftLimits, zone: string): Form => ({
  ...limitFields(limits),
  startAt: startText(startAt, zone),
  rollout: rollout ? 'careful' : 'all',
})

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
