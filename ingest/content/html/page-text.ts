import { visibleText } from '../visible-text.ts'
import { childrenOf, elementsOf, isElement, type Element, type Node } from './page.ts'
import { isDataTable, tableText } from './table-text.ts'

const inline = new Set('a abbr b bdi bdo big cite code data dfn em font i ins kbd label mark q rp rt ruby samp small span strong sub sup time tt u var wbr output acronym center nobr'.split(' ')) // prettier-ignore
/** What was said before and is struck out, such as an old price. */
const struck = new Set(['del', 's', 'strike'])
const parts = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'dl', 'details', 'pre'])
const longestHeading = 300

type Heading = { level: number; text: string }
type Hides = (element: Element) => boolean

/**
 * What people read of a part of a page, as Markdown: headings, paragraphs, lists, tables, lists of terms, and questions with
 * their answers below them as headings. After the last answer the heading above the questions is said again, so that
 * what follows does not stand under a question.
 */
export function pageText(root: Node, hides: Hides, title: string): string {
  const page = writing(title)
  const walk = (node: Node): void => {
    if (!isElement(node)) {
      if (node.nodeName === '#text' && 'value' in node) page.say(node.value.replaceAll(/\s+/g, ' '))
      return
    }
    const { tagName } = node
    if (hides(node) || struck.has(tagName)) return
    const level = /^h([1-6])$/.exec(tagName)?.[1]
    if (tagName === 'br') page.say('\n')
    else if (level !== undefined) page.head(Number(level), words(node, hides))
    else if (inline.has(tagName)) childrenOf(node).forEach(walk)
    else if (tagName === 'dl') terms(node)
    else if (tagName === 'details') answer(...summaryOf(node, hides))
    else {
      page.part()
      if (isOwnBlock(node)) page.write(ownBlock(node, hides))
      else childrenOf(node).forEach(walk)
      page.part()
    }
  }
  const answer = (question: string, nodes: readonly Node[]): void =>
    page.answer(question, () => {
      nodes.forEach(walk)
    })
  const terms = (list: Element): void => {
    page.part()
    for (const told of termsOf(list, hides)) {
      if (typeof told === 'string') page.write(told)
      else answer(told.question, told.nodes)
    }
  }
  childrenOf(root).forEach(walk)
  return page.text()
}

type Writing = {
  /** Words of the paragraph under way. */
  say: (text: string) => void
  /** Ends the paragraph under way. */
  part: () => void
  write: (block: string) => void
  head: (level: number, text: string) => void
  answer: (question: string, tell: () => void) => void
  text: () => string
}

function writing(title: string): Writing {
  const blocks: string[] = []
  let line = ''
  let above: Heading | null = null
  let isAfterAnswer = false
  const write = (block: string): void => {
    if (block === '') return
    if (isAfterAnswer) blocks.push(headingLine(above ?? { level: 1, text: title }))
    isAfterAnswer = false
    blocks.push(block)
  }
  const part = (): void => {
    write(paragraph(line))
    line = ''
  }
  const head = (level: number, text: string): void => {
    part()
    if (text === '' || text.length > longestHeading) return write(paragraph(text))
    above = { level, text }
    isAfterAnswer = false
    blocks.push(headingLine(above))
  }
  const answer = (question: string, tell: () => void): void => {
    const outer: Heading | null = above
    head(Math.min(6, (outer?.level ?? 1) + 1), question)
    tell()
    part()
    above = outer
    isAfterAnswer = true
  }
  return { say: (text) => void (line += text), part, write, head, answer, text: () => (part(), blocks.join('\n\n')) }
}

const headingLine = ({ level, text }: Heading): string => `${'#'.repeat(level)} ${text}`

/** A line that only looks like a heading, a table or code is none. */
const paragraph = (text: string): string =>
  visibleText(text)
    .split('\n')
    .map((part) =>
      part
        .replaceAll(/\s+/g, ' ')
        .trim()
        .replace(/^(?=#{1,6}(?:\s|$)|\||```|~~~)/, '\\'),
    )
    .filter((part) => part !== '')
    .join('\n')

/** The words below a node in one line. */
function words(node: Node, hides: Hides): string {
  const gather = (inner: Node): string => {
    if (!isElement(inner)) return inner.nodeName === '#text' && 'value' in inner ? inner.value : ''
    if (hides(inner) || struck.has(inner.tagName)) return ''
    const text = childrenOf(inner).map(gather).join('')
    return inner.tagName === 'br' || !inline.has(inner.tagName) ? ` ${text} ` : text
  }
  return visibleText(gather(node)).replaceAll(/\s+/g, ' ').trim()
}

const isOwnBlock = (node: Element): boolean =>
  node.tagName === 'pre' ||
  (node.tagName === 'table' && isDataTable(node)) ||
  ((node.tagName === 'ul' || node.tagName === 'ol') && ![...elementsOf(node)].some(({ tagName }) => parts.has(tagName)))

function ownBlock(node: Element, hides: Hides): string {
  if (node.tagName === 'table') return tableText(node, (cell) => words(cell, hides), hides)
  if (node.tagName !== 'pre') return listLines(node, hides, 0).join('\n')
  const code = visibleText(preformatted(node, hides)).replace(/^\n+|\s+$/g, '')
  return code === '' ? '' : `\`\`\`\n${code.replaceAll('```', "'''")}\n\`\`\``
}

function preformatted(node: Node, hides: Hides): string {
  if (!isElement(node)) return 'value' in node ? node.value : ''
  return hides(node) ? '' : childrenOf(node).map((child) => preformatted(child, hides)).join('') // prettier-ignore
}

function listLines(list: Element, hides: Hides, depth: number): string[] {
  const items = childrenOf(list).filter(isElement).filter((item) => !hides(item)) // prettier-ignore
  return items.flatMap((item, index) => {
    const inner = [...childrenOf(item)].filter(isElement).filter(({ tagName }) => tagName === 'ul' || tagName === 'ol')
    const text = words(item, (element) => hides(element) || inner.includes(element))
    const mark = list.tagName === 'ol' ? `${index + 1}.` : '-'
    return [
      ...(text === '' ? [] : [`${'  '.repeat(depth)}${mark} ${text}`]),
      ...inner.filter((nested) => !hides(nested)).flatMap((nested) => listLines(nested, hides, depth + 1)),
    ]
  })
}

/** A list of terms in parts: lines of terms with what is told of each, and terms that ask, with their answers. */
function* termsOf(list: Element, hides: Hides): Generator<string | { question: string; nodes: readonly Node[] }> {
  let lines: string[] = []
  for (const { term, told } of pairsOf(list, hides)) {
    const name = words(term, hides)
    if (!name.endsWith('?')) {
      lines.push(`- ${name.replace(/:$/, '')}: ${told.map((node) => words(node, hides)).join(', ')}`)
      continue
    }
    yield lines.join('\n')
    lines = []
    yield { question: name, nodes: told }
  }
  yield lines.join('\n')
}

/** Terms of a list, each with what is told of it; a `div` around a pair means nothing. */
function pairsOf(list: Element, hides: Hides): { term: Element; told: Element[] }[] {
  const pairs: { term: Element; told: Element[] }[] = []
  for (const item of elementsOf(list, hides)) {
    if (item.tagName === 'dt') pairs.push({ term: item, told: [] })
    else if (item.tagName === 'dd') pairs.at(-1)?.told.push(item)
  }
  return pairs
}

/** What a fold is called, and what lies in it. */
function summaryOf(details: Element, hides: Hides): [string, readonly Node[]] {
  const summary = childrenOf(details).filter(isElement).find(({ tagName }) => tagName === 'summary') // prettier-ignore
  return [summary ? words(summary, hides) : '', childrenOf(details).filter((node) => node !== summary)]
}
