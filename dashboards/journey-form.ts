import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Form } from './visitor.ts'

/** The names of the fields of a journey: each step that can be changed has one of its own. */
export const stepField = (stepKey: string): string => `step-${stepKey}`

/** The definition with the waits, limits and end that the form says. What a field holds is checked with the whole. */
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
  const { ends: _before, holdout: _share, ...rest } = definition
  return {
    ...rest,
    ...holdoutFrom(form['holdout'], definition),
    journey,
    ...endsFrom(definition, form),
    limits: {
      ...limits,
      window,
      dailyCap: numberOrNull(form['dailyCap']),
      perPersonPerWeek: numberOrNull(form['perPersonPerWeek']),
      expireAfterHours: Number(form['expireAfterHours'] ?? limits.expireAfterHours),
    },
  }
}

/** The end that the form says. Of what it has no field for, what was there stays. */
function endsFrom({ ends }: CampaignDefinition, form: Form): { ends?: unknown } {
  const said = (name: string): string | undefined => form[name]?.trim() || undefined
  const number = (name: string): number | undefined => (said(name) === undefined ? undefined : Number(said(name)))
  const share = (name: string): number | undefined => (said(name) === undefined ? undefined : Number(said(name)) / 100)
  const [unsubscribed, complained] = [share('endsUnsubscribed'), share('endsComplained')]
  const tired = (unsubscribed ?? complained) !== undefined
  const fatigue = tired ? given({ unsubscribed, complained, afterSends: number('endsAfter') ?? 100 }) : undefined
  const asked = given({
    at: said('endsAt'),
    goals: number('endsGoals'),
    sends: number('endsSends'),
    decided: ends?.decided,
    budget: ends?.budget,
    fatigue,
  })
  return Object.keys(asked).length === 0 ? {} : { ends: asked }
}

const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

const numberOrNull = (said: string | undefined): number | null =>
  said === undefined || said.trim() === '' ? null : Number(said)

/** The share of people who are held out, from a field in percent; as it is where the form says nothing of it. */
function holdoutFrom(said: string | undefined, { holdout }: CampaignDefinition): Pick<CampaignDefinition, 'holdout'> {
  if (said === undefined) return holdout ? { holdout } : {}
  return said.trim() === '' || Number(said) === 0 ? {} : { holdout: { share: Number((Number(said) / 100).toFixed(4)) } }
}
