import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { exponentOf } from '#kernel/money.ts'
import { ratesTo } from '#ingest/fx.ts'
import { copiesOf, type CampaignDefinition } from '../definition.ts'
import { countClaimed } from '../queries/listening.ts'
import { modelCosts } from '../queries/spending.ts'

/** What a campaign has cost and may still cost, in millionths of the currency of its budget. */
export type Spending = { messages: number; models: number; left: number }

/**
 * What of a campaign's budget is spent: its messages at the price it names, and the models that wrote its copy. Dollars
 * are taken at the rate of the day; where none is known, one for one.
 * @param count which of its messages cost something: all that were claimed unless told
 */
export async function spendingOf(
  { db, clock }: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
  count = countClaimed,
): Promise<Spending | null> {
  const budget = definition.ends?.budget
  if (!budget) return null
  const { amountMinor, currency, perMessageMicro } = budget
  const contents = copiesOf(definition).map(({ contentHash }) => contentHash)
  const dollars = await modelCosts(db, { campaign: definition.name, contents })
  const day = clock().toISOString().slice(0, 10)
  const perCent = dollars === 0 ? null : (await ratesTo(db, currency, [{ currency: 'USD', day }]))('USD', day)
  const models = Math.ceil(dollars * (perCent === null ? 1 : perCent * 10 ** (2 - exponentOf(currency))))
  const messages = (await count(db, definition.name)) * perMessageMicro
  return { messages, models, left: amountMinor * 10 ** (6 - exponentOf(currency)) - messages - models }
}

/** How many more messages a budget pays for; Infinity where there is none, or messages cost nothing. */
export async function messagesPaidFor(
  deps: { db: Queryable; clock: Clock },
  definition: CampaignDefinition,
  count = countClaimed,
): Promise<number> {
  const spending = await spendingOf(deps, definition, count)
  if (spending === null) return Infinity
  const { perMessageMicro } = definition.ends!.budget!
  if (perMessageMicro === 0) return spending.left > 0 ? Infinity : 0
  return Math.max(0, Math.floor(spending.left / perMessageMicro))
}
