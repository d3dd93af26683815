import type { Queryable, Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { Ramp } from '../whatsapp/ramp.ts'

export type NumberRow = Ramp & {
  id: string
  account: string
  shown: string
  name: string
  status: string
  quality: string
  mostADay: number | null
  lookedAt: Date
}

const columns = sql`id, account, shown, name, status, quality, most_a_day as "mostADay", step, clean_days as "cleanDays",
  on_day as "onDay", graduated, looked_at as "lookedAt"`

export const selectNumber = async (db: Queryable, id: string): Promise<NumberRow | null> =>
  (await db.query<NumberRow>(sql`select ${columns} from campaigns.whatsapp_numbers where id = ${id}`))[0] ?? null

/** The same, locked until the commit. */
export const lockNumber = async (tx: Tx, id: string): Promise<NumberRow | null> =>
  (await tx.query<NumberRow>(sql`select ${columns} from campaigns.whatsapp_numbers where id = ${id} for update`))[0] ??
  null

/** Locks every number of an account until the commit, always in one order: claims of all of them take turns, so that their limits are exact. */
export async function lockNumbersOf(tx: Tx, account: string): Promise<void> {
  await tx.query(sql`select id from campaigns.whatsapp_numbers where account = ${account} order by id for update`)
}

/** What Meta says of a number; its ramp begins with the first look. An unknown limit leaves the one that is known. */
export async function upsertNumber(
  tx: Queryable,
  row: Pick<NumberRow, 'id' | 'account' | 'shown' | 'name' | 'status' | 'quality' | 'mostADay'> & {
    at: Date
    ramp: Ramp
    limitKnown: boolean
  },
): Promise<void> {
  const { id, account, shown, name, status, quality, mostADay, at, ramp, limitKnown } = row
  await tx.query(sql`
    insert into campaigns.whatsapp_numbers as k (id, account, shown, name, status, quality, most_a_day, step, clean_days,
      on_day, graduated, looked_at)
    values (${id}, ${account}, ${shown}, ${name}, ${status}, ${quality}, ${mostADay}, ${ramp.step}, ${ramp.cleanDays},
      ${ramp.onDay}, ${ramp.graduated}, ${at})
    on conflict (id) do update set account = excluded.account, shown = excluded.shown, name = excluded.name,
      status = excluded.status, quality = excluded.quality, looked_at = excluded.looked_at,
      most_a_day = case when ${limitKnown}::boolean then excluded.most_a_day else k.most_a_day end`)
}

export async function updateRamp(tx: Queryable, id: string, ramp: Ramp): Promise<void> {
  await tx.query(sql`update campaigns.whatsapp_numbers set step = ${ramp.step}, clean_days = ${ramp.cleanDays},
    on_day = ${ramp.onDay}, graduated = ${ramp.graduated} where id = ${id}`)
}

/** What a webhook tells of the portfolio's limit: that of every number of the account. */
export async function updateLimit(tx: Tx, account: string, mostADay: number | null): Promise<void> {
  await lockNumbersOf(tx, account)
  await tx.query(sql`update campaigns.whatsapp_numbers set most_a_day = ${mostADay} where account = ${account}`)
}

/**
 * People begun with since an instant, by a number and by all numbers of its account together. Those whom a worker is about to
 * begin with count as if by any.
 */
export async function countBegun(
  db: Queryable,
  { id, account }: Pick<NumberRow, 'id' | 'account'>,
  since: Date,
): Promise<{ byNumber: number; byAccount: number }> {
  const rows = await db.query<{ byNumber: number; byAccount: number }>(sql`
    select count(distinct identifier_id)::int as "byAccount",
      count(distinct identifier_id) filter (where number_id is null or number_id = ${id})::int as "byNumber"
    from (
      select p.identifier_id, p.number_id
      from campaigns.whatsapp_places p join campaigns.whatsapp_numbers n on n.id = p.number_id
      where n.account = ${account} and p.placed_at > ${since} and p.opens
      union all
      select d.identifier_id, null from campaigns.claims c join campaigns.deliveries d on d.claim_id = c.id
      where c.expires_at is not null and d.channel = 'whatsapp' and d.state in ('claimed', 'sending')) as people`)
  return rows[0]!
}

/** People begun with between two instants. */
export async function countBegunOn(db: Queryable, id: string, from: Date, to: Date): Promise<number> {
  const rows = await db.query<{ begun: number }>(sql`
    select count(distinct identifier_id)::int as begun from campaigns.whatsapp_places
    where number_id = ${id} and opens and placed_at >= ${from} and placed_at < ${to}`)
  return rows[0]?.begun ?? 0
}
