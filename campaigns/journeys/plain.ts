import type { CampaignDefinition } from '../definition.ts'
import type { Journey, SendStep } from '../definition/steps.ts'

/** A send and the waits before it, in milliseconds, counted from the settling of the send before. */
export type TimedSend = { step: SendStep; afterMs: number }

/**
 * The sends of a plain journey in order: sends one after the other with stretches of time between them, and nothing to
 * listen for. Such a journey is planned by the database alone. Null for every other journey.
 */
export function plainSends(definition: CampaignDefinition): TimedSend[] | null {
  const { journey, goalReachedBy, exitOn } = definition
  if (goalReachedBy !== undefined || exitOn !== undefined || journey.at(-1)?.kind !== 'send') return null
  const sends: TimedSend[] = []
  let afterMs = 0
  for (const step of journey) {
    if (step.kind !== 'send' && step.kind !== 'wait') return null
    if (step.next !== undefined && !(step.next === null && step === journey.at(-1))) return null
    if (step.kind === 'send') {
      sends.push({ step, afterMs })
      afterMs = 0
    } else if (step.minutes === undefined) {
      return null
    } else {
      afterMs += step.minutes * 60_000
    }
  }
  return sends
}

/** Where a person who stands at a step comes to stand in another release; of a plain journey only at its sends. */
export function landings(definition: CampaignDefinition): { from: string; to: string }[] {
  const { journey } = definition
  if (!plainSends(definition)) return journey.map(({ key }) => ({ from: key, to: key }))
  return journey.map(({ key }, index) => ({ from: key, to: sendFrom(journey, index) ?? key }))
}

const sendFrom = (journey: Journey, index: number): string | undefined =>
  journey.slice(index).find((step) => step.kind === 'send')?.key
