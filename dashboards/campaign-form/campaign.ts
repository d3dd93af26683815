import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Form } from '../visitor.ts'
import { allOf } from './fields.ts'
import { stepFields, stepFrom, type Shelf } from './steps.ts'
import { wholeFields, wholeFrom } from './whole.ts'

/** All fields of a campaign, filled in: `campaignFrom` makes the same campaign of them again. */
export const campaignFields = (definition: CampaignDefinition, zone: string): Record<string, string> =>
  allOf([wholeFields(definition, zone), ...definition.journey.map((step) => stepFields(step, zone))])

/** The campaign that its fields say, to be checked by whoever takes it. What has no field stays as it was. */
export const campaignFrom = (before: CampaignDefinition, form: Form, shelf: Shelf): unknown => ({
  ...wholeFrom(before, form, shelf),
  journey: before.journey.map((step) => stepFrom(step, form, shelf)),
})
