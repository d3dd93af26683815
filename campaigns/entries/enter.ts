import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { EnrolmentId, PersonId } from '#kernel/ids.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import { appendAudit } from '#kernel/audit.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { approved, type Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import { enrolPeople, type Members } from '../journeys/enrol.ts'
import { endedBy } from '../journeys/endings.ts'
import { enrolSelected } from '../journeys/enter.ts'
import { selectLastRun } from '../queries/entries.ts'
import { peopleByAddress } from '../queries/listening.ts'
import { propertiesOf, propertyProblems } from './properties.ts'

export type EnterDeps = { db: Db; clock: Clock; members: Members }

type Closed = Refused<'unknown-campaign' | 'over'>

/** The live and approved release that people can be put into now, or why they cannot. */
export async function openFor(
  { db, clock }: EnterDeps,
  campaign: string,
): Promise<{ kind: 'open'; release: Approved<Release> } | Closed> {
  const live = await liveRelease(db, campaign)
  const release = live && (await approved(db, live.hash))
  if (!release)
    return { kind: 'refused', rule: 'unknown-campaign', why: `Nothing of “${campaign}” is live and approved` }
  const over = await endedBy({ db, clock }, definitionOf(release))
  return over === null ? { kind: 'open', release } : { kind: 'refused', rule: 'over', why: over }
}

export type EnteredOne =
  | { kind: 'entered'; enrolment: EnrolmentId; occurrence: number; ended: string | null }
  | Refused<'not-by-program' | 'properties' | 'not-in-audience' | 'inside' | 'was-in' | 'no-address'>

/** Who comes in, what is said of them, and the question that asks for it: the same one has the same answer. */
export type Entry = { personId: PersonId; properties: Readonly<Record<string, string>>; askedBy: string }

/** Puts one person into a campaign, with what is said of them for its slots. Asked again it says that they are in it. */
export async function enterOne(
  deps: EnterDeps,
  release: Approved<Release>,
  { personId, properties, askedBy }: Entry,
): Promise<EnteredOne> {
  const definition = definitionOf(release)
  const { enter, audience, name } = definition
  if (!enter || !('byList' in enter))
    return no('not-by-program', `“${name}” takes nobody by hand or by a program: its definition must say enter: { byList: true }`) // prettier-ignore
  const problems = propertyProblems(definition, properties)
  if (problems.length > 0) return no('properties', problems.join('; '))
  const [selected] = await deps.members(audience.rule, deps.clock(), [personId])
  if (selected === undefined)
    return no('not-in-audience', `They are not in “${audience.segment}”, or came into it less than a minute ago`)
  const said = Object.keys(properties).length > 0 ? { properties } : {}
  await enrolPeople(deps, release, [{ personId, askedBy, ...said }])
  const last = await selectLastRun(deps.db, name, personId)
  if (!last) return no('no-address', 'They have no address that the campaign could write to')
  // Whom this very question let in, perhaps before, is in: it is asked again because the answer was lost.
  if (last.askedBy === askedBy)
    return { kind: 'entered', enrolment: last.id, occurrence: last.occurrence, ended: last.endedReason }
  return last.endedReason === null
    ? no('inside', 'They are in this campaign already')
    : no('was-in', 'They were in this campaign, and its rule of re-entry does not let them in again yet')
}

const no = <Rule extends string>(rule: Rule, why: string): Refused<Rule> => ({ kind: 'refused', rule, why })

/** A list as it was read: `entered` of those who are `known`; the others were in it before, or are not in its audience. */
export type EnteredList = { kind: 'list'; addresses: number; unreadable: number; known: number; entered: number }

/** More lines than this are a source to be ingested. */
const mostLines = 200_000

/**
 * Puts the people of a list in: an e-mail address on each line, alone or in a cell of it. Only whom the audience selects,
 * and its rule of re-entry lets in, come in; only people who are known already, since consent is.
 */
export async function enterList(
  deps: EnterDeps,
  input: { campaign: string; text: string; by: Actor },
): Promise<EnteredList | Closed | Refused<'not-permitted' | 'too-long' | 'properties'>> {
  const refused = await refusal(deps.db, input.by, 'campaign.release')
  if (refused) return refused
  const open = await openFor(deps, input.campaign)
  if (open.kind === 'refused') return open
  if (Object.keys(propertiesOf(definitionOf(open.release))).length > 0)
    return no('properties', 'This campaign is told something of each person who comes in: use the API')
  const lines = input.text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length > mostLines)
    return no('too-long', `A list holds at most ${mostLines} lines: bring larger ones in as a source`)
  const addresses = lines.map(addressIn)
  const readable = [...new Set(addresses.filter((address) => address !== undefined))]
  const people = await peopleByAddress(deps.db, readable)
  const entered = await enrolSelected(deps, open.release, people.map((personId) => ({ personId }))) // prettier-ignore
  const list = { addresses: readable.length, unreadable: addresses.filter((one) => one === undefined).length, known: people.length, entered } // prettier-ignore
  const entry = { actor: input.by, action: 'campaign.list-entered', subject: input.campaign, detail: list }
  await deps.db.transaction((tx) => appendAudit(tx, deps.clock, entry))
  return { kind: 'list', ...list }
}

/** The first cell of a line that is an address. */
const addressIn = (line: string): string | undefined =>
  line.split(/[,;\t]/).map((cell) => canonicalEmail(cell.trim().replace(/^"|"$/g, ''))).find((cell) => cell !== undefined) // prettier-ignore

/** What became of a list, in words. */
export function listInWords({ addresses, unreadable, known, entered }: EnteredList): string {
  const others = known - entered
  return [
    `${entered} came in, of ${addresses} addresses`,
    ...(addresses > known ? [`${addresses - known} belong to nobody who is known`] : []),
    ...(others > 0 ? [`${others} are in it or were, have no address of its channels, or are not in its audience`] : []),
    ...(unreadable > 0 ? [`${unreadable} lines hold no address`] : []),
  ].join('; ')
}
