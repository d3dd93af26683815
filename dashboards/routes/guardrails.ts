import { catalogue } from '#rag/guardrails/rule-set.ts'
import { verdictsSoFar } from '#rag/guardrails/verdicts.ts'
import type { Pages } from '../pages.ts'
import { guardrailsView } from '../views/guardrails.ts'
import type { Router } from './route.ts'

/** What is checked before anybody may approve a text: each rule, why it is there, and what it has said so far. */
export function guardrailRoutes(router: Router, { db }: Pages): void {
  router.get('/guardrails', 'campaign.view', async ({ page }) => {
    return page('Guardrails', guardrailsView({ rules: catalogue(), ...(await verdictsSoFar(db)) }))
  })
}
