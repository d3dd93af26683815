import type { PersonId } from '#kernel/ids.ts'
import type { Step, WaitStep } from '../definition/steps.ts'

/** A wait that ends at each person's best time. */
export type BestWait = WaitStep & {
  until: NonNullable<WaitStep['until']> & { best: NonNullable<NonNullable<WaitStep['until']>['best']> }
}

export const isBestWait = (step: Step): step is BestWait => step.kind === 'wait' && step.until?.best !== undefined

/** Somebody who came to such a wait. */
export type Waiting = {
  id: string
  personId: PersonId | null
  drawnBy: string
  since: Date
  zones: { person: string; business: string }
}

/** When a person's wait is over, and why then. */
export type Best = { dueAt: Date; why: string }
