import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Id } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { TextChannelName } from '../channel.ts'

export type ChannelStop = { id: Id<'stop'>; channel: TextChannelName; why: string; stoppedAt: Date }

const columns = sql`id, channel, why, stopped_at as "stoppedAt"`

export const selectOpenStops = (db: Queryable): Promise<ChannelStop[]> =>
  db.query<ChannelStop>(sql`select ${columns} from campaigns.channel_stops where released_at is null order by channel`)

export async function selectOpenStop(db: Queryable, channel: string): Promise<ChannelStop | null> {
  const rows = await db.query<ChannelStop>(sql`
    select ${columns} from campaigns.channel_stops where channel = ${channel} and released_at is null`)
  return rows[0] ?? null
}

/** Whether somebody let WhatsApp go on since a message left by it. */
export async function wentOnSince(db: Queryable, message: DeliveryId): Promise<boolean> {
  const rows = await db.query(sql`
    select from campaigns.whatsapp_places p join campaigns.channel_stops s on s.channel = 'whatsapp'
    where p.delivery_id = ${message} and s.released_at >= p.placed_at limit 1`)
  return rows.length > 0
}

/** Those that nobody was written to about. */
export const selectUntoldStops = (db: Queryable): Promise<ChannelStop[]> =>
  db.query<ChannelStop>(sql`
    select ${columns} from campaigns.channel_stops where released_at is null and told_at is null order by channel`)

export async function noteStopTold(db: Queryable, id: Id<'stop'>, at: Date): Promise<void> {
  await db.query(sql`update campaigns.channel_stops set told_at = ${at} where id = ${id}`)
}

/** False where the channel is stopped already. */
export async function insertStop(tx: Tx, stop: ChannelStop): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into campaigns.channel_stops (id, channel, why, stopped_at)
    values (${stop.id}, ${stop.channel}, ${stop.why}, ${stop.stoppedAt})
    on conflict (channel) where released_at is null do nothing returning id`)
  return rows.length > 0
}

export async function releaseStop(
  tx: Tx,
  input: { channel: string; at: Date; by: string; reason: string },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update campaigns.channel_stops set released_at = ${input.at}, released_by = ${input.by}, release_reason = ${input.reason}
    where channel = ${input.channel} and released_at is null returning id`)
  return rows.length > 0
}
