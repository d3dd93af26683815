import type { Queryable } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { AnyMessage, TextChannelName } from '../channel.ts'
import type { LeadsTo } from '../render/short-links.ts'

/** Keeps where the short links of messages lead, before any of them leaves; the same again changes nothing. */
export async function keepShortLinks(db: Queryable, messages: readonly AnyMessage[]): Promise<void> {
  const links = messages.flatMap((message) => ('kind' in message ? (message.shortLinks ?? []) : []))
  if (links.length === 0) return
  const rows = [...new Map(links.map(({ code, to }) => [code, 'target' in to ? to : { ...to, target: null }]))]
  await db.query(sql`
    insert into campaigns.short_links (code, delivery_id, channel, link, target)
    select * from unnest(${rows.map(([code]) => code)}::text[], ${rows.map(([, to]) => ('deliveryId' in to ? to.deliveryId : null))}::uuid[],
      ${rows.map(([, to]) => ('channel' in to ? to.channel : null))}::text[], ${rows.map(([, to]) => ('index' in to ? to.index : null))}::smallint[],
      ${rows.map(([, to]) => to.target)}::text[]) order by 1
    on conflict (code) do nothing`)
}

type Row = { deliveryId: DeliveryId; channel: TextChannelName; index: number; target: string | null }

export async function selectShortLink(db: Queryable, code: string): Promise<LeadsTo | null> {
  const [row] = await db.query<Row>(sql`
    select delivery_id as "deliveryId", channel, link as index, target from campaigns.short_links where code = ${code}`)
  if (!row) return null
  const { target, ...theirs } = row
  return target === null ? theirs : { target }
}
