import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import type { Form } from '../visitor.ts'
import { allOf, said } from './fields.ts'
import { limitNames } from './limits.ts'
import { onward } from './shape.ts'
import { atEnd, rowNames, stepFields, stepFrom, type Shelf } from './steps.ts'
import { wholeFields, wholeFrom } from './whole.ts'

/** All fields of a campaign, filled in: `campaignFrom` makes the same campaign of them again. */
export const campaignFields = (definition: CampaignDefinition, zone: string): Record<string, string> =>
  allOf([wholeFields(definition, zone), ...definition.journey.map((step) => stepFields(step, zone))])

/** The campaign that its fields say, to be checked by whoever takes it. What has no field stays as it was. */
export const campaignFrom = (before: CampaignDefinition, form: Form, shelf: Shelf): unknown => ({
  ...wholeFrom(before, form, shelf),
  journey: before.journey.map((step, at) =>
    stepFrom(step, before.journey[at + 1] ? form : withoutEnd(step, form, shelf), shelf),
  ),
})

/** Behind the last step is the end: where it is chosen there anew, nothing is said. */
function withoutEnd(step: Step, form: Form, { zone }: Shelf): Form {
  const way = onward(step)
  const isNew = said(form, way) === atEnd && stepFields(step, zone)[way] !== atEnd
  return isNew ? { ...form, [way]: '' } : form
}

/** What the fields of a campaign are called on its form, where that is not their names. */
export const fieldNames = allOf([
  rowNames,
  Object.fromEntries(Object.entries(limitNames).map(([limit, name]) => [`limits.${limit}`, name])),
])
