import type { Db } from '#kernel/db.ts'
import { keptBackBySwitches } from './switches.ts'
import { parseId, type PersonId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import { canonicalPhone } from '#ingest/cleanse/phone.ts'
import { definitionOf, sendByKey } from './definition.ts'
import { selectDetours, type Detour } from './queries/channel-addresses.ts'
import { holdoutWords } from './experiments/holdout.ts'
import { selectChannelDrawsOf } from './queries/channel-draws.ts'
import { selectDrawnOf } from './queries/contents.ts'
import { selectWordsOn, type DeliveryWord, type WordOn } from './queries/undecided.ts'
import {
  selectPeopleOf, selectPersonCampaigns, selectPersonEnrolments, selectPersonEvents, selectPersonRows, selectPersonTurns,
  type PersonEnrolment, type PersonEvent, type PersonRow, type PersonTurn,
} from './queries/progress.ts' // prettier-ignore

export type PersonStory = {
  enrolments: PersonEnrolment[]
  /** Every ledger row of the person, with what happened in one sentence. */
  deliveries: (PersonRow & { words: string })[]
  /** Which ways they were sent where the journey parted. */
  turns: PersonTurn[]
  events: PersonEvent[]
  /** The whole in one sentence: why they did, or did not, get it. */
  words: string
}

/** Why a person did or did not get a campaign. */
export async function whyPerson(db: Db, campaign: string, personId: PersonId): Promise<PersonStory> {
  const enrolments = await selectPersonEnrolments(db, campaign, personId)
  const rows = await selectPersonRows(db, campaign, personId)
  const detours = Map.groupBy(await selectDetours(db, rows.map(({ id }) => id)), ({ deliveryId }) => deliveryId) // prettier-ignore
  const said = Map.groupBy(await selectWordsOn(db, rows.map(({ id }) => id)), ({ deliveryId }) => deliveryId) // prettier-ignore
  const deliveries = rows.map((row) => {
    const before = [...(detours.get(row.id) ?? []).map((one) => detourInWords(row, one)), ...(said.get(row.id) ?? []).map((one) => wordInWords(row, one))] // prettier-ignore
    return { ...row, words: [...before, inWords(row)].join(' ') }
  })
  const keptBack = await keptBackBySwitches(db, campaign, rows)
  const turns = await selectPersonTurns(db, campaign, personId)
  const events = await selectPersonEvents(db, campaign, personId)
  const drawn = [
    ...(await selectDrawnOf(db, campaign, personId)).map(({ stepKey, arm, drawnAt }) => ({ when: drawnAt, words: `Of ${stepKey} they were drawn to “${arm}”.` })),
    ...(await selectChannelDrawsOf(db, campaign, personId)).map((one) => ({ when: one.drawnAt, words: channelsInWords(one) })),
  ] // prettier-ignore
  return {
    enrolments,
    deliveries,
    turns,
    events,
    words: [story(enrolments, deliveries, turns, drawn, await isAtMessage(db, enrolments)), ...keptBack].join(' '), // prettier-ignore
  }
}

/** Whom words name: an id, an e-mail address or a phone number in international form; null where that is nobody. */
export async function personNamed(db: Db, words: string): Promise<PersonId | null> {
  const id = parseId<'person'>(words)
  if (id) return id
  const address = [canonicalEmail(words), canonicalPhone(words, undefined)].filter((one) => one !== undefined)
  return (await selectPeopleOf(db, address))[0] ?? null
}

/** The campaigns a person was ever in. */
export const campaignsOf = (db: Db, personId: PersonId): Promise<string[]> => selectPersonCampaigns(db, personId)

/** Whether what is due for them next is a message: who waits, or comes to where ways part, may be sent none at all. */
async function isAtMessage(db: Db, enrolments: readonly PersonEnrolment[]): Promise<boolean> {
  const last = enrolments.at(-1)
  const release = last && (await releaseByHash(db, last.releaseHash))
  return !release || sendByKey(definitionOf(release), last.stepKey) !== null
}

function story(
  enrolments: readonly PersonEnrolment[],
  deliveries: readonly (PersonRow & { words: string })[],
  turns: readonly PersonTurn[],
  drawn: readonly { when: Date; words: string }[],
  atMessage: boolean,
): string {
  if (enrolments.length === 0)
    return 'Not in this campaign: the audience did not select this person, or they have no address for it.'
  const last = enrolments.at(-1)!
  if (deliveries.length + turns.length === 0 && last.nextDueAt !== null)
    return atMessage
      ? `Enrolled; the first message is due ${at(last.nextDueAt)}.`
      : `Enrolled. ${ending(last).join(' ')}`
  const happened = [
    ...turns.map((turn) => ({ when: turn.takenAt, words: turnInWords(turn) })),
    ...drawn,
    ...deliveries.map(({ plannedFor, words }) => ({ when: plannedFor, words })),
  ]
  const told = happened.toSorted((a, b) => a.when.getTime() - b.when.getTime()).map(({ words }) => words)
  return [...told, ...ending(last)].join(' ')
}

const channelsInWords = ({ stepKey, arm, channels }: { stepKey: string; arm: string; channels: readonly string[] }): string =>
  `Of ${stepKey} they were to be written to by ${channels.join(', then ')}, ${arm === 'best' ? 'drawn as the order they answer best in' : 'as written down, as the control that their best channel is measured against'}.` // prettier-ignore

const turnInWords = ({ stepKey, took, why }: PersonTurn): string =>
  `At ${stepKey} they went ${took === null ? 'to the end' : `on to ${took}`} ${why}.`

function ending({ endedReason, nextDueAt, stepKey, heldOut }: PersonEnrolment): string[] {
  if (heldOut) return [`${holdoutWords(heldOut)}.`]
  if (endedReason === 'completed') return []
  if (endedReason !== null) return [`Their journey ended: ${endedReason}.`]
  return [`They stand at ${stepKey}, and are looked at again on ${at(nextDueAt)}.`]
}

const at = (date: Date | null): string => (date === null ? 'never' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`) // prettier-ignore

const detourInWords = ({ stepKey }: PersonRow, { from, to, why }: Detour): string =>
  `Step ${stepKey} could not go by ${from} (${why}), and went on by ${to}.`

const wordsSaid: Readonly<Record<DeliveryWord, string>> = {
  'plan-again': 'to be planned again',
  leave: 'to be left as it is',
  arrived: 'to have arrived',
  'send-again': 'to be sent again, though it may have arrived',
}

const wordInWords = ({ stepKey }: PersonRow, { word, why, saidAt }: WordOn): string =>
  `Step ${stepKey} was said ${wordsSaid[word]} on ${at(saidAt)} (${why}).`

function inWords(row: PersonRow): string {
  const step = `Step ${row.stepKey}`
  const by = row.channel === 'email' ? '' : ` by ${row.channel}`
  const because = row.reason === null ? '' : ` (${row.reason})`
  switch (row.state) {
    case 'planned':
      return `${step} is planned${by} for ${at(row.dueAt)}${because}.`
    case 'claimed':
    case 'sending':
      return `${step} is leaving now.`
    case 'sent':
      return `${step} was sent${by} on ${at(row.sentAt)}.`
    case 'delivered':
      return `${step} was sent${by} on ${at(row.sentAt)} and arrived${because}.`
    case 'bounced':
      return `${step} came back${because}; nothing more goes to this address.`
    case 'complained':
      return `${step} was marked as unwanted; nothing more goes to this address.`
    case 'unknown':
      return `${step} left, but nobody can tell whether it arrived${because}; it is not sent again.`
    case 'failed':
      return `${step} could not be sent${by}${because}.`
    default:
      return `${step} was not sent: ${row.state}${because}.`
  }
}
