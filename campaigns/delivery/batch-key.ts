import type { ClaimId } from '../queries/claims.ts'

/** Names a batch by its claim, its group and how many messages it holds: with fewer it would be another request. */
export const batchKeyOf = (claimId: ClaimId, group: number, holds: number): string => `${claimId}.${group}.${holds}`

/** Whether so many messages are all that a batch held when it was first asked for; a key that does not say is of none. */
export function isWhole(key: string, messages: number): boolean {
  const [, , holds] = key.split('.')
  return holds === String(messages)
}
