import { sql } from '#kernel/sql.ts'
import type { House } from './house.ts'
import { fateOf, type Standing } from './oracle.ts'
import type { Townsman } from './town.ts'

type Row = { id: string; address: string; stepKey: string; state: string; reason: string | null; excused: boolean }

export type Verdict = {
  /** Messages that people should have got. */
  messages: number
  lost: number
  doubled: number
  /** Nobody can tell whether they arrived. */
  unknown: number
  /** Everything that is not as the oracle says, in words. */
  objections: string[]
}

/** The state in which a message that stands so is kept: an idempotent provider tells of each what became of it. */
const kept = (standing: Standing, tells: boolean): string =>
  standing === 'arrives' ? (tells ? 'delivered' : 'sent') : standing

/** Compares what the ledger and the provider say with the oracle, person by person. */
export async function judge(house: House): Promise<Verdict> {
  const { db, provider, people } = house
  const verdict: Verdict = { messages: 0, lost: 0, doubled: 0, unknown: 0, objections: [] }
  const copies = new Map<string, number>()
  for (const { to, step } of provider.taken) copies.set(`${to} ${step}`, (copies.get(`${to} ${step}`) ?? 0) + 1)
  for (const [which, count] of copies) {
    if (count === 1) continue
    verdict.doubled += count - 1
    verdict.objections.push(`${which} arrived ${count} times`)
  }
  const rows = Map.groupBy(await ledger(house), (row) => row.address)
  const ends = new Map((await db.query<{ address: string; ended: string | null }>(sql`
    select i.value as address, e.ended_reason as ended from campaigns.enrolments e
    join ingest.identifiers i on i.id = e.identifier_id`)).map((row) => [row.address, row.ended])) // prettier-ignore
  for (const person of people) judgeOne(house, person, { rows: rows.get(person.address) ?? [], ended: ends.get(person.address), copies, verdict }) // prettier-ignore
  return verdict
}

/** `excused`: its batch could not be asked for again, because somebody in it may not be written to any more. */
const ledger = ({ db }: House): Promise<Row[]> =>
  db.query<Row>(sql`
    select d.id, i.value as address, d.step_key as "stepKey", d.state, d.reason, exists (
      select from campaigns.deliveries o join ingest.suppressions s on s.identifier_id = o.identifier_id
      where o.batch_key = d.batch_key) as excused
    from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id`)

function judgeOne(
  house: House,
  { address, campaign, habit }: Townsman,
  { rows, ended, copies, verdict }: { rows: readonly Row[]; ended: string | null | undefined; copies: ReadonlyMap<string, number>; verdict: Verdict }, // prettier-ignore
): void {
  const object = (words: string): void => void verdict.objections.push(`${house.name} ${address}: ${words}`)
  const byStep = new Map(rows.map((row) => [row.stepKey, row]))
  if (byStep.size < rows.length) object(`has ${rows.length} messages for ${byStep.size} steps`)
  const reached = (step: string): boolean => (copies.get(`${address} ${step}`) ?? 0) > 0
  const unknown = (step: string): boolean => byStep.get(step)?.state === 'unknown'
  const arm = rows.find(({ stepKey }) => stepKey === 'left' || stepKey === 'right')?.stepKey ?? 'left'
  const fate = fateOf(campaign, habit, { reached, unknown, arm })
  if (ended !== fate.ended) object(`should have ended “${fate.ended}”, and ended “${ended}”`)
  for (const [step, standing] of fate.messages) {
    const row = byStep.get(step)
    byStep.delete(step)
    if (standing === 'arrives') verdict.messages += 1
    if (!row) {
      verdict.lost += 1
      object(`${step} was never planned`)
    } else if (row.state === 'unknown' && standing !== 'suppressed') {
      verdict.unknown += 1
      if (!mayBeUnknown(house, row)) object(`${step} is unknown without need: ${row.reason}`)
    } else if (row.state !== kept(standing, house.provider.kind === 'resend')) {
      object(`${step} should be ${standing}, and is ${row.state} (${row.reason})`)
    } else if (standing === 'arrives' && !reached(step)) {
      verdict.lost += 1
      object(`${step} is ${row.state} and never arrived`)
    }
  }
  for (const { stepKey, state } of byStep.values()) object(`${stepKey} is ${state}, and was not theirs to get`)
}

/**
 * A kill or a server that did not answer is behind it; a provider that promises once is asked again instead. Where the
 * storm's hurried time was up before the server answered, the ledger is believed.
 */
const mayBeUnknown = ({ provider, inDoubt }: House, row: Row): boolean =>
  provider.kind === 'resend'
    ? row.excused
    : inDoubt.has(row.id) || provider.unanswered.has(row.address) || row.reason === 'the time for this group was up'
