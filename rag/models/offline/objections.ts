import { draftOf, refusedOf, type ComposedBody, type DraftRequest } from '../../draft.ts'
import { forms } from '../../forms.ts'
import { givenEvidence, runRules, subjectOf } from '../../guardrails/check.ts'

/** The texts of a body that the guardrails would block, as far as they can be asked without a database. */
export function objectionsTo(composed: ComposedBody, request: DraftRequest): string[] {
  const { business, brand, brief, evidence, links } = request
  const form = forms[brief.channel]
  const body = draftOf(composed, evidence, form)
  const context = {
    business: { name: business.name, ...(business.site !== undefined && { site: business.site }) },
    brand,
    courtesies: [brand.greeting, brand.closing].filter((line) => line !== undefined),
    allowed: { urls: links.map(({ url }) => url), emails: [], phones: [] },
    slots: ['person.given_name'],
    form,
  }
  return refusedOf(body, runRules(subjectOf(body, givenEvidence(evidence), context, [])))
}
