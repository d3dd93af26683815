import { Liquid, type Template } from 'liquidjs'

/** What a slot may say about a person. A field without a value is absent, never empty. */
export type PersonFields = Readonly<Record<string, string>>

/**
 * Something that is filled in for each person: an expression of the content, or a part of the house. Link `index`
 * numbers the links of the content. A pixel stands for its whole element, or for nothing.
 */
export type Slot = ValueSlot | { kind: 'link'; index: number } | { kind: 'unsubscribe' } | { kind: 'pixel' }

type ValueSlot = { kind: 'value'; expression: string; template: Template[]; fields: readonly string[] }

/** The content cannot be compiled; the message says where and what to mend. */
export class ContentError extends Error {
  override name = 'ContentError'
}

const liquid = new Liquid({ strictFilters: true, strictVariables: true, lenientIf: true, ownPropertyOnly: true })
const longestValue = 200
// Controls, line ends, private use, halves of characters, and marks that turn the direction of what follows.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u202A-\u202E\u2066-\u2069]+/gu

// Slots travel through MJML as private-use characters, which no layout can alter and no content may hold.
const opening = '\uE000'
const closing = '\uE001'
const marker = /\uE000(\d+)\uE001/

/** Collects the slots of one content, and leaves a marker where each stands. */
export function slotCollector() {
  const slots: Slot[] = []
  const mark = (slot: Slot): string => `${opening}${slots.push(slot) - 1}${closing}`
  /** Text of the content, its slots marked, the rest passed through `escape`. */
  const marked = (text: string, escape: (literal: string) => string): string =>
    splitSlots(text)
      .map((part, at) => (at % 2 === 0 ? escape(withoutMarkers(part)) : mark(valueSlot(part))))
      .join('')
  return { slots, mark, marked }
}

/** Literals at even places, expressions at odd ones. */
function splitSlots(text: string): string[] {
  if (/\{%|%\}/.test(text)) throw new ContentError('Content may hold {{ slots }} but no {% tags %}: remove the tag')
  const parts = text.split(/\{\{-?(.*?)-?\}\}/s)
  if (parts.some((part, at) => at % 2 === 0 && /\{\{|\}\}/.test(part)))
    throw new ContentError('A slot is not closed: write {{ person.given_name | default: "there" }}')
  return parts
}

const withoutMarkers = (text: string): string => text.replace(/[\uE000\uE001]/g, '')

function valueSlot(inner: string): Slot {
  const expression = inner.trim()
  if (!/^person\.[a-z_]+\s*(\||$)/.test(expression))
    throw new ContentError(`The slot {{ ${expression} }} names nothing of a person: start it with person. and a field`)
  try {
    const fields = [...expression.matchAll(/person\.([a-z_]+)/g)].map(([, field = '']) => field)
    return { kind: 'value', expression, template: liquid.parse(`{{ ${expression} }}`), fields }
  } catch (cause) {
    throw new ContentError(`The slot {{ ${expression} }} cannot be read: mend its filters`, { cause })
  }
}

/** A compiled text: literals, and numbers of slots. */
export type Pieces = readonly (string | number)[]

export const piecesOf = (text: string): Pieces =>
  text.split(marker).map((part, at) => (at % 2 === 0 ? part : Number(part)))

/** Every piece in its place; `fill` says what stands in a slot, already escaped for where it stands. */
export function assemble(pieces: Pieces, fill: (slot: number) => string): string {
  let text = ''
  for (const piece of pieces) text += typeof piece === 'string' ? piece : fill(piece)
  return text
}

/**
 * What an expression says of a person: one line, no control characters, not longer than a name can be.
 * Null when a value is missing and the content gives no fallback.
 */
export function valueOf({ expression, template, fields }: ValueSlot, person: PersonFields): string | null {
  const said = JSON.stringify([expression, ...fields.map((field) => person[field] ?? null)])
  const known = lastValues.get(said)
  if (known !== undefined) return known
  const value = evaluated(template, person)
  if (lastValues.size >= mostValues) lastValues.clear()
  lastValues.set(said, value)
  return value
}

/** Many people share a first name or a town, and a missing one. */
const lastValues = new Map<string, string | null>()
const mostValues = 4_096

function evaluated(template: Template[], person: PersonFields): string | null {
  try {
    const value = String(liquid.renderSync(template, { person }))
    return value.replace(unprintable, ' ').trim().slice(0, longestValue).toWellFormed()
  } catch {
    return null
  }
}

/** Text made safe inside HTML, also in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
