import { numbered } from '../whatsapp-shape.ts'
import { block, type Copy, type Rule, type Trouble } from './rule.ts'

const most = { name: 512, body: 1024, header: 60 }
const promotes = /\b(?:offers?|sale|discount\w*|deals?|% off|promo\w*|coupon|voucher|new (?:arrivals?|collection|product)|shop now|buy|order now|try our|limited|free|save|recommend\w*|upgrade|exclusive|special|black friday|holiday|check out|discover)\b/iu // prettier-ignore

/**
 * A WhatsApp template proposal has the shape that Meta demands: a name of small letters, digits and underscores; parameters
 * (our slots, numbered) from {{1}} on without gaps, none at the start or the end or side by side; and nothing that promotes in a
 * utility or authentication template (developers.facebook.com, “Template categorization”).
 */
export const whatsappTemplate: Rule = {
  name: 'whatsapp-template',
  version: 2,
  what: 'A WhatsApp template has a valid name, parameters and length, and fits its category',
  why: 'A template of the wrong shape is refused; one of the wrong category is charged as marketing, or stops the number',
  check: ({ copies, context: { template } }) => {
    if (template === undefined) return []
    const wrongName = !/^[a-z0-9_]+$/.test(template.name) || template.name.length > most.name
    const said = copies.filter((copy) => copy.kind === 'sentence')
    return [
      ...(wrongName
        ? [block({ where: 'body' }, null, `“${template.name}” is no name of a template`, 'Use a to z, 0 to 9 and _')]
        : []),
      ...shape(said),
      ...(template.category === 'marketing' ? [] : copies.flatMap((copy) => promotion(copy, template.category))),
    ]
  },
}

function promotion(copy: Copy, category: string): Trouble[] {
  const match = promotes.exec(copy.text)
  if (!match) return []
  const span = { start: match.index, end: match.index + match[0].length }
  return [
    block(
      copy,
      span,
      `“${match[0]}” promotes: this is no ${category} template`,
      'Leave it out, or make it a marketing template',
    ),
  ]
}

function shape(copies: readonly Copy[]): Trouble[] {
  const raw = copies.map((copy) => copy.raw).join(' ')
  const { text } = numbered(raw.trim())
  const numbers = [...text.matchAll(/\{\{\s*(\d+)\s*\}\}/g)].map((match) => Number(match[1]))
  const distinct = [...new Set(numbers)].toSorted((a, b) => a - b)
  const whole = { where: 'body' }
  const troubles: [boolean, string, string][] = [
    [text.length > most.body, `${text.length} signs, of which WhatsApp takes ${most.body}`, 'Cut it'],
    [distinct.some((number, at) => number !== at + 1), 'The parameters are not numbered 1, 2, 3 …', 'Number them from {{1}} on, without gaps'],
    [/^\{\{\s*\d+\s*\}\}/.test(text) || /\{\{\s*\d+\s*\}\}[\s.!?]*$/.test(text), 'A parameter stands at the start or the end', 'Put words around it'],
    [/\{\{\s*\d+\s*\}\}\s*\{\{/.test(text), 'Two parameters stand side by side', 'Put words between them'],
    [numbers.length * 3 > text.split(/\s+/).length, 'There are more parameters than the words can carry', 'Write more around them'],
  ] // prettier-ignore
  return troubles.flatMap(([wrong, why, fix]) => (wrong ? [block(whole, null, why, fix)] : []))
}
