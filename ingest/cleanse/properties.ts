import { canonicalEmail } from './email.ts'

const longest = 300
const most = 40

/**
 * What a web analytics tool noted of an event, as far as it may be kept beside it: words, numbers and yes or no. Of
 * addresses of pages only host and path remain, since people's data hides in the rest; values that are e-mail addresses
 * are left out. The record, which is sealed, has them all.
 */
export function plainProperties(noted: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const kept = Object.entries(noted).flatMap(([name, value]): [string, string | number | boolean][] => {
    if (typeof value === 'number' || typeof value === 'boolean') return [[name, value]]
    if (typeof value !== 'string' || value === '' || canonicalEmail(value) !== undefined) return []
    return [[name, withoutQuery(value).slice(0, longest)]]
  })
  return Object.fromEntries(kept.slice(0, most))
}

function withoutQuery(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return text
  const { host, pathname } = new URL(text)
  // A part of a path may be somebody's address.
  const path = pathname.split('/').map((part) => (/@|%40/.test(part) ? '…' : part)).join('/') // prettier-ignore
  return `${host}${path}`
}
