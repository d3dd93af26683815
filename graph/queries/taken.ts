import { sql, type Sql } from '#kernel/sql.ts'

/**
 * What settled refunds and disputes (an alias of adjustments) took from their order, in minor units of the business
 * currency: at the order's rate; what was taken in another currency was taken from the account, so it has a rate of
 * its own or is in the business currency already.
 */
export const takenFrom = (order: Sql, a: Sql): Sql => sql`
  round(sum(${a}.amount_minor * case when ${a}.currency = ${order}.currency then ${order}.rate_minor else coalesce(${a}.rate_minor, 1) end))`

/** Whether an adjustment takes something: fees are the business's own affair. */
export const takes = (a: Sql): Sql => sql`(${a}.status = 'settled' and ${a}.kind <> 'fee')`
