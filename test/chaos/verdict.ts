import { sql } from '#kernel/sql.ts'
import type { Hash } from '#kernel/ids.ts'
import type { House } from './house.ts'
import { fateOf, messageName, type Standing } from './oracle.ts'
import type { Townsman } from './town.ts'

type Row = {
  id: string
  address: string
  campaign: string
  stepKey: string
  occurrence: number
  state: string
  reason: string | null
  batchKey: string | null
  releaseHash: Hash | null
  claimedAt: Date | null
  sendingAt: Date | null
  settledAt: Date
  excused: boolean
}

export type Verdict = {
  /** Messages that people should have got. */
  messages: number
  lost: number
  doubled: number
  /** Nobody can tell whether they arrived. */
  unknown: number
  /** Of these, messages of groups that stood between first byte and answer when somebody was killed, */
  struck: number
  /** and how many such groups there were. */
  groups: number
  /** Everything that is not as the oracle says, in words. */
  objections: string[]
}

/** The state in which a message that stands so is kept: an idempotent provider tells of each what became of it. */
const kept = (standing: Standing, tells: boolean): string =>
  standing === 'arrives' ? (tells ? 'delivered' : 'sent') : standing

/** Compares what the ledger and the provider say with the oracle, person by person. */
export async function judge(house: House): Promise<Verdict> {
  const { provider, people, flights } = house
  const objections = [...flights.objections]
  const copies = Map.groupBy(provider.taken, ({ id }) => id)
  const rows = await ledger(house)
  const named = new Map(rows.map((row) => [row.id, `${row.address} ${row.stepKey}`]))
  for (const { id, to, step } of provider.taken)
    if (named.get(id) !== `${to} ${step}`) objections.push(`${to} got ${step}, of which the ledger knows nothing`)
  const verdict: Verdict = {
    messages: 0,
    lost: 0,
    doubled: 0,
    unknown: 0,
    struck: 0,
    groups: flights.keys.size,
    objections,
  }
  for (const [id, { length }] of copies) {
    if (length === 1) continue
    verdict.doubled += length - 1
    objections.push(`${named.get(id)} arrived ${length} times`)
  }
  for (const row of rows) objections.push(...againstDesk(house, row, copies.get(row.id)?.[0]?.version))
  objections.push(...(await unfinishedRollouts(house)))
  const unanswered = new Map(provider.unanswered)
  const theirs = Map.groupBy(rows, (row) => row.address)
  const ends = await endings(house)
  for (const person of people) {
    const about = { rows: theirs.get(person.address) ?? [], ended: ends.get(person.address) ?? [] }
    judgeOne(house, person, { ...about, reached: (row) => copies.has(row.id), unanswered, verdict })
  }
  return verdict
}

/** `excused`: its batch could not be asked for again, because somebody in it may not be written to any more. */
const ledger = ({ db }: House): Promise<Row[]> =>
  db.query<Row>(sql`
    select d.id, i.value as address, d.campaign, d.step_key as "stepKey", d.occurrence, d.state, d.reason,
      d.batch_key as "batchKey", d.release_hash as "releaseHash", c.claimed_at as "claimedAt",
      d.sending_at as "sendingAt", d.settled_at as "settledAt", exists (
        select from campaigns.deliveries o join ingest.suppressions s on s.identifier_id = o.identifier_id
        where o.batch_key = d.batch_key) as excused
    from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
    left join campaigns.claims c on c.id = d.claim_id`)

async function endings({ db }: House): Promise<Map<string, (string | null)[]>> {
  const rows = await db.query<{ address: string; ended: (string | null)[] }>(sql`
    select i.value as address, array_agg(e.ended_reason order by e.occurrence) as ended from campaigns.enrolments e
    join ingest.identifiers i on i.id = e.identifier_id group by 1`)
  return new Map(rows.map(({ address, ended }) => [address, ended]))
}

/** A message that left while its campaign was held, with a version that was taken back, or with another than the ledger says. */
function againstDesk({ desk }: House, row: Row, shown: number | undefined): string[] {
  const which = `${row.address} ${row.stepKey}`
  const version = row.releaseHash === null ? undefined : desk.versions.get(row.releaseHash)
  const back = [...desk.back].find(([campaign]) => campaign === row.campaign)?.[1]
  const began = row.sendingAt
  return [
    ...(shown !== undefined && shown !== version ? [`${which} shows version ${shown}, and the ledger says ${version}`] : []),
    ...(back && row.claimedAt && row.claimedAt > back && version !== 1 ? [`${which} was claimed with a version that was taken back`] : []),
    ...(began && desk.held.some((one) => one.campaign === row.campaign && began > one.from && (one.until === null || began < one.until)) ? [`${which} left while its campaign was held`] : []),
  ] // prettier-ignore
}

/** Rollouts that did not come to their end, though nothing spoke against them. */
async function unfinishedRollouts({ db, name }: House): Promise<string[]> {
  const rows = await db.query<{ campaign: string; state: string; why: string }>(
    sql`select campaign, state, why from campaigns.canaries where state <> 'finished'`,
  )
  return rows.map(({ campaign, state, why }) => `${name}: the rollout of ${campaign} is ${state}: ${why}`)
}

type About = {
  rows: readonly Row[]
  ended: readonly (string | null)[]
  reached: (row: Row) => boolean
  /** How often each address may still be unknown because the mail server left it without an answer. */
  unanswered: Map<string, number>
  verdict: Verdict
}

function judgeOne(house: House, { address, campaign, habit }: Townsman, about: About): void {
  const { rows, ended, verdict } = about
  const object = (words: string): void => void verdict.objections.push(`${house.name} ${address}: ${words}`)
  const byName = new Map(rows.map((row) => [messageName(row.stepKey, row.occurrence), row]))
  if (byName.size < rows.length) object(`has ${rows.length} messages for ${byName.size} steps`)
  const reached = (name: string): boolean => byName.has(name) && about.reached(byName.get(name)!)
  const unknown = (name: string): boolean => byName.get(name)?.state === 'unknown'
  const arm = rows.find(({ stepKey }) => stepKey === 'left' || stepKey === 'right')?.stepKey ?? 'left'
  const fate = fateOf(campaign, habit, { reached, unknown, arm })
  if (ended.join(', ') !== fate.ended.join(', ')) object(`should have ended “${fate.ended.join(', ')}”, and ended “${ended.join(', ')}”`) // prettier-ignore
  for (const [name, standing] of fate.messages) {
    const row = byName.get(name)
    byName.delete(name)
    if (standing === 'arrives') verdict.messages += 1
    if (!row) {
      verdict.lost += 1
      object(`${name} was never planned`)
    } else if (row.state === 'unknown' && standing !== 'suppressed') {
      verdict.unknown += 1
      if (isStruck(house, row)) verdict.struck += 1
      if (!mayBeUnknown(house, row, about.unanswered)) object(`${name} is unknown without need: ${row.reason}`)
    } else if (row.state !== kept(standing, house.provider.kind === 'resend')) {
      object(`${name} should be ${standing}, and is ${row.state} (${row.reason})`)
    } else if (standing === 'arrives' && !about.reached(row)) {
      verdict.lost += 1
      object(`${name} is ${row.state} and never arrived`)
    }
  }
  for (const [name, { state }] of byName) object(`${name} is ${state}, and was not theirs to get`)
}

/**
 * Over SMTP its group stood between first byte and answer at a kill, the server did not answer, or the time that the storm
 * hurries was up first. A provider that promises once is asked again instead, unless its batch may not leave any more.
 */
function mayBeUnknown(house: House, row: Row, unanswered: Map<string, number>): boolean {
  const { provider, desk } = house
  if (provider.kind === 'resend') {
    const held = desk.held.some(({ campaign, from, until }) => campaign === row.campaign && row.settledAt >= from && (until === null || row.settledAt <= until)) // prettier-ignore
    return row.excused || held
  }
  if (isStruck(house, row)) return true
  if (row.reason === 'the time for this group was up') return true
  const left = unanswered.get(row.address) ?? 0
  unanswered.set(row.address, left - 1)
  return left > 0
}

const isStruck = ({ flights }: House, { batchKey }: Row): boolean => batchKey !== null && flights.keys.has(batchKey)
