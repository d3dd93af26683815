import type { Hash } from '#kernel/ids.ts'
import type { BrandProfile } from './brand/profile.ts'
import type { DraftRequest } from './draft.ts'
import { forms, type FormName } from './forms.ts'
import { isRequiredIn } from './guardrails/required.ts'
import type { GuardContext } from './guardrails/rule.ts'

/** How the business speaks, and what may stand in its copy. */
export type Brand = BrandProfile & {
  /** The version it is (`brand/live-brand.ts`): what was written or checked by it says so. */
  hash: Hash
  business: { name: string; site?: string }
  /** Merge slots that the renderer can fill. */
  slots: readonly string[]
}

/** What an author is told of a brand, for copy of this form. */
export const brandFor = (brand: Brand, form: FormName): DraftRequest['brand'] => ({
  voice: brand.voice,
  forbidden: brand.forbidden,
  ...(brand.language !== undefined && { language: brand.language }),
  ...(brand.addressForm !== undefined && { addressForm: brand.addressForm }),
  ...(brand.greeting !== undefined && { greeting: greetingIn(brand, brand.greeting, form) }),
  ...(brand.closing !== undefined && { closing: closingIn(brand, brand.closing) }),
  words: brand.words,
  required: brand.required.filter((item) => isRequiredIn(item, form)).map(({ words }) => words),
  examples: brand.examples.map(({ text }) => text),
})

/** A whole line: what goes by mere words greets the reader by name, where the form and the language of its fallback let it. */
function greetingIn({ slots, language = 'en' }: Brand, greeting: string, form: FormName): string {
  if (!/\p{L}$/u.test(greeting)) return greeting
  const mayName = forms[form].personal && slots.includes('person.given_name') && language === 'en'
  return mayName ? `${greeting} {{ person.given_name | default: "there" }},` : `${greeting},`
}

/** A whole line: what goes by mere words is signed by the business. */
const closingIn = ({ business }: Brand, closing: string): string =>
  /\p{L}$/u.test(closing) && !closing.includes(business.name) ? `${closing}, ${business.name}` : closing

const courtesiesOf = (brand: Brand): string[] => [
  ...(brand.greeting === undefined ? [] : [brand.greeting, greetingIn(brand, brand.greeting, 'email')]),
  ...(brand.closing === undefined ? [] : [brand.closing, closingIn(brand, brand.closing)]),
]

/** What the guardrails need to know of a brand. */
export const guardContextOf = (brand: Brand): GuardContext => ({
  business: brand.business,
  brand: { forbidden: brand.forbidden },
  allowed: { urls: brand.links.map((link) => link.url), emails: brand.emails, phones: brand.phones },
  slots: brand.slots,
  required: brand.required,
  courtesies: courtesiesOf(brand),
  ...(brand.countries.length > 0 && { countries: brand.countries }),
  ...(brand.language !== undefined && { language: brand.language }),
  ...(brand.readingGrade !== undefined && { readingGrade: brand.readingGrade }),
})
