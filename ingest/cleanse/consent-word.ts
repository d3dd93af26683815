const granted = new Set(['granted', 'true', 'yes', 'y', '1', 'ja', 'oui', 'sí', 'si', 'subscribed', 'opt-in', 'opted in', 'opted-in', 'accepted', 'x']) // prettier-ignore
const withdrawn = new Set(['withdrawn', 'revoked', 'false', 'no', 'n', '0', 'nee', 'nein', 'non', 'unsubscribed', 'opt-out', 'opted out', 'opted-out', 'declined']) // prettier-ignore

/** What a cell says of a consent: nothing where it is empty, and `unknown` where it is a word that nobody agreed on. */
export function consentState(word: string | undefined): 'granted' | 'withdrawn' | 'unknown' | undefined {
  const said = (word ?? '').trim().toLowerCase()
  if (said === '') return undefined
  if (granted.has(said)) return 'granted'
  return withdrawn.has(said) ? 'withdrawn' : 'unknown'
}
