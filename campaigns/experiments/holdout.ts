import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { EnrolmentId } from '#kernel/ids.ts'
import { liveVersion, pointAt, pointerHistory, register, type PointerMove } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { CampaignDefinition } from '../definition.ts'
import { lot } from './lot.ts'
import { endHeldOut, selectNewly, type HeldOut } from '../queries/holdouts.ts'

const global = 'global'
const body = z.strictObject({ share: z.number().min(0).max(0.5) })

/** The share of people who are held out of every campaign, and since when it is so large. */
export type GlobalHoldout = { share: number; since: Date | null }

/** The global holdout as it stands; nobody is held out until an owner says so. */
export async function globalHoldout(db: Queryable): Promise<GlobalHoldout> {
  const live = await liveVersion(db, 'holdout', global)
  if (!live) return { share: 0, since: null }
  const [last] = await pointerHistory(db, 'holdout', global)
  return { ...body.parse(live.body), since: last?.movedAt ?? null }
}

const shareNow = async (db: Queryable): Promise<number> => {
  const live = await liveVersion(db, 'holdout', global)
  return live ? body.parse(live.body).share : 0
}

/** Every change of the global holdout, newest first. */
export const holdoutHistory = (db: Queryable): Promise<PointerMove[]> => pointerHistory(db, 'holdout', global)

/**
 * Holds a share of people out of every campaign from now on, 0 to a half. Who is in a smaller share is in every larger
 * one; who is in a campaign already goes on.
 */
export async function holdOutOfAll(
  deps: { db: Db; clock: Clock },
  input: { share: number; by: Actor; reason: string },
): Promise<{ kind: 'set'; share: number } | Refused<'share' | 'not-permitted'>> {
  const parsed = body.safeParse({ share: input.share })
  if (!parsed.success)
    return { kind: 'refused', rule: 'share', why: 'A holdout is between nobody and half of all people' }
  const { by, reason } = input
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'holdout.set')
    if (refused) return refused
    await appendAudit(tx, deps.clock, { actor: by, action: 'holdout.set', subject: global, detail: parsed.data })
    const author = { clock: deps.clock, by }
    const hash = await register(tx, author, 'holdout', global, parsed.data)
    await pointAt(tx, author, 'holdout', global, hash, reason)
    return { kind: 'set', share: parsed.data.share }
  })
}

/** What holds somebody out of a campaign, or null: drawn by the first person that any address of theirs ever was, so that every channel draws them alike. */
export function heldOutBy(
  shares: { everywhere: number; here: number },
  campaign: string,
  drawnBy: string,
): HeldOut['scope'] | null {
  if (lot(`holdout ${drawnBy}`) < shares.everywhere) return 'global'
  return lot(`holdout of ${campaign} ${drawnBy}`) < shares.here ? 'campaign' : null
}

/** Why somebody is held out, as a sentence without its full stop. */
export const holdoutWords = ({ scope, share }: Pick<HeldOut, 'scope' | 'share'>): string =>
  `Held out of ${scope === 'global' ? 'every campaign' : 'this campaign'} with ${shareWords(share)} of the people: nothing is sent to them, so that it can be told what ${scope === 'global' ? 'campaigns bring' : 'it brings'}` // prettier-ignore

const shareWords = (share: number): string => `${Number((share * 100).toFixed(1))} %`

/** The shares that hold for a campaign now: what answers its reader is kept from nobody. */
export const holdoutShares = async (
  db: Queryable,
  { kind, holdout }: Pick<CampaignDefinition, 'kind' | 'holdout'>,
): Promise<{ everywhere: number; here: number }> => ({
  everywhere: kind === 'transactional' ? 0 : await shareNow(db),
  here: holdout?.share ?? 0,
})

/** Ends the journeys of those who were just let in and are held out, before anything is planned. Returns how many. */
export async function holdOut(
  tx: Tx,
  definition: Pick<CampaignDefinition, 'name' | 'kind' | 'holdout'>,
  ids: readonly EnrolmentId[],
): Promise<number> {
  const shares = await holdoutShares(tx, definition)
  if (shares.everywhere + shares.here === 0) return 0
  const held = (await selectNewly(tx, ids)).flatMap(({ id, drawnBy }): HeldOut[] => {
    const scope = heldOutBy(shares, definition.name, drawnBy)
    return scope === null ? [] : [{ id, scope, share: scope === 'global' ? shares.everywhere : shares.here }]
  })
  if (held.length > 0) await endHeldOut(tx, definition.name, held)
  return held.length
}
