import type { Found } from './fact.ts'
import { linesOf, plainText, slug, tableOf, type Block, type Span } from './markdown.ts'
import { subjectsNamed, type Names } from './price-facts.ts'

/** What a list may be of, by the word before its colon, the heading above it or the column it stands in. */
const labels = [
  { predicate: 'traces', says: 'may contain', pattern: /^(?:may contain(?: traces(?: of)?)?|kan (?:sporen )?bevatten(?: van)?|kan sporen bevatten|kann spuren(?: von)? enthalten|traces)$/i },
  { predicate: 'allergens', says: 'contains', pattern: /^(?:contains|allergens|allergy advice|bevat|allergenen|enthält|allergene)$/i },
  { predicate: 'ingredients', says: 'is made of', pattern: /^(?:ingredients|ingrediënten|ingredienten|zutaten)$/i },
] as const // prettier-ignore
type Label = (typeof labels)[number]

const labelOf = (text: string): Label | undefined => {
  const word = plainText(text).replace(/:$/, '').trim()
  return labels.find(({ pattern }) => pattern.test(word))
}

/**
 * Ingredients, allergens and traces: `Ingredients: flour, water`, a list under the heading `Ingredients`, or a column of a
 * table whose rows name what is sold. What they are of is named by the nearest heading above, else by the title.
 */
export function ingredientsIn(body: string, block: Block, names: Names, title: string): Found[] {
  if (block.kind === 'table') return columnsOf(body, block, names)
  const last = labelOf(block.headings.at(-1) ?? '')
  const of = block.headings.toReversed().find((heading) => labelOf(heading) === undefined) ?? title
  if (last && block.kind === 'list') {
    const items = linesOf(body.slice(block.start, block.end)).map(({ text }) => plainText(text.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, ''))) // prettier-ignore
    const span = { text: body.slice(block.start, block.end), start: block.start, end: block.end }
    return factsOf(last, items, of, names, span)
  }
  const underLabel = last ? factsOf(last, itemsOf(plainText(body.slice(block.start, block.end))), of, names, { text: '', start: block.start, end: block.end }) : [] // prettier-ignore
  return underLabel.length > 0 ? underLabel : labelledLines(body, block, of, names)
}

/** Lines, or sentences of a line, that begin with a label and a colon. */
function labelledLines(body: string, block: Block, of: string, names: Names): Found[] {
  return linesOf(body.slice(block.start, block.end)).flatMap((line) => {
    if (line.text.length > 2000) return []
    return [...line.text.matchAll(/(?<=^|[.!]\s)(?:[-*+]\s+)?([*_]{0,2}\p{L}[\p{L} ]{3,40}:[*_]{0,2})\s*([^.!?]+[.!]?)/gu)].flatMap((found) => {
      const label = labelOf(found[1]!.replaceAll(/[*_]/g, ''))
      if (!label) return []
      const start = block.start + line.start + found.index + found[0].indexOf(found[1]!)
      const end = block.start + line.start + found.index + found[0].trimEnd().length
      return factsOf(label, itemsOf(plainText(found[2]!)), of, names, { text: body.slice(start, end), start, end })
    })
  }) // prettier-ignore
}

function columnsOf(body: string, block: Block, names: Names): Found[] {
  const table = tableOf(body, block)
  return table.rows.flatMap((row) =>
    table.columns.flatMap((column, index) => {
      const label = index === 0 ? undefined : labelOf(column)
      return label ? factsOf(label, itemsOf(row.cells[index] ?? ''), row.cells[0] ?? '', names, row) : []
    }),
  )
}

const mostItems = 100

function factsOf(label: Label, items: readonly string[], of: string, names: Names, span: Span): Found[] {
  const kept = items.map((item) => item.trim()).filter((item) => item !== '')
  if (kept.length === 0 || kept.length > mostItems || slug(of) === '' || kept.some((item) => item.length > 200))
    return []
  return subjectsNamed(of, names).map(({ subject, name }) => ({
    subject,
    predicate: label.predicate,
    value: kept,
    statement: `${name} ${label.says} ${kept.join(', ')}.`,
    span,
  }))
}

/** The items of `flour (wheat, rye), water and salt.`: commas inside brackets part nothing. */
function itemsOf(text: string): string[] {
  const items = ['']
  let depth = 0
  for (const character of text.replace(/[.!]\s*$/, '')) {
    if (character === '(' || character === '[') depth += 1
    if (character === ')' || character === ']') depth -= 1
    if (depth <= 0 && (character === ',' || character === ';' || character === '•')) items.push('')
    else items[items.length - 1] += character
  }
  const last = items.at(-1)!
  const [before, after] = last.split(/\s+(?:and|en|und)\s+(?=[^()]*$)/)
  return after === undefined ? items : [...items.slice(0, -1), before!, after]
}
