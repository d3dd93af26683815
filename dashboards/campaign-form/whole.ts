import type { CampaignDefinition } from '#campaigns/definition.ts'
import { carefulRollout } from '#campaigns/canary/plan.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Form } from '../visitor.ts'
import {
  anyGiven, given, inPercent, jsonFrom, jsonText, number, occasionFields, occasionFrom, allOf, rowsOfOccasions, said, share,
  textLines, textsFrom, words,
} from './fields.ts' // prettier-ignore
import { limitFields, limitsFrom } from './limits.ts'
import { instantFrom, localTime, type Shelf } from './steps.ts'

export const mostExits = 20

/** What a rollout is in a form: to all at once, as is offered, or the plan that its document says. */
export const rolloutKind = (rollout: CampaignDefinition['rollout']): 'all' | 'careful' | 'own' =>
  rollout === undefined ? 'all' : hashOf(rollout) === hashOf(carefulRollout) ? 'careful' : 'own'

/** The fields of a campaign beside its steps, filled in. */
export function wholeFields(definition: CampaignDefinition, zone: string): Record<string, string> {
  const { goal, kind, ifUnknown, audience, reentry, goalReachedBy, exitOn = [], holdout, rollout, startAt } = definition
  return {
    goal,
    kind: kind ?? 'marketing',
    ifUnknown: ifUnknown ?? 'leave',
    audience: audience.segment,
    ...entryFields(definition.enter),
    'reentry-days': String(reentry?.afterDays ?? ''),
    'reentry-most': String(reentry?.most ?? ''),
    ...occasionFields('goal-event', goalReachedBy),
    'goal-days': String(goalReachedBy?.withinDays ?? ''),
    ...allOf(exitOn.map((one, at) => occasionFields(`exit-${at + 1}`, one))),
    ...endFields(definition.ends, zone),
    ...limitFields(definition.limits),
    holdout: inPercent(holdout?.share),
    rollout: rolloutKind(rollout),
    'own-rollout': jsonText(rollout),
    startAt: localTime(startAt, zone),
  }
}

/** The campaign that its fields say beside its steps, to be checked by whoever takes it. */
export function wholeFrom(before: CampaignDefinition, form: Form, shelf: Shelf): Record<string, unknown> {
  const { kind: _kind, ifUnknown: _unknown, enter: _enter, reentry: _re, goalReachedBy: _goal, exitOn: _exit, ends, holdout: _out, rollout: _how, ...rest } = before // prettier-ignore
  const [afterDays, most] = [number(form, 'reentry-days'), number(form, 'reentry-most')]
  const goal = occasionFrom(form, 'goal-event')
  const exitOn = rowsOfOccasions(form, 'exit', mostExits)
  const held = share(form, 'holdout')
  return {
    ...rest,
    goal: said(form, 'goal'),
    audience: audienceFrom(before, form, shelf),
    ...given({
      kind: chosen(before.kind, said(form, 'kind'), 'marketing'),
      ifUnknown: chosen(before.ifUnknown, said(form, 'ifUnknown'), 'leave'),
      enter: entryFrom(form),
      reentry: anyGiven({ afterDays, most }),
      goalReachedBy: goal && { ...goal, ...given({ withinDays: number(form, 'goal-days') }) },
      exitOn: exitOn.length === 0 ? undefined : exitOn,
      ends: endsFrom(ends, form, shelf.zone),
      holdout: held === undefined || held === 0 ? undefined : { share: held },
      rollout: rolloutFrom(form),
    }),
    limits: limitsFrom(before.limits, form),
    startAt: instantFrom(form, 'startAt', shelf.zone, before.startAt) ?? null,
  }
}

/** What is chosen, left out where it is what holds without being said and was not said before. */
const chosen = (before: string | undefined, now: string, usual: string): string | undefined =>
  now === (before ?? usual) || now === '' ? before : now

function audienceFrom({ audience }: CampaignDefinition, form: Form, { segments }: Shelf): unknown {
  const segment = said(form, 'audience')
  const saved = segments.find(({ name }) => name === segment)
  return segment === audience.segment || !saved ? audience : { segment, rule: saved.rule, versionHash: saved.hash }
}

function entryFields(enter: CampaignDefinition['enter']): Record<string, string> {
  const kind = enter === undefined ? 'start' : Object.keys(enter).find((name) => name !== 'properties')
  const date = enter && 'onDate' in enter ? enter.onDate : null
  return {
    enter: kind ?? 'start',
    onEntry: enter && 'onEntry' in enter ? enter.onEntry : '',
    becomes: enter && 'becomes' in enter ? jsonText(enter.becomes) : '',
    ...occasionFields('enter-event', enter && 'onEvent' in enter ? enter.onEvent : undefined),
    'date-property': date ? jsonText(date.property) : '"born"',
    'date-offset': String(date?.offsetDays ?? 0),
    'date-time': date?.time ?? '09:00',
    'date-zone': date?.zone ?? 'person',
    'date-once': date?.once ? 'on' : '',
    properties: enter && 'byList' in enter ? textLines(enter.properties) : '',
  }
}

function entryFrom(form: Form): unknown {
  const ways: Readonly<Record<string, () => unknown>> = {
    onEntry: () => ({ onEntry: said(form, 'onEntry') }),
    becomes: () => ({ becomes: jsonFrom(said(form, 'becomes')) }),
    onEvent: () => ({ onEvent: occasionFrom(form, 'enter-event') ?? { event: '' } }),
    onDate: () => ({
      onDate: {
        property: jsonFrom(said(form, 'date-property')),
        ...(said(form, 'date-once') === '' ? {} : { once: true }),
        offsetDays: number(form, 'date-offset') ?? 0,
        time: said(form, 'date-time'),
        zone: said(form, 'date-zone'),
      },
    }),
    byList: () => ({ byList: true, ...given({ properties: textsFrom(said(form, 'properties')) }) }),
  }
  return ways[said(form, 'enter')]?.()
}

function endFields(ends: CampaignDefinition['ends'], zone: string): Record<string, string> {
  const { at, goals, sends, decided, fatigue, budget } = ends ?? {}
  return {
    'ends-at': localTime(at ?? null, zone),
    'ends-goals': String(goals ?? ''),
    'ends-sends': String(sends ?? ''),
    'ends-decided': decided ?? '',
    'ends-unsubscribed': inPercent(fatigue?.unsubscribed),
    'ends-complained': inPercent(fatigue?.complained),
    'ends-after': String(fatigue?.afterSends ?? ''),
    'ends-budget': String(budget?.amountMinor ?? ''),
    'ends-currency': budget?.currency ?? '',
    'ends-per-message': String(budget?.perMessageMicro ?? ''),
  }
}

function endsFrom(before: CampaignDefinition['ends'], form: Form, zone: string): unknown {
  const tired = anyGiven({ unsubscribed: share(form, 'ends-unsubscribed'), complained: share(form, 'ends-complained') })
  const amountMinor = number(form, 'ends-budget')
  return anyGiven({
    at: instantFrom(form, 'ends-at', zone, before?.at),
    goals: number(form, 'ends-goals'),
    sends: number(form, 'ends-sends'),
    decided: words(form, 'ends-decided'),
    fatigue: tired && { ...tired, afterSends: number(form, 'ends-after') ?? 100 },
    budget: amountMinor === undefined ? undefined : { amountMinor, currency: said(form, 'ends-currency').toUpperCase(), perMessageMicro: number(form, 'ends-per-message') ?? 0 }, // prettier-ignore
  })
}

function rolloutFrom(form: Form): unknown {
  const kind = said(form, 'rollout')
  if (kind === 'careful') return carefulRollout
  return kind === 'own' ? jsonFrom(said(form, 'own-rollout')) : undefined
}
