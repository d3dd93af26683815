import { DateTime } from 'luxon'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { Room } from '../channel.ts'
import { copiesOf, purposeOf, type CampaignDefinition } from '../definition.ts'
import {
  countBegun, countBegunOn, lockNumber, lockNumbersOf, selectNumber, updateRamp, upsertNumber, type NumberRow,
} from '../queries/whatsapp-numbers.ts' // prettier-ignore
import { dayIn } from '../hours/window.ts'
import type { MetaNumber, WhatsAppAccount } from './meta.ts'
import { closeRampDay, mostOf, newRamp } from './ramp.ts'
import { standingOf } from './templates.ts'

const dayMs = 24 * 3_600_000

type Deps = { db: Db; clock: Clock; zone: string; whatsapp: WhatsAppAccount }

/** Writes down how Meta says that the number stands, and what the day before came to. */
export async function keepNumber({ db, clock, zone, whatsapp }: Deps, told: MetaNumber): Promise<void> {
  const at = clock()
  const { account, number: id } = whatsapp
  await db.transaction(async (tx) => {
    const before = await lockNumber(tx, id)
    const { shown, name, status, quality, mostADay } = told
    // A limit that Meta does not tell is taken for the least there is, until it does.
    const known = { mostADay: mostADay === undefined ? 250 : mostADay, limitKnown: mostADay !== undefined }
    const ramp = newRamp(dayIn(zone, at))
    await upsertNumber(tx, { id, account, shown, name, status, quality, ...known, at, ramp })
    if (before && before.quality !== quality)
      await appendAudit(tx, clock, { actor: 'millrace', action: 'whatsapp.quality-changed', subject: id, detail: { was: before.quality, is: quality } }) // prettier-ignore
    await closeOpenDay(tx, id, { at, zone })
  })
}

async function closeOpenDay(tx: Tx, id: string, { at, zone }: { at: Date; zone: string }): Promise<NumberRow | null> {
  const row = await lockNumber(tx, id)
  if (!row || row.graduated !== null || row.onDay >= dayIn(zone, at)) return row
  const from = DateTime.fromISO(row.onDay, { zone })
  const used = await countBegunOn(tx, id, from.toJSDate(), from.plus({ days: 1 }).toJSDate())
  const { quality, mostADay: portfolio } = row
  const ramp = closeRampDay(row, dayIn(zone, at), { used, quality, portfolio })
  await updateRamp(tx, id, ramp)
  return { ...row, ...ramp }
}

/**
 * What a claim may take for WhatsApp: as many people as the portfolio's limit and the ramp leave of the last 24 hours, and no
 * step whose template may not be sent. Claims of one account take turns here until they commit.
 */
export async function whatsappRoom(
  tx: Tx,
  whatsapp: Pick<WhatsAppAccount, 'account' | 'number'>,
  { definition, at, zone }: { definition: CampaignDefinition; at: Date; zone: string },
): Promise<Room> {
  const copies = copiesOf(definition).filter(({ channel }) => channel === 'whatsapp')
  const standing = await standingOf(tx, whatsapp.account, copies.map(({ contentHash }) => contentHash)) // prettier-ignore
  const held = new Map(
    copies.flatMap(({ key, contentHash }): [string, string][] => {
      const one = standing.get(contentHash)
      if (one?.kind === 'held') return [[key, one.why]]
      return one?.template.category === 'marketing' && purposeOf(definition) === 'transactional' ? [[key, marketingTemplate]] : [] // prettier-ignore
    }),
  )
  await lockNumbersOf(tx, whatsapp.account)
  const row = await closeOpenDay(tx, whatsapp.number, { at, zone })
  const against = row === null ? 'The WhatsApp number was not looked up yet: wait a quarter of an hour, or look now' : againstNumber(row) // prettier-ignore
  if (row === null || against !== null) return { most: 0, why: against, held }
  if (mostOf(row, row.mostADay) === null) return { most: Infinity, why: null, held }
  const limit = await limitOn(tx, row, at)
  const left = leftOf(limit)
  const why = left > 0 ? null : `${limit.most} people were begun with in 24 hours: ${limit.words}`
  return { most: left, why, held }
}

const marketingTemplate =
  'its template is one of marketing, which a transactional campaign may not send: propose it as utility'

/** A limit of 24 hours, and what is used of it; null where it is none. */
type Limit = { most: number | null; begun: number; words: string }

const leftOf = ({ most, begun }: Limit): number => (most === null ? Infinity : Math.max(0, most - begun))

/** Which limit leaves a number less: the portfolio's, which all its numbers share, or the ramp of its own. */
async function limitOn(db: Queryable, row: NumberRow, at: Date): Promise<Limit> {
  const { byNumber, byAccount } = await countBegun(db, row, new Date(at.getTime() - dayMs))
  const portfolio = {
    most: row.mostADay,
    begun: byAccount,
    words: 'the portfolio’s limit, which all its numbers share',
  }
  const ramp = {
    most: mostOf(row, null),
    begun: byNumber,
    words: `day ${row.step} of the ramp of a new number, within the portfolio’s limit`,
  }
  return leftOf(ramp) < leftOf(portfolio) ? ramp : portfolio
}

/** Why nothing may leave from a number, in words; null where it may. */
export function againstNumber({ status, quality }: Pick<NumberRow, 'status' | 'quality'>): string | null {
  if (!['connected', 'unknown', 'flagged'].includes(status)) return `Meta says that the WhatsApp number is ${status.replaceAll('_', ' ')}` // prettier-ignore
  return quality === 'red'
    ? 'Meta calls the quality of the WhatsApp number low: too many people block it or call it spam'
    : null
}

/** A number, and what is used of the limit that leaves it least; of the portfolio's its other numbers use some, too. */
export type NumberStanding = NumberRow & { most: number | null; begun: number; against: string | null }

export async function numberStanding(db: Queryable, id: string, at: Date): Promise<NumberStanding | null> {
  const row = await selectNumber(db, id)
  if (!row) return null
  const { most, begun } = await limitOn(db, row, at)
  return { ...row, most, begun, against: againstNumber(row) }
}
