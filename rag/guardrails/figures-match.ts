import type { Evidence } from '../draft.ts'
import { figuresOf, supports, type Figure } from './figures.ts'
import { block, type Copy, type Rule, type Trouble } from './rule.ts'
import { coverage } from './words.ts'

/**
 * Every amount, percentage, day, time and number of the copy is in the evidence it cites, as it holds now; and of
 * several pieces of evidence, in the one that the words around it speak of, so that two prices cannot change places.
 */
export const figuresMatch: Rule = {
  name: 'figures-match',
  version: 3,
  what: 'Prices, discounts, dates and numbers equal a fact that holds now',
  why: 'A wrong price, date or discount is a promise the business did not make',
  check: ({ copies }) => copies.flatMap(wrongFigures),
}

function wrongFigures(copy: Copy): Trouble[] {
  const figures = figuresOf(copy.text)
  return figures.flatMap((figure) => {
    const span = { start: figure.start, end: figure.end }
    const why = problem(figure, clauseOf(copy.text, figure, figures), copy.support)
    return why === null ? [] : [block(copy, span, why, fixFor(figure, copy.support))]
  })
}

function problem(figure: Figure, clause: string, support: readonly Evidence[]): string | null {
  const saying = support.filter((item) => says(item, figure))
  if (saying.length === 0) return `“${figure.text}” is in none of the evidence that holds now`
  const rivals = support.filter((item) => !says(item, figure) && hasKind(item, figure))
  const nearness = (items: readonly Evidence[]) =>
    Math.max(-1, ...items.map((item) => coverage(clause, `${item.title ?? ''} ${item.text}`)))
  return nearness(rivals) > nearness(saying) ? `“${figure.text}” belongs to something else than these words say` : null
}

const says = (item: Evidence, figure: Figure): boolean => figuresOf(item.text).some((known) => supports(known, figure))
const hasKind = (item: Evidence, figure: Figure): boolean =>
  figuresOf(item.text).some(({ kind }) => kind === figure.kind)

/** The words between this figure's neighbours of its kind, cut where a clause ends. */
function clauseOf(text: string, figure: Figure, all: readonly Figure[]): string {
  const same = all.filter((other) => other.kind === figure.kind)
  const before = same.findLast((other) => other.end <= figure.start)?.end ?? 0
  const after = same.find((other) => other.start >= figure.end)?.start ?? text.length
  const left = text
    .slice(before, figure.start)
    .replace(/^.*?(?:[,;]|\band\b|\bwhile\b|\bbut\b)/s, (cut) => (before > 0 ? '' : cut))
  const right = text.slice(figure.end, after).replace(/(?:[,;]|[.!?](?=\s)|\band\b|\bwhile\b|\bbut\b).*$/s, '')
  return `${left} ${right}`
}

function fixFor(figure: Figure, support: readonly Evidence[]): string {
  const known = support.flatMap((item) => figuresOf(item.text)).filter(({ kind }) => kind === figure.kind)
  if (known.length === 0) return 'Cite the fact that says it, or leave it out'
  return `The evidence says ${[...new Set(known.map(({ text }) => text))].slice(0, 3).join(', ')}: write that, or leave it out`
}
