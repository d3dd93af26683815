import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/** A move of a switch: how many of a hundred people it reaches since then. */
export type SwitchMove = { name: string; percent: number; movedAt: Date; movedBy: string; reason: string }

/** What is asked before anything leaves; `configuration`: what the first slot of the channel holds, or null. */
export type Ways = { sending: boolean; channel: number; campaign: number; configuration: Hash | null }

const percentOf = (name: Sql): Sql => sql`coalesce(
  (select m.percent from campaigns.switch_moves m where m.name = ${name} order by m.seq desc limit 1), 100)`

/** The kill switch, the switches of a channel and a campaign, and the channel's way out, in one look. */
export async function selectWays(
  db: Queryable,
  { campaign, channel }: { campaign: string; channel: string },
): Promise<Ways> {
  const [row] = await db.query<Ways>(sql`
    select coalesce((select f.is_on from governance.flag_changes f where f.name = 'sending' order by f.seq desc limit 1), true) as sending,
      ${percentOf(sql`${`channel.${channel}`}`)} as channel, ${percentOf(sql`${`campaign.${campaign}`}`)} as campaign,
      (select p.hash from kernel.pointers p where p.kind = 'channel' and p.name = ${channel} order by p.seq desc limit 1) as configuration`)
  return row!
}

export async function insertSwitchMove(tx: Tx, move: SwitchMove): Promise<void> {
  await tx.query(sql`insert into campaigns.switch_moves (name, percent, moved_at, moved_by, reason)
    values (${move.name}, ${move.percent}, ${move.movedAt}, ${move.movedBy}, ${move.reason})`)
}

/** The last move of every switch that was ever moved. */
export const selectSwitches = (db: Queryable): Promise<SwitchMove[]> =>
  db.query<SwitchMove>(sql`
    select distinct on (name) name, percent, moved_at as "movedAt", moved_by as "movedBy", reason
    from campaigns.switch_moves order by name, seq desc`)

/** A share of people by the name of its switch. */
export type Sharing = { name: string; percent: number }

/**
 * Whether an address is among the people that switches reach. Drawn from the address, so that it stays so after a merge, and
 * for each switch by itself.
 */
export const isReached = (identifierId: Sql, shares: readonly Sharing[]): Sql =>
  shares
    .filter(({ percent }) => percent < 100)
    .reduce(
      (all, { name, percent }) => sql`${all}
        and ('x' || substr(md5(${`${name} `} || ${identifierId}::text), 1, 8))::bit(32)::bigint % 100 < ${percent}`,
      sql`true`,
    )

/** How many of some messages are for people whom a switch does not reach. */
export async function countUnreached(db: Queryable, ids: readonly DeliveryId[], share: Sharing): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`select count(*) as n from campaigns.deliveries
    where id = any(${[...ids]}::uuid[]) and not (${isReached(sql`identifier_id`, [share])})`)
  return row?.n ?? 0
}
