import { carefulRollout } from '#campaigns/canary/plan.ts'
import { campaignDefinition, type CampaignDefinition } from '#campaigns/definition.ts'
import { contentsOf } from '#campaigns/content/approved-contents.ts'
import { hashOf } from '#kernel/crypto.ts'
import { campaignFrom } from '#dashboards/campaign-form/campaign.ts'
import type { Shelf } from '#dashboards/campaign-form/steps.ts'
import { send } from '../campaigns/journey-world.ts'
import { aBody, sender } from '../campaigns/world.ts'

export const zone = 'Europe/Amsterdam'
const segmentHash = hashOf('a segment')
const saved = { name: 'Buyers', rule: { subscribed: true }, hash: segmentHash }
const other = aBody({ subject: { text: 'Another', citations: [] } })

/** A campaign that says everything a form has a field for. */
export const rich = campaignDefinition.parse({
  name: 'welcome',
  goal: 'A second order',
  audience: { segment: 'Everybody', rule: { consent: { channel: 'email' } }, versionHash: segmentHash },
  journey: [
    { key: 'evening', kind: 'wait', until: { time: '18:00', days: [1, 5], zone: 'person', best: { control: 0.2 } } },
    {
      ...send('hello'),
      experiment: {
        control: { name: 'plain', weight: 2 },
        others: [{ name: 'bold', weight: 1, contentHash: hashOf(other), content: other }],
        allocation: 'bandit',
        everyMinutes: 120,
      },
    },
    { key: 'date', kind: 'wait', untilDate: '2026-12-01T08:00:00Z' },
    { key: 'reads', kind: 'wait', forEvent: { event: 'message_clicked', where: { url: 'a' }, withinMinutes: 4_320 }, otherwise: 'who' },
    {
      key: 'who',
      kind: 'branch',
      when: [
        { segment: 'Buyers', versionHash: segmentHash, if: { subscribed: true }, to: 'bye' },
        { if: { spent: { atLeastMinor: 10_000 } }, to: 'bye' },
      ],
      otherwise: 'lots',
    },
    { key: 'lots', kind: 'split', arms: [{ name: 'one', weight: 1, to: 'more' }, { name: 'two', weight: 3, to: 'bye' }] },
    { ...send('more', { content: other }), bestChannel: { control: 0.1 }, instead: [{ channel: 'sms', contentHash: hashOf(other), content: other }], next: 'bye' },
    { key: 'bye', kind: 'exit', reason: 'told all there is' },
  ],
  enter: { onDate: { property: 'born', offsetDays: -3, time: '09:00', zone: 'person' } },
  reentry: { afterDays: 300, most: 5 },
  goalReachedBy: { event: 'order_paid', withinDays: 60, where: { total: 5 } },
  exitOn: [{ event: 'message_unsubscribed' }, { event: 'refund', where: { all: true } }],
  ends: {
    at: '2027-01-01T09:00:00+01:00',
    goals: 100,
    sends: 2_000,
    decided: 'lots',
    fatigue: { unsubscribed: 0.02, complained: 0.001, afterSends: 200 },
    budget: { amountMinor: 5_000, currency: 'EUR', perMessageMicro: 900 },
  },
  holdout: { share: 0.05 },
  rollout: carefulRollout,
  limits: { dailyCap: 500, perPersonPerDay: 1, perPersonPerWeek: 3, window: { from: '09:00', to: '19:00', days: [1, 2, 3] }, expireAfterHours: 96, priority: 7 },
  sender,
  startAt: '2026-11-30T08:00:00Z',
  templateHash: segmentHash,
  guardrailHash: null,
}) // prettier-ignore

export const shelf: Shelf = { contents: contentsOf(rich), segments: [saved], zone }
export const read = (definition: CampaignDefinition, form: Record<string, string>) =>
  campaignDefinition.safeParse(campaignFrom(definition, form, shelf))
