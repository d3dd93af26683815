import { DateTime } from 'luxon'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { Room } from '../channel.ts'
import { copiesOf, purposeOf, type CampaignDefinition } from '../definition.ts'
import {
  countBegun, countBegunOn, lockNumber, selectNumber, updateRamp, upsertNumber, type NumberRow,
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
 * step whose template may not be sent. Claims of one number take turns here until they commit.
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
  const row = await closeOpenDay(tx, whatsapp.number, { at, zone })
  const against = row === null ? 'The WhatsApp number was not looked up yet: wait a quarter of an hour, or look now' : againstNumber(row) // prettier-ignore
  if (row === null || against !== null) return { most: 0, why: against, held }
  const most = mostOf(row, row.mostADay)
  if (most === null) return { most: Infinity, why: null, held }
  const left = Math.max(0, most - (await countBegun(tx, whatsapp.number, new Date(at.getTime() - dayMs))))
  const why = left > 0 ? null : `${most} people were begun with in 24 hours: ${limitInWords(row, most)}`
  return { most: left, why, held }
}

const marketingTemplate =
  'its template is one of marketing, which a transactional campaign may not send: propose it as utility'

const limitInWords = (row: NumberRow, most: number): string =>
  row.mostADay === most
    ? 'the portfolio’s limit'
    : `day ${row.step} of the ramp of a new number, within the portfolio’s limit`

/** Why nothing may leave from a number, in words; null where it may. */
export function againstNumber({ status, quality }: Pick<NumberRow, 'status' | 'quality'>): string | null {
  if (!['connected', 'unknown', 'flagged'].includes(status)) return `Meta says that the WhatsApp number is ${status.replaceAll('_', ' ')}` // prettier-ignore
  return quality === 'red'
    ? 'Meta calls the quality of the WhatsApp number low: too many people block it or call it spam'
    : null
}

/** A number and what of its day is used. */
export type NumberStanding = NumberRow & { most: number | null; begun: number; against: string | null }

export async function numberStanding(db: Queryable, id: string, at: Date): Promise<NumberStanding | null> {
  const row = await selectNumber(db, id)
  if (!row) return null
  const begun = await countBegun(db, id, new Date(at.getTime() - dayMs))
  return { ...row, most: mostOf(row, row.mostADay), begun, against: againstNumber(row) }
}
