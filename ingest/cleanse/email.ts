import { domainToUnicode } from 'node:url'

const shape = /^[^\s@"(),:;<>[\\\]]+@[^\s@]+\.[^\s@.]{2,}$/

const ascii = /^[ -~]*$/

/** Google ignores dots and what follows a plus. `gmail.example` is the same mailbox in sample data, where nobody can own it. */
const ignoresDots = new Set(['gmail.com', 'googlemail.com', 'gmail.example'])

/**
 * The one way to write an e-mail address: trimmed, NFKC, lower case, its domain as people read it (`bücher`, not
 * `xn--bcher-kva`); for Gmail without dots and without `+tag`.
 * Undefined when it is no address.
 */
export function canonicalEmail(text: string | null | undefined): string | undefined {
  const given = text ?? ''
  // Of ASCII nothing is left to normalise.
  const typed = (ascii.test(given) ? given : given.normalize('NFKC')).trim().toLowerCase().replace(/^mailto:/, '') // prettier-ignore
  const at = typed.lastIndexOf('@')
  const [mailbox, domain] = [typed.slice(0, Math.max(0, at)), canonicalDomain(typed.slice(at + 1))]
  const written = `${mailbox}@${domain}`
  if (written.length > 254 || !shape.test(written)) return undefined
  if (!ignoresDots.has(domain)) return written
  const plain = mailbox.split('+', 1)[0]!.replaceAll('.', '')
  return plain === '' ? undefined : `${plain}@${domain === 'googlemail.com' ? 'gmail.com' : domain}`
}

const letters = /^[-.\w\P{ASCII}]+$/u

/** A domain beyond ASCII has two spellings of one name (RFC 5891); nothing where it can be none. */
function canonicalDomain(domain: string): string {
  if (ascii.test(domain) && !domain.includes('xn--')) return domain
  return letters.test(domain) ? domainToUnicode(domain) : ''
}
