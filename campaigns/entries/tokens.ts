import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { randomToken, sha256 } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { releaseHistory } from '#governance/releases.ts'
import { insertToken, revokeToken, selectTokens, useToken, type EntryToken, type TokenId } from '../queries/entries.ts'

export type { EntryToken, TokenId } from '../queries/entries.ts'

type Deps = { db: Db; clock: Clock }

/**
 * Makes a token that lets a program put people into campaigns. It is told this once: only its digest is kept.
 * @param input.campaign the only one it is for; null: every one that takes people by program
 */
export async function makeToken(
  { db, clock }: Deps,
  input: { name: string; campaign: string | null; by: Actor },
): Promise<{ kind: 'made'; id: TokenId; token: string } | Refused<'not-permitted' | 'no-name' | 'unknown-campaign'>> {
  const name = input.name.trim()
  if (name === '' || name.length > 100)
    return { kind: 'refused', rule: 'no-name', why: 'Name the program that it is for, in 100 letters at most' }
  const { campaign, by } = input
  const token = `millrace_${randomToken()}`
  return db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'token.manage')
    if (refused) return refused
    if (campaign !== null && (await releaseHistory(tx, campaign)).length === 0)
      return { kind: 'refused', rule: 'unknown-campaign', why: `Nothing of “${campaign}” was ever released` }
    const id = newId<'token'>(clock)
    await insertToken(tx, { id, name, campaign, tokenHash: sha256(token), madeAt: clock(), madeBy: by })
    await appendAudit(tx, clock, { actor: by, action: 'token.made', subject: id, detail: { campaign } })
    return { kind: 'made', id, token }
  })
}

/** Takes a token back: whatever comes with it after the commit is refused. */
export async function takeTokenBack(
  { db, clock }: Deps,
  { id, by }: { id: TokenId; by: Actor },
): Promise<{ kind: 'revoked' } | Refused<'not-permitted' | 'unknown-token'>> {
  return db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'token.manage')
    if (refused) return refused
    if (!(await revokeToken(tx, id, clock(), by)))
      return { kind: 'refused', rule: 'unknown-token', why: 'There is no such token, or it was taken back already' }
    await appendAudit(tx, clock, { actor: by, action: 'token.revoked', subject: id, detail: {} })
    return { kind: 'revoked' }
  })
}

/** Every token, those that still open a door first. */
export const listTokens = (db: Queryable): Promise<EntryToken[]> => selectTokens(db)

/** Whose token it is; null where it is none, or was taken back. */
export const tokenOf = ({ db, clock }: Deps, token: string): Promise<EntryToken | null> =>
  useToken(db, sha256(token), clock())
