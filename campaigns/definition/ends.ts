import { z } from 'zod'
import { isCurrency } from '#kernel/money.ts'
import { key, occasion } from './terms.ts'

/** What a campaign is for, as it can be counted. Who reaches it leaves the journey. */
export const goalReachedBy = occasion.extend({
  withinDays: z.int().min(1).max(365).describe('Counted from when the person came in'),
})

const share = z.number().gt(0).lt(1).describe('0.02 is 2 %')

/** When the campaign itself is over: whichever comes first. */
export const ends = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).optional(),
    goals: z.int().min(1).optional().describe('After so many people reached the goal'),
    sends: z.int().min(1).optional().describe('After so many messages'),
    decided: key
      .optional()
      .describe('The key of a split, or of a send that tries several contents: when it is clear which does best'),
    fatigue: z
      .strictObject({
        unsubscribed: share.optional(),
        complained: share.optional(),
        afterSends: z.int().min(1).describe('Messages before which a share says nothing'),
      })
      .refine(
        ({ unsubscribed, complained }) => (unsubscribed ?? complained) !== undefined,
        'says of what: unsubscribed, complained',
      )
      .optional()
      .describe('When more than this share of its messages tired their readers'),
    budget: z
      .strictObject({
        amountMinor: z.int().min(1).describe('In the smallest unit of the currency'),
        currency: z.string().refine(isCurrency, 'is no ISO 4217 currency, such as EUR'),
        perMessageMicro: z.int().min(0).describe('What a message costs, in millionths of the currency'),
      })
      .optional()
      .describe('When its messages, and the models that wrote them, cost so much'),
  })
  .refine((given) => Object.keys(given).length > 0, 'says when: at, goals, sends, decided, fatigue or budget')
