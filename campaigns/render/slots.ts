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
const longestValue = 100
// Private use, halves of characters, and marks that no reader sees or that turn the direction of what follows.
const unseen = /[\p{Co}\p{Cs}\u200B\uFEFF\u202A-\u202E\u2066-\u2069]+/gu

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

function valueSlot(inner: string): ValueSlot {
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

export type SlotValue = { kind: 'value'; value: string } | { kind: 'unfit'; why: string }

/** What a value must not hold: a name that does is none, and whoever put it there wants something. */
const unfit: readonly [RegExp, string][] = [
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, 'a line break or control character'],
  [/\{\{|\}\}|\{%|%\}/, 'a slot'],
  [/<[a-z!/?]/i, 'markup'],
  [/@|:\/\/|\bwww\.|[\p{L}\p{N}]\.(?:com|net|org|info|biz|shop|io|co|eu|uk|nl|de|fr|es|it|be|at|ch)\b/iu, 'an address'],
  [/[%\p{Sc}]/u, 'an amount'],
]
const plainWords = /^[\p{L}\p{M}\p{Nd} '’-]*$/u

/**
 * What an expression says of a person, on one line, or why it may not be said: nothing is known and the content gives
 * no fallback, or what is known is no value of a person. The reason never holds the value.
 */
export function valueOf(slot: ValueSlot, person: PersonFields): SlotValue {
  let said = slot.expression
  for (const field of slot.fields) said += `\n${person[field]?.length ?? 'none'} ${person[field]}`
  const known = lastValues.get(said)
  if (known !== undefined) return known
  const value = evaluated(slot, person)
  if (lastValues.size >= mostValues) lastValues.clear()
  lastValues.set(said, value)
  return value
}

/** Many people share a first name or a town, and a missing one. */
const lastValues = new Map<string, SlotValue>()
const mostValues = 4_096

function evaluated(slot: ValueSlot, person: PersonFields): SlotValue {
  const name = `{{ ${slot.expression} }}`
  let said: string
  try {
    said = String(liquid.renderSync(slot.template, { person }))
  } catch {
    return { kind: 'unfit', why: `no value for ${name} and no fallback` }
  }
  const value = asShown(said)
  const why = unfitValue(value)
  return why === null
    ? { kind: 'value', value }
    : { kind: 'unfit', why: `the value for ${name} ${why}: mend the record` }
}

const asShown = (said: string): string => said.replace(unseen, ' ').trim().toWellFormed()

/** Why something may not stand in a message as a value of a person, or null. The reason never holds it. */
export function unfitValue(said: string): string | null {
  const value = asShown(said)
  if (value.length > longestValue) return `is longer than ${longestValue} characters`
  if (plainWords.test(value)) return null
  const [, holds] = unfit.find(([pattern]) => pattern.test(value)) ?? []
  return holds === undefined ? null : `holds ${holds}`
}

/** A text of the content as one person reads it; null where it cannot be filled for them. */
export function filledText(text: string, person: PersonFields): string | null {
  const parts = splitSlots(text).map((part, at): string | null => {
    if (at % 2 === 0) return part
    const value = valueOf(valueSlot(part), person)
    return value.kind === 'value' ? value.value : null
  })
  return parts.includes(null) ? null : parts.join('')
}

/** The fields of a person that texts name. */
export const fieldsIn = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(/\{\{-?\s*person\.([a-z_]+)/g)].map((match) => match[1]!))),
]

/** Text made safe inside HTML, also in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
