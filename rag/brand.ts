import type { GuardContext } from './guardrails/rule.ts'

/** How the business speaks, and what may stand in its copy. */
export type Brand = {
  business: { name: string; site?: string }
  voice: string
  forbidden: readonly string[]
  /** Where a button may lead, beside the pages of the evidence. `subject` such as `product:SKU`. */
  links: readonly { url: string; label?: string; subject?: string }[]
  /** Merge slots that the renderer can fill. */
  slots: readonly string[]
  emails: readonly string[]
  phones: readonly string[]
}

/** What the guardrails need to know of a brand. */
export const guardContextOf = (brand: Brand): GuardContext => ({
  business: brand.business,
  brand: { forbidden: brand.forbidden },
  allowed: { urls: brand.links.map((link) => link.url), emails: brand.emails, phones: brand.phones },
  slots: brand.slots,
})
