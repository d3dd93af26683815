import { attribute, elementsOf, isElement, rawText, type Element, type Node } from './page.ts'

/** Elements that hold no text for readers. */
const silent = new Set('script style noscript template iframe object embed svg canvas math video audio map head select datalist input textarea nav footer menu dialog frameset noembed noframes'.split(' ')) // prettier-ignore
const silentRoles = new Set(['navigation', 'contentinfo', 'search', 'dialog', 'alertdialog', 'menu', 'menubar', 'toolbar']) // prettier-ignore
/** What is around the text on every page, or kept for screen readers, by the names in common use. */
const aroundNames = /(?:^|[\s_-])(?:cookie[s]?|consent|breadcrumbs?|sr-only|visually-?hidden|screen-reader(?:-text)?|skip-link|offscreen|off-screen)(?:$|[\s_-])/i // prettier-ignore

/** Tells what readers of a page do not see: elements without text for them, boilerplate, and whatever is hidden. */
export function hiddenIn(root: Node): (element: Element) => boolean {
  const rules = hidingRules(root)
  return (element) =>
    silent.has(element.tagName) ||
    (element.tagName === 'button' && !isTitle(element.parentNode)) ||
    attribute(element, 'hidden') !== undefined ||
    attribute(element, 'aria-hidden')?.trim().toLowerCase() === 'true' ||
    silentRoles.has(attribute(element, 'role')?.trim().toLowerCase() ?? '') ||
    aroundNames.test(`${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`) ||
    hides(declarationsOf(attribute(element, 'style') ?? '')) ||
    matchesAny(element, rules)
}

/** A fold is often opened by a button that is its title. */
const isTitle = (node: Node | null): boolean =>
  node !== null && isElement(node) && /^(?:h[1-6]|dt|summary)$/.test(node.tagName)

type Declarations = ReadonlyMap<string, string>

/** The declarations of a style, the last of each property. */
function declarationsOf(style: string): Declarations {
  const pairs = style.replaceAll(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, ' ').split(';')
  return new Map(
    pairs.flatMap((pair): [string, string][] => {
      const colon = pair.indexOf(':')
      if (colon < 0) return []
      const value = pair.slice(colon + 1).replace(/!\s*important/i, '').trim().toLowerCase() // prettier-ignore
      return [[pair.slice(0, colon).trim().toLowerCase(), value]]
    }),
  )
}

const nothing = /^0*\.?0+(?:px|em|rem|pt|%|vw|vh)?$/
const farAway = /-\s*(?:\d{4,}|[5-9]\d{2})(?:\.\d+)?(?:px|pt)?|-\s*\d{2,}(?:\.\d+)?(?:em|rem)\b|-\s*(?:1\d{2,}|[2-9]\d{2})(?:vw|vh|%)/ // prettier-ignore

/** Whether a style takes an element out of sight: not drawn, transparent, of no size, the colour of its ground, or off the page. */
function hides(style: Declarations): boolean {
  const value = (name: string): string => style.get(name) ?? ''
  const is = (name: string, pattern: RegExp): boolean => pattern.test(value(name))
  const isGone =
    is('display', /^none\b/) || is('visibility', /^(?:hidden|collapse)\b/) || is('content-visibility', /^hidden/)
  const isFaint =
    is('opacity', /^(?:0*\.?0+%?|0?\.0\d*)$/) || is('color', /^transparent$|^rgba?\([^)]*[,/]\s*0(?:\.0+)?%?\s*\)$/)
  const isTiny = is('font-size', nothing) || is('transform', /scale[xy]?\(\s*0(?:\.0+)?\s*[,)]/) || is('zoom', nothing)
  const isCut = is('overflow', /hidden|clip/) && ['width', 'height', 'max-width', 'max-height'].some((name) => is(name, nothing) || is(name, /^1px$/)) // prettier-ignore
  const isClipped = is('clip', /rect\(\s*(?:0|1)/) || is('clip-path', /inset\(\s*(?:50|100)%|circle\(\s*0/)
  const isPlaced = is('position', /absolute|fixed|relative/)
  const isAway = is('text-indent', farAway) || is('transform', farAway) || ['left', 'top', 'right', 'bottom', 'inset'].some((name) => isPlaced && is(name, farAway)) || ['margin-left', 'margin-top', 'margin'].some((name) => is(name, farAway)) // prettier-ignore
  const ground = value('background-color') || value('background')
  const isGround = style.has('color') && ground !== '' && colour(value('color')) === colour(ground)
  return isGone || isFaint || isTiny || isCut || isClipped || isAway || isGround
}

const named: Record<string, string> = { white: '#ffffff', black: '#000000', '#fff': '#ffffff', '#000': '#000000' }
const colour = (text: string): string => named[text] ?? text

type Rule = { tag: string | undefined; classes: readonly string[]; id: string | undefined }

/** Selectors of the page's own style sheets that hide what they match; only those that name one element by itself. */
function hidingRules(root: Node): Rule[] {
  const sheets = [...elementsOf(root)].filter(({ tagName }) => tagName === 'style').map(rawText)
  return sheets
    .flatMap((sheet) => rulesOf(sheet.replaceAll(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, ' ')))
    .slice(0, mostRules)
}

const mostRules = 500
const simple = /^([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)$/i

function rulesOf(sheet: string): Rule[] {
  return sheet.split('}').flatMap((part) => {
    const brace = part.lastIndexOf('{')
    const isConditional = part.indexOf('{') !== brace && !/@media\s+(?:all|screen)\s*\{/i.test(part)
    if (brace < 0 || isConditional || !hides(declarationsOf(part.slice(brace + 1)))) return []
    const selectors = part.slice(part.lastIndexOf('{', brace - 1) + 1, brace)
    return selectors.split(',').flatMap((selector) => {
      const [whole, tag, names = ''] = simple.exec(selector.trim()) ?? []
      if (whole === undefined || whole === '') return []
      const parts = names.match(/[.#][\w-]+/g) ?? []
      const classes = parts.filter((name) => name.startsWith('.')).map((name) => name.slice(1))
      return [{ tag: tag?.toLowerCase(), classes, id: parts.find((name) => name.startsWith('#'))?.slice(1) }]
    })
  })
}

function matchesAny(element: Element, rules: readonly Rule[]): boolean {
  if (rules.length === 0) return false
  const own = new Set((attribute(element, 'class') ?? '').split(/\s+/))
  const ownId = attribute(element, 'id')
  return rules.some(
    ({ tag, classes, id }) =>
      (tag === undefined || element.tagName === tag) &&
      (id === undefined || ownId === id) &&
      classes.every((name) => own.has(name)),
  )
}
