import type { CampaignDefinition } from '../definition.ts'

type Goal = NonNullable<CampaignDefinition['goalReachedBy']>

/** What counts where nothing else does: a purchase within a month. */
export const purchase: Goal = { event: 'order_paid', withinDays: 30 }

/** What counts of how a message was sent, where a campaign has no goal. */
export const answer: Goal = { event: 'message_clicked', withinDays: 7 }

/**
 * What the lift of a campaign is counted by: its goal, or a purchase where it has none. Who is sent nothing cannot answer
 * a message, so a goal that is an answer tells nothing of them.
 */
export const liftGoal = ({ goalReachedBy }: Pick<CampaignDefinition, 'goalReachedBy'>): Goal =>
  goalReachedBy && !goalReachedBy.event.startsWith('message_') ? goalReachedBy : purchase
