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

/** Of the mails that lie in a mailbox, by their names there, those that were taken; what lies there no more is forgotten. */
export async function selectTaken(
  db: Queryable,
  mailbox: string,
  mails: readonly string[],
): Promise<ReadonlySet<string>> {
  await db.query(sql`delete from campaigns.taken_mails where mailbox = ${mailbox}
    and mail not in (select unnest(${[...mails]}::text[]))`)
  const rows = await db.query<{ mail: string }>(sql`select mail from campaigns.taken_mails where mailbox = ${mailbox}`)
  return new Set(rows.map(({ mail }) => mail))
}

export async function insertTaken(db: Queryable, mailbox: string, mail: string): Promise<void> {
  await db.query(
    sql`insert into campaigns.taken_mails (mailbox, mail) values (${mailbox}, ${mail}) on conflict do nothing`,
  )
}

/** A mailbox as it was looked through last. `answeredAt`: when that last went well; `fault`: why it did not. */
export type MailboxLook = { mailbox: string; lookedAt: Date; answeredAt: Date | null; fault: string | null }

export async function upsertLook(
  db: Queryable,
  look: { mailbox: string; fault: string | null },
  at: Date,
): Promise<void> {
  const answeredAt = look.fault === null ? at : null
  await db.query(sql`
    insert into campaigns.mailbox_looks as k (mailbox, looked_at, answered_at, fault)
    values (${look.mailbox}, ${at}, ${answeredAt}, ${look.fault})
    on conflict (mailbox) do update set looked_at = excluded.looked_at, fault = excluded.fault,
      answered_at = coalesce(excluded.answered_at, k.answered_at)`)
}

/** The mailboxes that were looked through since an instant. */
export const selectLooks = (db: Queryable, since: Date): Promise<MailboxLook[]> =>
  db.query<MailboxLook>(sql`
    select mailbox, looked_at as "lookedAt", answered_at as "answeredAt", fault from campaigns.mailbox_looks
    where looked_at >= ${since} order by mailbox`)

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

/** When the last mail was taken since an instant, and the last complaint. */
export async function selectLastMails(
  db: Queryable,
  since: Date,
): Promise<{ mail: Date | null; complaint: Date | null }> {
  const [row] = await db.query<{ mail: Date | null; complaint: Date | null }>(sql`
    select max(taken_at) as mail, max(taken_at) filter (where outcome = 'recorded' and what = 'complained') as complaint
    from campaigns.inbound_mails where taken_at > ${since}`)
  return row ?? { mail: null, complaint: null }
}
