import { cited } from './cited.ts'
import { figuresMatch } from './figures-match.ts'
import { form } from './form.ts'
import { hiddenText } from './hidden-text.ts'
import { injection } from './injection.ts'
import { language } from './language.ts'
import { length } from './length.ts'
import { links } from './links.ts'
import { markup } from './markup.ts'
import { people } from './people.ts'
import { profanity } from './profanity.ts'
import { prohibited } from './prohibited.ts'
import { readingLevel } from './reading-level.ts'
import { regulated } from './regulated.ts'
import { required } from './required.ts'
import type { Rule } from './rule.ts'
import { sensitive } from './sensitive.ts'
import { spam } from './spam.ts'
import { supported } from './supported.ts'
import { testimonials } from './testimonials.ts'
import { whatsappTemplate } from './whatsapp-template.ts'

/** Every guardrail, in the order in which a reader should hear of them. */
export const rules: readonly Rule[] = [
  figuresMatch,
  cited,
  supported,
  testimonials,
  links,
  prohibited,
  regulated,
  people,
  sensitive,
  injection,
  hiddenText,
  markup,
  language,
  form,
  length,
  readingLevel,
  profanity,
  required,
  whatsappTemplate,
  spam,
]

/** What each rule demands and why, for a page that lists them. */
export const catalogue = (): { name: string; version: number; what: string; why: string }[] =>
  rules.map(({ name, version, what, why }) => ({ name, version, what, why }))
