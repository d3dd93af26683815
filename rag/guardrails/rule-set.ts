import { cited } from './cited.ts'
import { figuresMatch } from './figures-match.ts'
import { injection } from './injection.ts'
import { length } from './length.ts'
import { links } from './links.ts'
import { markup } from './markup.ts'
import { people } from './people.ts'
import { prohibited } from './prohibited.ts'
import type { Rule } from './rule.ts'
import { supported } from './supported.ts'

/** Every guardrail, in the order in which a reader should hear of them. */
export const rules: readonly Rule[] = [
  figuresMatch,
  cited,
  supported,
  links,
  prohibited,
  people,
  injection,
  markup,
  length,
]
