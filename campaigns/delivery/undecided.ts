import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type DeliveryId } from '#kernel/ids.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { liveRelease } from '#governance/releases.ts'
import { refund } from './caps.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { whoseJourneyGoesOn } from './detours.ts'
import { leavePlaces } from '../queries/deliveries.ts'
import {
  countTooLate, countUndecided, insertWords, lockUndecided, lockUnknownSince, planUndecided, selectUndecided,
  settleArrived, type DeliveryWord, type UndecidedRow, type UndecidedState,
} from '../queries/undecided.ts' // prettier-ignore

export type { DeliveryWord, UndecidedRow, UndecidedState } from '../queries/undecided.ts'

type Deps = { db: Db; clock: Clock }

/** What may be said of a message that waits for a person, by its state. */
export const wordsOn: Readonly<Record<UndecidedState, readonly DeliveryWord[]>> = {
  held: ['plan-again'],
  unknown: ['leave', 'arrived', 'send-again'],
}

/** What a campaign says of messages nobody knows the end of. */
type IfUnknown = NonNullable<CampaignDefinition['ifUnknown']>

export type Undecided = {
  state: UndecidedState
  /** How many wait, by why. */
  reasons: { reason: string; count: number }[]
  /** Those waiting longest first, a page of them. */
  rows: UndecidedRow[]
  /** What the live version says of messages nobody knows the end of: `leave` unless it says otherwise. */
  ifUnknown: IfUnknown
}

/** The messages of a campaign that wait for a person's word: held, or of an unknown end. */
export async function undecided(
  db: Queryable,
  input: { campaign: string; state: UndecidedState; reason?: string | null; limit: number; offset: number },
): Promise<Undecided> {
  const { campaign, state } = input
  const live = await liveRelease(db, campaign)
  return {
    state,
    reasons: await countUndecided(db, { campaign, state }),
    rows: await selectUndecided(db, input),
    ifUnknown: (live && definitionOf(live).ifUnknown) ?? 'leave',
  }
}

/** Most messages that one word is about: what is left over takes another. */
const mostAtOnce = 5_000
const hourMs = 3_600_000

export type Decided = {
  kind: 'decided'
  count: number
  /** Left as they are: their readers left the journey or reached its goal meanwhile. */
  over: number
  /** Of those planned again: their time ran out, and they will end as expired. */
  tooLate: number
}
type DecideRule = 'no-reason' | 'no-release' | 'nothing-waits' | 'not-permitted'

/**
 * Takes a person's word on messages that wait for one. `plan-again` and `send-again` put the same row back into the plan, so
 * that nobody has two, and the gate is asked anew; `send-again` risks a second copy with whoever has the first, and is a
 * person's alone. Each row keeps who said it and why.
 * @param input.which one message, or all of a reason
 */
export async function decide(
  deps: Deps,
  input: {
    campaign: string
    word: DeliveryWord
    which: { id: DeliveryId } | { reason: string }
    by: Actor
    why: string
  },
): Promise<Decided | Refused<DecideRule>> {
  const { campaign, word, by } = input
  const why = input.why.trim().slice(0, 500)
  if (why === '') return { kind: 'refused', rule: 'no-reason', why: 'Say why: whoever looks next reads it' }
  const state = wordsOn.held.includes(word) ? 'held' : 'unknown'
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'campaign.release')
    if (refused) return refused
    const live = await liveRelease(tx, campaign)
    if (!live) return { kind: 'refused', rule: 'no-release', why: `Nothing of "${campaign}" is live` }
    const found = await lockUndecided(tx, { campaign, state, ...input.which, limit: mostAtOnce })
    if (found.length === 0)
      return { kind: 'refused', rule: 'nothing-waits', why: 'No such message waits any more: look again' }
    const definition = definitionOf(live)
    const ids = await take(tx, deps.clock, { definition, word, found })
    await keepWords(tx, deps.clock, { campaign, word, ids, by, why })
    const tooLate = replans(word) ? await countTooLate(tx, ids, oldestPlan(definition, deps.clock())) : 0
    return { kind: 'decided', count: ids.length, over: found.length - ids.length, tooLate }
  })
}

const replans = (word: DeliveryWord): boolean => word === 'plan-again' || word === 'send-again'

const oldestPlan = ({ limits }: CampaignDefinition, at: Date): Date =>
  new Date(at.getTime() - limits.expireAfterHours * hourMs)

/** Does what the word says; returns the rows it was done to. */
async function take(
  tx: Tx,
  clock: Clock,
  { definition, word, found }: { definition: CampaignDefinition; word: DeliveryWord; found: readonly DeliveryId[] },
): Promise<DeliveryId[]> {
  const at = clock()
  if (word === 'arrived') await settleArrived(tx, { ids: found, at, reason: 'a person knows that it arrived' })
  if (!replans(word)) return [...found]
  const goOn = await whoseJourneyGoesOn(tx, definition, found)
  const ids = found.filter((id) => goOn.has(id))
  // What was held certainly did not leave: its place under the cap is free again.
  if (word === 'plan-again') await refund(tx, await leavePlaces(tx, ids))
  await planUndecided(tx, { ids, at, reason: word === 'plan-again' ? 'planned again' : 'sent again knowingly' })
  return ids
}

async function keepWords(
  tx: Tx,
  clock: Clock,
  said: { campaign: string; word: DeliveryWord; ids: readonly DeliveryId[]; by: Actor; why: string },
): Promise<void> {
  const { campaign, word, ids, by, why } = said
  if (ids.length === 0) return
  await insertWords(tx, { rows: ids.map((deliveryId) => ({ id: newId<'word'>(clock), deliveryId })), word, why, by, at: clock() }) // prettier-ignore
  const detail = { word, count: ids.length, first: ids[0] }
  await appendAudit(tx, clock, { actor: by, action: 'campaign.message-decided', subject: campaign, detail })
}

const done: Readonly<Record<DeliveryWord, string>> = {
  'plan-again': 'planned again',
  leave: 'left as they are',
  arrived: 'taken to have arrived',
  'send-again': 'to be sent again',
}

/** What became of messages by somebody's word, as sentences. */
export function decidedWords(word: DeliveryWord, { count, over, tooLate }: Decided): string {
  const left = over > 0 ? ` Of ${over} the reader left the journey or reached its goal meanwhile: they stay as they are.` : '' // prettier-ignore
  const late = tooLate > 0 ? ` ${tooLate} came too late by now, and will not be sent.` : ''
  return `Messages ${done[word]}: ${count}.${left}${late}`
}

/** How long word of a message may take before it is sent again by itself, and how far back one is looked for. */
const waitForWordMs = hourMs
const lookBackMs = 24 * hourMs

/**
 * Sends what nobody knows the end of again, each once, where its campaign declares so; only what people asked for may.
 * @returns how many
 */
export async function sendUnknownAgain(deps: Deps, campaign: string): Promise<number> {
  const live = await liveRelease(deps.db, campaign)
  const definition = live && definitionOf(live)
  if (definition?.ifUnknown !== 'send-again') return 0
  const at = deps.clock().getTime()
  return deps.db.transaction(async (tx) => {
    const [claimedSince, unknownBefore] = [new Date(at - lookBackMs), new Date(at - waitForWordMs)]
    const found = await lockUnknownSince(tx, { campaign, claimedSince, unknownBefore, limit: mostAtOnce })
    const ids = found.length === 0 ? [] : await take(tx, deps.clock, { definition, word: 'send-again', found })
    await keepWords(tx, deps.clock, {
      campaign,
      word: 'send-again',
      ids,
      by: 'millrace',
      why: 'as its campaign declares',
    })
    return ids.length
  })
}
