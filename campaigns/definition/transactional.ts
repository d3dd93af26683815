import type { CampaignDefinition } from '../definition.ts'
import { dayMinutes } from './rounds.ts'
import type { Journey } from './steps.ts'

type Document = Pick<CampaignDefinition, 'kind' | 'ifUnknown' | 'holdout' | 'journey' | 'limits' | 'enter' | 'rollout'>

/**
 * What speaks against calling a campaign transactional. It needs no consent to marketing, so it must not be turned into any:
 * it answers one person for what they did, soon, and nothing rations it or tries things with it.
 * @returns for each, the step it is about, or null
 */
export function transactionalProblems(document: Document): { step: string | null; why: string }[] {
  const { kind, ifUnknown, limits, enter, holdout, rollout, journey } = document
  if (kind !== 'transactional')
    return ifUnknown === 'send-again' ? whole('Only transactional messages may be sent again where nobody knows whether they arrived (ifUnknown): marketing is never sent twice') : [] // prettier-ignore
  const { window, perPersonPerDay = null, perPersonPerWeek, dailyCap } = limits
  const isRationed = [window, perPersonPerDay, perPersonPerWeek, dailyCap].some((limit) => limit !== null)
  const isTried = journey.some(tries)
  const isAnswer = enter !== undefined && ('byList' in enter || 'onEvent' in enter)
  return [
    ...(isAnswer ? [] : whole('The campaign says that it is transactional, but it lets in whoever is selected: let them come in by what they do (enter: onEvent), or by a program (enter: byList)')), // prettier-ignore
    ...(isRationed ? whole('What answers its reader waits for no window and no cap: take them out of the limits, or make the campaign marketing') : []), // prettier-ignore
    ...(holdout || rollout || isTried ? whole('What answers its reader is kept from nobody, and nothing is tried with it: take out the holdout, rollout, splits and experiments, or make the campaign marketing') : []), // prettier-ignore
    ...lateSteps(journey).map((step) => ({ step, why: 'waits for longer than a day: what comes so late answers nobody. Wait for an event, or make the campaign marketing' })), // prettier-ignore
  ]
}

const whole = (why: string) => [{ step: null, why }]

/** What keeps a share of people as a control, or parts them by lot. */
const tries = (step: Journey[number]): boolean =>
  step.kind === 'split' ||
  (step.kind === 'send' && (step.experiment ?? step.bestChannel) !== undefined) ||
  (step.kind === 'wait' && step.until?.best !== undefined)

/** Waits that a series of letters is made of; to wait for what happens to an order is none. */
const lateSteps = (journey: Journey): string[] =>
  journey.flatMap((step) =>
    step.kind === 'wait' && ((step.minutes ?? 0) > dayMinutes || (step.untilDate ?? step.until?.days) !== undefined)
      ? [step.key]
      : [],
  )
