import { domainToASCII } from 'node:url'

/** Only ASCII has as many bytes in UTF-8 as characters. */
export const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length

/** An address as mail writes it: a domain beyond ASCII in the form that every server reads (RFC 5891). */
export function writtenAddress(address: string): string {
  if (isAscii(address)) return address
  const at = address.lastIndexOf('@')
  const domain = domainToASCII(address.slice(at + 1))
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`
}
