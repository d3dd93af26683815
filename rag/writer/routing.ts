import type { Vendor } from '../chat-model.ts'
import type { DayCost } from '../queries/writer.ts'
import type { RouterPolicy } from '../router/policy.ts'

/** One vendor's part of the calls: wanted by the policy, asked first, and what was really answered by it. */
export type VendorShare = {
  vendor: Vendor
  wanted: number
  first: { count: number; share: number }
  answered: { count: number; share: number }
  costMicroUsd: number
}

const part = (count: number, of: number): VendorShare['first'] => ({ count, share: of === 0 ? 0 : count / of })

/**
 * How calls were parted among vendors, against what the policy wants: its strong share to the first strong vendor that is
 * set up, the rest to the first light one. Hard rules, breakers and budgets take calls elsewhere.
 */
export function routingShares(
  days: readonly DayCost[],
  policy: Pick<RouterPolicy, 'strongShare' | 'order'>,
  there: readonly Vendor[],
): VendorShare[] {
  const firstOf = (order: readonly Vendor[]): Vendor => order.find((vendor) => there.includes(vendor)) ?? 'offline'
  const [strong, light] = [firstOf(policy.order.strong), firstOf(policy.order.light)]
  const all = { first: 0, answered: 0 }
  for (const { first, answered } of days) {
    all.first += first
    all.answered += answered
  }
  const vendors = [...new Set([light, strong, ...there, ...days.map(({ vendor }) => vendor)])]
  return vendors.map((vendor) => {
    const own = days.filter((day) => day.vendor === vendor)
    const sum = (value: (day: DayCost) => number): number => own.reduce((total, day) => total + value(day), 0)
    return {
      vendor,
      wanted: (vendor === strong ? policy.strongShare : 0) + (vendor === light ? 1 - policy.strongShare : 0),
      first: part(sum(({ first }) => first), all.first),
      answered: part(sum(({ answered }) => answered), all.answered),
      costMicroUsd: sum(({ costMicroUsd }) => costMicroUsd),
    }
  })
} // prettier-ignore
