import { formatMoney, type Money } from '#kernel/money.ts'
import { amountsIn, type Mention } from './amounts.ts'
import { isSize, periodOf, priceWords, type Variant } from './catalogue.ts'
import { validityIn } from './dates.ts'
import type { Found, Written } from './fact.ts'
import { sentencesOf, slug, tableOf, type Block, type Span } from './markdown.ts'

/**
 * What a text may call by name: what is sold, and, where the catalogue does not know it, what the text's headings name;
 * the subjects of those begin with `kind`.
 */
export type Names = { variants: ReadonlyMap<string, readonly Variant[]>; kind: 'offer' | 'workshop' }

/** Variants by name. Headings stand for themselves, so that a page can price what the catalogue does not hold. */
export function namesOf(variants: readonly Variant[], headings: readonly string[], kind: Names['kind']): Names {
  const sold = Map.groupBy(variants, (variant) => variant.name)
  return { variants: new Map([...headings.map((heading): [string, Variant[]] => [heading, []]), ...sold]), kind }
}

/** Prices in sentences: `Ethiopia Aricha at €13.20 for 250 g`. The name nearest before the amount is the one it belongs to. */
export function pricesInText(body: string, block: Block, names: Names, given: Written): Found[] {
  return sentencesOf(body, block).flatMap((sentence) => {
    const amounts = amountsIn(sentence.text)
    if (amounts.length === 0) return []
    const mentions = mentionsOf(sentence.text, names)
    return amounts.flatMap((amount, index) => {
      const before = mentions.filter((mention) => mention.end <= amount.start).at(-1)
      if (!before || !ties(sentence.text.slice(before.end, amount.start), amounts, index, before.end)) return []
      const tail = sentence.text.slice(amount.end, amounts[index + 1]?.start ?? undefined)
      const { from, to } = validityIn(sentence.text, given)
      return priceOf(before.name, names, amount.money, tail, sentence).map((price) => ({ ...price, from, until: to }))
    })
  })
}

/** Prices in tables: a row names what is sold, a column the size, or that it holds the price. */
export function pricesInTable(body: string, block: Block, names: Names): Found[] {
  const table = tableOf(body, block)
  const priced = table.columns.map((column, index) => index > 0 && isPriceColumn(column))
  return table.rows.flatMap((row) => {
    const name = row.cells[0] ?? ''
    return row.cells.flatMap((cell, index) => {
      const amount = priced[index] === true ? amountsIn(cell)[0] : undefined
      const isAmount = amount && amount.start === 0 && amount.end === cell.length
      return isAmount ? priceOf(name, names, amount.money, table.columns[index] ?? '', row) : []
    })
  })
}

/** `Price`, `250 g`, `UK 250 g`, `Monthly`; not `Paid per kg`, which is some other amount. */
function isPriceColumn(column: string): boolean {
  const option = column.replace(/^([A-Z]{2,3}|[€£$¥])\s+/, '')
  return (
    /^(our |your )?(price|prices|prijs|preis)\b(?!\s+paid)/i.test(column) || isSize(option) || periodOf(option) !== null
  )
}

export type NameMention = { name: string; start: number; end: number }

/** Names in a sentence in their order; of overlapping ones the longest. */
export function mentionsOf(text: string, names: Names): NameMention[] {
  const found: NameMention[] = []
  for (const name of [...names.variants.keys()].toSorted((a, b) => b.length - a.length)) {
    if (name.length < 3) continue
    for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + 1)) {
      const end = start + name.length
      const isWord = !/[\p{L}\p{N}]/u.test(`${text[start - 1] ?? ' '}${text[end] ?? ' '}`)
      if (isWord && !found.some((other) => start < other.end && other.start < end)) found.push({ name, start, end })
    }
  }
  return found.toSorted((a, b) => a.start - b.start)
}

/** The words between a name and an amount say that it is the price: short, and with no other amount between. */
function ties(between: string, amounts: readonly Mention[], index: number, nameEnd: number): boolean {
  const isNext = index === 0 || amounts[index - 1]!.start < nameEnd
  return (
    isNext &&
    between.length <= 40 &&
    /^\W*$|\b(costs?|at|is|are|for|now|kost|kosten|voor|für|nu|jetzt)\b/i.test(between) &&
    !/\b(off|from|save|less|more|vanaf|ab|korting|rabatt)\b/i.test(between)
  )
}

/** A price of the one variant that is meant; none when that cannot be told. */
function priceOf(name: string, names: Names, money: Money, about: string, span: Span): Found[] {
  const variants = names.variants.get(name) ?? []
  const variant = variants.length === 0 ? offered(name, names.kind, about) : chosen(variants, money, about)
  if (!variant) return []
  const isOther = variant.currency !== null && variant.currency !== money.currency
  const predicate = isOther ? `price-${money.currency.toLowerCase()}` : 'price'
  return [
    { subject: variant.subject, predicate, value: money, statement: priceWords(variant, formatMoney(money)), span },
  ]
}

type Priced = Pick<Variant, 'subject' | 'name' | 'option' | 'currency'>

/** What a name stands for: every variant of what is sold, or, where the catalogue does not know it, what the text calls so. */
export function subjectsNamed(name: string, names: Names): { subject: string; name: string }[] {
  const variants = names.variants.get(name) ?? []
  if (variants.length === 0) return [{ subject: `${names.kind}:${slug(name)}`, name }]
  return variants.map((variant) => ({ subject: variant.subject, name: variant.name }))
}

/** What the catalogue does not know is called as the text calls it. */
function offered(name: string, kind: Names['kind'], about: string): Priced {
  const option = isSize(about.trim()) ? about.trim() : null
  return { subject: `${kind}:${slug(option === null ? name : `${name} ${option}`)}`, name, option, currency: null }
}

/** By what stands beside the amount (`250 g`, `a month`), else by the price itself; one price for all is said of each date. */
function chosen(variants: readonly Variant[], money: Money, about: string): Priced | null {
  const named = variants.filter(({ option }) => option !== null && isMeant(option, about))
  if (named.length === 1) return named[0]!
  if (variants.length === 1) return isSizeElse(about, variants[0]!) ? null : variants[0]!
  const first = variants[0]!
  const isDated = variants.every(({ option }) => option !== null && /^\d{4}-\d{2}-\d{2}$/.test(option))
  if (isDated)
    return {
      ...first,
      subject: `${/workshop/i.test(first.type ?? '') ? 'workshop' : 'event'}:${slug(first.name)}`,
      option: null,
    }
  const priced = variants.filter((variant) => variant.priceMinor === money.amountMinor && variant.currency === money.currency) // prettier-ignore
  return priced.length === 1 ? priced[0]! : null
}

function isMeant(option: string, about: string): boolean {
  const period = periodOf(option)
  const words = period ? new RegExp(String.raw`\b(a|per|each|every)\s+${period}\b`, 'i') : null
  return words ? words.test(about) : about.toLowerCase().includes(option.toLowerCase())
}

/** The amount is for a size, and that is not the size of this variant. */
function isSizeElse(about: string, variant: Variant): boolean {
  const size = /^\s*(?:for|per)?\s*(\d+(?:[.,]\d+)?\s?(?:g|kg|ml|l))\b/i.exec(about)?.[1]
  return size !== undefined && size.toLowerCase() !== variant.option?.toLowerCase()
}
