import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type SignUp = {
  /** Digest of the link that was mailed and used. */
  tokenHash: Hash
  identifierId: IdentifierId
  page: string
  pageHash: Hash
  /** The copy that the form stood below, where several are tried. */
  arm: string | null
  textVersion: Hash
  askedAt: Date
  confirmedAt: Date
}

/** False where this link was used before. */
export async function insertSignUp(tx: Tx, one: SignUp): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into campaigns.sign_ups (token_hash, identifier_id, page, page_hash, arm, text_version, asked_at, confirmed_at)
    values (${one.tokenHash}, ${one.identifierId}, ${one.page}, ${one.pageHash}, ${one.arm}, ${one.textVersion},
      ${one.askedAt}, ${one.confirmedAt})
    on conflict (token_hash) do nothing returning token_hash`)
  return rows.length === 1
}

/** How many confirmed on each page. */
export async function countSignUps(db: Queryable): Promise<Map<string, number>> {
  const rows = await db.query<{ page: string; count: number }>(
    sql`select page, count(*) as count from campaigns.sign_ups group by page`,
  )
  return new Map(rows.map(({ page, count }) => [page, count]))
}

/** Why mail to an address is stopped, and whether for mail alone or for everything; nothing where it is not. */
export const selectMailStops = (
  db: Queryable,
  address: { email: string },
): Promise<{ channel: string; reason: string }[]> =>
  db.query(sql`
    select s.channel, s.reason from ingest.suppressions s join ingest.identifiers i on i.id = s.identifier_id
    where i.kind = 'email' and i.value = ${address.email} and s.channel in ('email', 'all') and s.lifted_at is null`)
