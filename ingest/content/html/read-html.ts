import { cleanText } from '../../cleanse/text.ts'
import type { ReadText, Unreadable } from '../read-text.ts'
import { declaredText } from './declared.ts'
import { hiddenIn } from './hidden.ts'
import { attribute, elementsOf, isElement, parsePage, rawText, type Element, type Node } from './page.ts'
import { pageText } from './page-text.ts'

const mostTags = 20

/**
 * Reads a page: its title, language, date and keywords, and what people see of its main part, followed by what it
 * declares in JSON-LD. Scripts, navigation, footers and hidden text are no content. Throws nothing for any input.
 */
export function readHtml(html: string): ReadText | Unreadable {
  const parsed = parsePage(html)
  if (parsed.kind === 'unreadable') return parsed
  const elements = [...elementsOf(parsed.root)]
  const meta = metaOf(elements)
  const ofTag = (name: string): Element | undefined => elements.find(({ tagName }) => tagName === name)
  const titleElement = ofTag('title')
  const heading = ofTag('h1')
  const title = cleanText(titleElement && rawText(titleElement)) ?? cleanText(meta('og:title')[0]) ?? cleanText(heading && rawText(heading)) // prettier-ignore
  const shown = mainText(parsed.root, elements, title ?? '')
  const declared = declaredText(parsed.root, title ?? 'Declared', shown)
  const keywords = [...meta('keywords').flatMap((text) => text.split(',')), ...meta('article:tag')]
  return {
    kind: 'text',
    title,
    language: attribute(ofTag('html')!, 'lang') ?? meta('content-language')[0],
    date: meta('article:modified_time', 'og:updated_time', 'last-modified', 'dcterms.modified', 'article:published_time', 'date', 'dc.date')[0], // prettier-ignore
    tags: keywords.flatMap((word) => cleanText(word) ?? []).filter((word) => word.length <= 60).slice(0, mostTags), // prettier-ignore
    body: [shown, declared].filter((part) => part !== '').join('\n\n'),
  }
}

/** The contents of the page's `meta` elements by name, in the order of the names. */
function metaOf(elements: readonly Element[]): (...names: string[]) => string[] {
  const known = Map.groupBy(
    elements.filter(({ tagName }) => tagName === 'meta'),
    (element) => (attribute(element, 'name') ?? attribute(element, 'property') ?? attribute(element, 'http-equiv') ?? '').toLowerCase(), // prettier-ignore
  )
  return (...names) =>
    names.flatMap((name) => (known.get(name) ?? []).flatMap((one) => attribute(one, 'content') ?? []))
}

/** What stands in `main`, or in the only article; where there is neither, on the page but for its header and margin. */
function mainText(root: Node, elements: readonly Element[], title: string): string {
  const hidden = hiddenIn(root)
  const mains = elements.filter((one) => one.tagName === 'main' || attribute(one, 'role') === 'main')
  const articles = elements.filter(({ tagName }) => tagName === 'article')
  const regions =
    mains.length > 0 ? mains.filter((one) => !isInside(one, mains)) : articles.length === 1 ? articles : []
  const inRegions = regions.filter((one) => !isHidden(one, hidden)).map((one) => pageText(one, hidden, title))
  const text = inRegions.filter((part) => part !== '').join('\n\n')
  if (text !== '') return text
  const around = new Set(['header', 'aside'])
  const bounds = (one: Element): boolean => around.has(one.tagName) && !isInside(one, articles) && !holdsTitle(one)
  return pageText(root, (one) => hidden(one) || bounds(one), title)
}

const holdsTitle = (element: Element): boolean => [...elementsOf(element)].some(({ tagName }) => tagName === 'h1')

function* aboveOf(element: Element): Generator<Element> {
  let node: Node | null = element.parentNode
  while (node && isElement(node)) {
    yield node
    node = node.parentNode
  }
}

const isInside = (element: Element, others: readonly Element[]): boolean => {
  const known = new Set(others)
  return [...aboveOf(element)].some((one) => known.has(one))
}

const isHidden = (element: Element, hides: (element: Element) => boolean): boolean =>
  hides(element) || [...aboveOf(element)].some(hides)
