import { adSpend, blendedCac, loadedCac, loadedSpend, paidCac } from './acquisition-cost.ts'
import { acquisitionChannel, newCustomers } from './customers.ts'
import { grossMargin, ltvHistoric, ltvToCac } from './lifetime-value.ts'
import type { Metric } from './metric.ts'
import { paybackMonths } from './payback.ts'
import { retention } from './retention.ts'
import { orders, revenueGross, revenueNet } from './revenue.ts'

/** Every metric, each after those it uses. */
export const metrics: readonly Metric[] = [
  revenueGross,
  revenueNet,
  orders,
  acquisitionChannel,
  newCustomers,
  adSpend,
  loadedSpend,
  blendedCac,
  paidCac,
  loadedCac,
  grossMargin,
  ltvHistoric,
  ltvToCac,
  paybackMonths,
  retention,
]
