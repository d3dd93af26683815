import type { Db } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import {
  selectPersonEnrolments, selectPersonEvents, selectPersonRows, type PersonEnrolment, type PersonEvent, type PersonRow,
} from './queries/progress.ts' // prettier-ignore

export type PersonStory = {
  enrolments: PersonEnrolment[]
  /** Every ledger row of the person, with what happened in one sentence. */
  deliveries: (PersonRow & { words: string })[]
  events: PersonEvent[]
  /** The whole in one sentence: why they did, or did not, get it. */
  words: string
}

/** Why a person did or did not get a campaign. */
export async function whyPerson(db: Db, campaign: string, personId: PersonId): Promise<PersonStory> {
  const enrolments = await selectPersonEnrolments(db, campaign, personId)
  const rows = await selectPersonRows(db, campaign, personId)
  const deliveries = rows.map((row) => ({ ...row, words: inWords(row) }))
  const events = await selectPersonEvents(db, campaign, personId)
  return { enrolments, deliveries, events, words: story(enrolments, deliveries) }
}

function story(enrolments: readonly PersonEnrolment[], deliveries: readonly { words: string }[]): string {
  if (enrolments.length === 0)
    return 'Not in this campaign: the audience did not select this person, or they have no e-mail address.'
  if (deliveries.length === 0) return `Enrolled; the first message is due ${at(enrolments[0]!.nextDueAt)}.`
  return deliveries.map(({ words }) => words).join(' ')
}

const at = (date: Date | null): string => (date === null ? 'never' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`) // prettier-ignore

function inWords(row: PersonRow): string {
  const step = `Step ${row.stepKey}`
  const because = row.reason === null ? '' : ` (${row.reason})`
  switch (row.state) {
    case 'planned':
      return `${step} is planned for ${at(row.dueAt)}${because}.`
    case 'claimed':
    case 'sending':
      return `${step} is leaving now.`
    case 'sent':
      return `${step} was sent on ${at(row.sentAt)}.`
    case 'delivered':
      return `${step} was sent on ${at(row.sentAt)} and arrived${because}.`
    case 'bounced':
      return `${step} came back${because}; nothing more goes to this address.`
    case 'complained':
      return `${step} was marked as unwanted; nothing more goes to this address.`
    case 'unknown':
      return `${step} left, but nobody can tell whether it arrived${because}; it is not sent again.`
    case 'failed':
      return `${step} could not be sent${because}.`
    default:
      return `${step} was not sent: ${row.state}${because}.`
  }
}
