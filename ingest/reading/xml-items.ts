import { sha256 } from '#kernel/crypto.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Place, Rejected, SourceInput } from '../source.ts'
import { rejected } from './csv-table.ts'
import { decode } from './encoding.ts'
import { longestRow } from './lines.ts'

/** An element of a list in XML: the text of each element directly in it by its name without a prefix, the first of a name. */
export type XmlItem = { is: 'xml'; fields: Record<string, string>; raw: Buffer; place: Place }

const tooLarge = { reason: 'The item is larger than 1 MB', fix: 'It was not kept, only its place: shorten it' }
const unclosed = { reason: 'The item is not closed', fix: 'The file was cut: export it again' }

/**
 * The items of a feed in XML (`<item>` of RSS, `<entry>` of Atom), one after another in constant memory. Entities that a
 * document declares for itself are not resolved; an item that is not closed, or too large, is rejected. A file without items
 * is a UsageError.
 */
export async function* xmlItems(input: SourceInput, kind: string): AsyncGenerator<XmlItem | Rejected> {
  let [held, offset, item] = [Buffer.alloc(0), 0, 0]
  let encoding: string | undefined
  const place = (at: number, length: number): Place => ({ file: input.file, item, offset: offset + at, length })
  for await (const chunk of input.bytes) {
    held = Buffer.concat([held, chunk])
    encoding ??= /^[^<]*<\?xml[^>]{0,100}\sencoding\s*=\s*["']([\w-]{1,40})/.exec(held.subarray(0, 200).toString('latin1'))?.[1] ?? 'utf-8' // prettier-ignore
    for (let found = startOf(held); found !== null; found = startOf(held)) {
      const end = held.indexOf(found.close, found.at)
      if (end < 0 && held.length - found.at <= longestRow) break
      item += 1
      const stop = end < 0 ? held.length : end + found.close.length
      const raw = held.subarray(found.at, stop)
      const at = place(found.at, raw.length)
      const isTooLarge = end < 0 || raw.length > longestRow
      yield isTooLarge ? rejected(kind, null, at, tooLarge, sha256(raw)) : itemOf(kind, Buffer.from(raw), at, encoding)
      held = held.subarray(stop)
      offset += stop
    }
    // What cannot begin an item any more is let go.
    const kept = startOf(held)?.at ?? Math.max(0, held.length - 8)
    held = held.subarray(kept)
    offset += kept
  }
  if (startOf(held) === null && item === 0) throw new UsageError(`${input.file} has no <item> or <entry>: check that it is a feed of products`) // prettier-ignore
  if (startOf(held) === null) return
  item += 1
  yield rejected(kind, Buffer.from(held), place(0, held.length), unclosed)
}

/** Where the first item begins, and what closes it. */
function startOf(bytes: Buffer): { at: number; close: string } | null {
  const starts = ['item', 'entry'].flatMap((name) => {
    for (let at = bytes.indexOf(`<${name}`); at >= 0; at = bytes.indexOf(`<${name}`, at + 1)) {
      const after = bytes[at + name.length + 1]
      if (after === undefined || after === 0x3e || after <= 0x20)
        return after === undefined ? [] : [{ at, close: `</${name}>` }]
    }
    return []
  })
  return starts.toSorted((a, b) => a.at - b.at)[0] ?? null
}

function itemOf(kind: string, raw: Buffer, place: Place, encoding: string): XmlItem | Rejected {
  const decoded = decode(raw, encoding)
  if (decoded.kind === 'undecodable') return rejected(kind, raw, place, decoded)
  return { is: 'xml', fields: fieldsOf(withoutCdata(decoded.text)), raw, place }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Sections of plain characters, written as other text is. */
function withoutCdata(text: string): string {
  const [first = '', ...sections] = text.split('<![CDATA[')
  const rest = sections.map((section) => {
    const end = section.indexOf(']]>')
    return end < 0 ? escaped(section) : escaped(section.slice(0, end)) + section.slice(end + 3)
  })
  return first + rest.join('')
}

function fieldsOf(text: string): Record<string, string> {
  const fields = new Map<string, string>()
  let [depth, name, from] = [0, '', 0]
  for (const tag of text.matchAll(/<(\/?)([\w:.-]+)([^<>]*)>/g)) {
    const [whole, closes, fullName = '', rest = ''] = tag
    const isEmpty = rest.endsWith('/')
    if (closes === '' && depth === 1)
      [name, from] = [fullName.replace(/^.*:/, '').toLowerCase(), tag.index + whole.length]
    if (closes === '' && isEmpty && depth === 1) keep(fields, name, /\bhref\s*=\s*["']([^"']*)/.exec(rest)?.[1] ?? '')
    if (closes === '' && !isEmpty) depth += 1
    if (closes !== '') depth -= 1
    if (closes !== '' && depth === 1) keep(fields, name, text.slice(from, tag.index))
  }
  return Object.fromEntries(fields)
}

function keep(fields: Map<string, string>, name: string, value: string): void {
  if (!fields.has(name)) fields.set(name, unescaped(value).trim())
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (found, decimal?: string, hex?: string, entity?: string) => {
    if (entity !== undefined) return entities[entity.toLowerCase()] ?? found
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : found
  }) // prettier-ignore
