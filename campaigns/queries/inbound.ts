import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash, IdentifierId } from '#kernel/ids.ts'
import type { KeyId } from '#kernel/keys.ts'
import { sql } from '#kernel/sql.ts'

export type MailOutcome = 'recorded' | 'ignored' | 'quarantined' | 'for-a-person'

/** What became of a mail, in words that name nobody. */
export type MailNote = {
  sha256: Hash
  outcome: MailOutcome
  what: string
  deliveryId: DeliveryId | null
  sealed: { keyId: KeyId; payload: Buffer } | null
}

/** Notes a mail; false when it was decided on before. One in quarantine may be decided on again. */
export async function insertMail(tx: Tx, note: MailNote, at: Date): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into campaigns.inbound_mails as held (sha256, taken_at, outcome, what, delivery_id, key_id, payload)
    values (${note.sha256}, ${at}, ${note.outcome}, ${note.what}, ${note.deliveryId}, ${note.sealed?.keyId ?? null},
      ${note.sealed?.payload ?? null})
    on conflict (sha256) do update set taken_at = excluded.taken_at, outcome = excluded.outcome, what = excluded.what,
      delivery_id = excluded.delivery_id, key_id = excluded.key_id, payload = excluded.payload
    where held.outcome = 'quarantined'
    returning sha256`)
  return rows.length === 1
}

/** The address a ledger row was sent to. */
export async function selectAddress(db: Queryable, identifierId: IdentifierId): Promise<string | null> {
  const rows = await db.query<{ value: string }>(sql`select value from ingest.identifiers where id = ${identifierId}`)
  return rows[0]?.value ?? null
}

/** How many mails came to what, since an instant. */
export const countMails = (
  db: Queryable,
  since: Date,
): Promise<{ outcome: MailOutcome; what: string; count: number }[]> =>
  db.query(sql`select outcome, what, count(*) as count from campaigns.inbound_mails
    where taken_at >= ${since} group by 1, 2 order by 1, 3 desc, 2`)
