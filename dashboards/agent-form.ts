import type { AskedScope } from '#governance/agents/delegation.ts'
import type { Segment } from '#graph/segments/registry.ts'
import { formNames } from '#rag/forms.ts'
import type { Form } from './visitor.ts'

/** How the fields of the form that delegates are called: one box a form, one box a segment by its place in the list. */
export const formField = (name: string): string => `form-${name}`
export const segmentField = (index: number): string => `segment-${index}`

const microUsdInDollar = 1_000_000

/** The scope a person filled in; what is no number stays none, and is refused with words. */
export function scopeFrom(form: Form, segments: readonly Segment[]): AskedScope {
  const number = (field: string): number => Number(form[field]?.trim() || Number.NaN)
  return {
    forms: formNames.filter((name) => form[formField(name)] !== undefined),
    segments: segments
      .filter(({ name }, index) => form[segmentField(index)] === name)
      .map(({ name, rule }) => ({ name, rule })),
    mostPeople: number('mostPeople'),
    mostCostMicroUsd: Math.round(number('mostCost') * microUsdInDollar),
    samplePercent: number('samplePercent'),
    days: number('days'),
  }
}
