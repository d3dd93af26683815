/** The fields of one block by their names in lower case; of several alike, the first. */
export type Fields = ReadonlyMap<string, string>

const longestLine = 4_000
const mostFields = 500

/**
 * Blocks of `Name: value` lines with an empty line between them, as reports hold them (RFC 3464 § 2.1, RFC 5965 § 3).
 * Folded lines are joined; what is no field is passed over.
 */
export function fieldBlocks(text: string, most: number): Fields[] {
  const blocks = text
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n[\t ]*\n/, most + 1)
    .slice(0, most)
  return blocks.map(fieldsOf).filter((fields) => fields.size > 0)
}

/** The fields of the header that a text begins with. */
export const firstFields = (text: string): Fields => fieldBlocks(text.trimStart(), 1)[0] ?? new Map<string, string>()

function fieldsOf(block: string): Fields {
  const lines = block.replaceAll(/\n[\t ]+/g, ' ').split('\n', mostFields)
  const fields = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
    if (!/^[a-z][\w-]{0,60}$/.test(name) || fields.has(name)) continue
    fields.set(name, line.slice(colon + 1).trim().slice(0, longestLine)) // prettier-ignore
  }
  return fields
}

/** The address of a field such as `rfc822; reader@example.com`, in lower case; null where it holds none. */
export function addressIn(field: string | undefined): string | null {
  const text = (field ?? '').replace(/^[\w-]+\s*;/, '').trim()
  const address = (/<([^<>]{3,254})>/.exec(text)?.[1] ?? text).trim().toLowerCase()
  return address.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(address) ? address : null
}

/** A date of a header (RFC 5322), or null. */
export function dateIn(field: string | undefined): Date | null {
  const at = new Date(Date.parse(field ?? ''))
  return Number.isNaN(at.getTime()) ? null : at
}
