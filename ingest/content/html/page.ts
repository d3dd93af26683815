import { defaultTreeAdapter, parse, type DefaultTreeAdapterMap } from 'parse5'

export type Node = DefaultTreeAdapterMap['node']
export type Element = DefaultTreeAdapterMap['element']

/** As deep as browsers build a page; deeper ones are made to keep readers busy. */
const deepest = 512
const mostElements = 100_000

/** A page, or why it is not read. */
export type Parsed = { kind: 'page'; root: DefaultTreeAdapterMap['document'] } | { kind: 'unreadable'; reason: string; fix: string } // prettier-ignore

/** Parses HTML as browsers do, whatever is wrong with it, within bounds: 512 deep, 100,000 elements. */
export function parsePage(html: string): Parsed {
  let [depth, elements] = [0, 0]
  const adapter: typeof defaultTreeAdapter = {
    ...defaultTreeAdapter,
    createElement: (...about) => {
      elements += 1
      if (elements > mostElements) throw new OutOfBounds(`has more than ${mostElements} elements`)
      return defaultTreeAdapter.createElement(...about)
    },
    onItemPush: () => {
      depth += 1
      if (depth > deepest) throw new OutOfBounds(`is nested more than ${deepest} deep`)
    },
    onItemPop: () => {
      depth -= 1
    },
  }
  try {
    return { kind: 'page', root: parse(html, { treeAdapter: adapter, scriptingEnabled: false }) }
  } catch (fault) {
    if (!(fault instanceof OutOfBounds)) throw fault
    return { kind: 'unreadable', reason: `The page ${fault.message}`, fix: 'Check its markup, or save its text as Markdown' } // prettier-ignore
  }
}

class OutOfBounds extends Error {}

export const isElement = (node: Node): node is Element => 'tagName' in node

/** The value of an attribute; undefined where the element has none. */
export const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((attr) => attr.name === name)?.value

/** The nodes directly below one; none below text, and none of a template, which is no part of the page. */
export const childrenOf = (node: Node): readonly Node[] => ('childNodes' in node ? node.childNodes : [])

/** All elements below a node in their order, but none that are hidden and none below these. */
export function* elementsOf(node: Node, hides: (element: Element) => boolean = () => false): Generator<Element> {
  for (const child of childrenOf(node)) {
    if (!isElement(child) || hides(child)) continue
    yield child
    yield* elementsOf(child, hides)
  }
}

/** All the text below a node, as it stands. */
export const rawText = (node: Node): string => ('value' in node ? node.value : childrenOf(node).map(rawText).join(''))
