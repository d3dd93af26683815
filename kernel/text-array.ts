/**
 * Texts and nulls as PostgreSQL writes an array of them, in one piece: the driver makes and escapes a piece for each, which
 * for thousands of ids costs more than their statement. Anything else is left to the driver.
 */
export function asTextArray(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isTextOrNull)) return value
  return `{${value.map(element).join(',')}}`
}

const isTextOrNull = (item: unknown): item is string | null => typeof item === 'string' || item === null

/** Nothing that an array's text gives a meaning to; NULL is what is not quoted and says so. */
const plain = /^(?!null$)[\w:.@<>+-]+$/i

const element = (text: string | null): string => {
  if (text === null) return 'NULL'
  return plain.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}
