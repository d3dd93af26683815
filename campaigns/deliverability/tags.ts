/** Reads `tag=value; tag=value` (RFC 6376 § 3.2); the last of two alike counts. */
export function tagsOf(text: string): Map<string, string> {
  const pairs = text.split(';').flatMap((part): [string, string][] => {
    const at = part.indexOf('=')
    return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]]
  })
  return new Map(pairs)
}
