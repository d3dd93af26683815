import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, IdentifierId, PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** Whether somebody stopped a channel by themselves, and nothing else stands against them. */
export async function selectOwnStop(
  tx: Tx,
  { identifierId, channel }: { identifierId: IdentifierId; channel: string },
): Promise<boolean> {
  const rows = await tx.query(sql`select from ingest.suppressions
    where identifier_id = ${identifierId} and channel = ${channel} and reason in ('unsubscribed', 'blocked') and lifted_at is null`)
  return rows.length > 0
}

export type TelegramLink = { tokenHash: Hash; identifierId: IdentifierId; textVersion: Hash; by: string; madeAt: Date; expiresAt: Date } // prettier-ignore

export async function insertTelegramLink(tx: Queryable, link: TelegramLink): Promise<void> {
  await tx.query(sql`
    insert into campaigns.telegram_links (token_hash, identifier_id, text_version, made_by, made_at, expires_at)
    values (${link.tokenHash}, ${link.identifierId}, ${link.textVersion}, ${link.by}, ${link.madeAt}, ${link.expiresAt})`)
}

/** What a link is for: an identifier of its person, and the words that stood beside it. */
export type LinkFor = { kind: string; value: string; textVersion: Hash; used: boolean; expired: boolean }

export async function selectTelegramLink(db: Queryable, tokenHash: Hash, at: Date): Promise<LinkFor | null> {
  const rows = await db.query<LinkFor>(sql`
    select i.kind, i.value, l.text_version as "textVersion", l.used_at is not null as used, l.expires_at <= ${at} as expired
    from campaigns.telegram_links l join ingest.identifiers i on i.id = l.identifier_id where l.token_hash = ${tokenHash}`)
  return rows[0] ?? null
}

/** Uses a link up; false where somebody else did. */
export async function useTelegramLink(tx: Tx, tokenHash: Hash, at: Date): Promise<boolean> {
  const rows = await tx.query(sql`
    update campaigns.telegram_links set used_at = ${at}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${at} returning token_hash`)
  return rows.length === 1
}

/** Whether the last word of a chat was yes. */
export async function selectJoined(db: Queryable, chat: string): Promise<boolean> {
  const rows = await db.query<{ state: string }>(sql`
    select c.state from ingest.consents c join ingest.identifiers i on i.id = c.identifier_id
    where i.kind = 'telegram' and i.value = ${chat} and c.channel = 'telegram'
    order by c.occurred_at desc, (c.state = 'withdrawn') desc limit 1`)
  return rows[0]?.state === 'granted'
}

/** The identifier of a person that a link is best tied to: an e-mail address, a number, or whatever there is. */
export async function selectTyingIdentifier(db: Queryable, personId: PersonId): Promise<IdentifierId | null> {
  const rows = await db.query<{ id: IdentifierId }>(sql`
    select i.id from ingest.people p join ingest.identifiers i on i.id = p.identifier_id
    where p.person_id = ${personId} and i.kind <> 'telegram'
    order by case i.kind when 'email' then 0 when 'phone' then 1 else 2 end, i.first_seen_at, i.id limit 1`)
  return rows[0]?.id ?? null
}

/** How many chats said yes, and how many of them want no more. */
export async function countChats(db: Queryable): Promise<{ chats: number; stopped: number }> {
  const [row] = await db.query<{ chats: number; stopped: number }>(sql`
    select count(*) as chats, count(*) filter (where exists (select from ingest.suppressions s
      where s.identifier_id = i.id and s.channel in ('telegram', 'all') and s.lifted_at is null)) as stopped
    from ingest.identifiers i where i.kind = 'telegram'`)
  return row ?? { chats: 0, stopped: 0 }
}
