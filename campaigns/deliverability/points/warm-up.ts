import { countAudience } from '../../queries/deliverability-evidence.ts'
import { pass, unknown, warn } from '../finding.ts'
import { leavesTheHouse } from '../outlet.ts'
import { bindingOf } from '../places.ts'
import type { Point } from '../point.ts'
import { dayTotal, isFree } from '../reach.ts'
import { capOf, dailyTotals } from '../warm-up.ts'

/** How long the audience takes under the caps of the sending domain, beside how long its messages may wait. */
export const warmUp: Point = {
  id: 'warm-up',
  what: 'The domain is known well enough for this audience',
  outside: false,
  run: async ({ db, clock, members, definition, domain, outlet }) => {
    if (outlet.kind === 'sink') return pass(`Your own test sink (${outlet.at}) judges nobody: nothing is held back.`)
    if (!leavesTheHouse(outlet)) return unknown('No way out is set.', 'Set SMTP_URL or RESEND_API_KEY.')
    const binding = await bindingOf(db, { domain, channel: 'email' })
    if (binding === null)
      return unknown(`Nothing was counted for ${domain} yet.`, 'Start the server or a worker once: it begins to count.')
    if (isFree(binding)) return pass(`${domain} is past its warm-up: ${binding.warmUp.graduated}.`)
    const total = dayTotal(binding) ?? 0
    const today = `${domain} is on day ${binding.warmUp.step} of 14: ${total} messages today`
    if (definition === null) return pass(`${today}.`)
    const audience = await countAudience(db, await members(definition.audience.rule, clock()))
    const days = Math.max(0, ...audience.map(({ provider, people }) => daysFor(binding.warmUp.step, provider, people)))
    const patience = definition.limits.expireAfterHours / 24
    if (days <= Math.max(1, patience)) return pass(`${today}; this audience takes ${days} of them.`)
    return warn(
      `${today}. This audience takes ${days} days, and its messages wait ${patience}: the rest would come too late.`,
      'Let messages wait longer, or begin with those who opened or clicked last.',
    )
  },
}

/** Days until a provider has had so many messages, when every day is sent in full. */
function daysFor(step: number, provider: string, people: number): number {
  let [left, day] = [people, 0]
  for (; left > 0 && day < 1_000; day++) left -= capOf(dailyTotals[Math.min(step - 1 + day, 13)]!, provider)
  return day
}
