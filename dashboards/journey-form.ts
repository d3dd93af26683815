import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Form } from './visitor.ts'

/** The names of the fields of a journey: each step that can be changed has one of its own. */
export const stepField = (stepKey: string): string => `step-${stepKey}`

/** The definition with the waits and limits that the form says. What a field holds is checked with the whole. */
export function journeyFrom(definition: CampaignDefinition, form: Form): unknown {
  const journey = definition.journey.map((step) => {
    const said = form[stepField(step.key)]?.trim()
    if (step.kind !== 'wait' || said === undefined || said === '') return step
    if (step.minutes !== undefined) return { ...step, minutes: Number(said) }
    if (step.until) return { ...step, until: { ...step.until, time: said } }
    if (step.forEvent) return { ...step, forEvent: { ...step.forEvent, withinMinutes: Number(said) } }
    return step
  })
  const { limits } = definition
  const [from, to] = [form['from']?.trim() ?? '', form['to']?.trim() ?? '']
  const window = from === '' && to === '' ? null : { ...limits.window, from, to }
  return {
    ...definition,
    journey,
    limits: {
      ...limits,
      window,
      dailyCap: numberOrNull(form['dailyCap']),
      perPersonPerWeek: numberOrNull(form['perPersonPerWeek']),
      expireAfterHours: Number(form['expireAfterHours'] ?? limits.expireAfterHours),
    },
  }
}

const numberOrNull = (said: string | undefined): number | null =>
  said === undefined || said.trim() === '' ? null : Number(said)
