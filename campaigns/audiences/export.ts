import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { newId, type PersonId } from '#kernel/ids.ts'
import { segmentByName } from '#graph/segments/registry.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import { mayReceive } from '#governance/consent.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import type { Members } from '../journeys/enrol.ts'
import {
  insertExport, selectAddresses, selectExports, type Address, type AudienceExport, type LeftOut, type Purpose,
} from '../queries/audiences.ts' // prettier-ignore
import { audienceFile, type Reachable } from './file.ts'
import type { Platform } from './normalise.ts'

export type { AudienceExport } from '../queries/audiences.ts'

type Deps = { db: Db; clock: Clock; members: Members }
type Input = { segment: string; platform: Platform; purpose: Purpose; by: Actor }

export type AudienceExported =
  | { kind: 'exported'; csv: string; record: AudienceExport }
  | Refused<'unknown-segment' | 'nobody' | 'not-permitted'>

/**
 * A segment as a file for an advertising platform, to target it or to leave it out. Either way it holds only addresses
 * whose owners agreed to ads, at this moment: a digest of an address is still that person's data (GDPR, recital 26), so
 * handing it over needs their consent, whatever it is handed over for. Who said no is kept out of ads by being in no
 * file: each one is whole, and is uploaded in place of the last. What left is recorded before its first byte does.
 */
export async function exportAudience(deps: Deps, input: Input): Promise<AudienceExported> {
  const { db, clock, members } = deps
  const refused = await refusal(db, input.by, 'audience.export')
  if (refused) return refused
  const segment = await segmentByName(db, input.segment)
  if (!segment || segment.retiredAt !== null)
    return { kind: 'refused', rule: 'unknown-segment', why: `There is no segment named "${input.segment}"` }
  const at = clock()
  const { people, leftOut } = await reachable(db, await members(segment.rule, at), at)
  if (people.length === 0)
    return { kind: 'refused', rule: 'nobody', why: `Nobody of "${segment.name}" may be told to an advertising platform: ${leftOutWords(leftOut)}` } // prettier-ignore
  const { csv, rows } = audienceFile(input.platform, people)
  const { platform, purpose, by } = input
  const file = { segment: segment.name, segmentHash: segment.hash, platform, purpose, people: people.length, rows, leftOut, fileHash: sha256(csv) } // prettier-ignore
  const record = await db.transaction(async (tx) => {
    const id = newId<'audience-export'>(clock)
    // The entry comes first: its lock lets versions be counted one after the other.
    const detail = { platform, purpose, people: people.length, fileHash: file.fileHash, segmentHash: segment.hash }
    await appendAudit(tx, clock, { actor: by, action: 'audience.exported', subject: id, detail })
    return insertExport(tx, { ...file, id, exportedAt: at, exportedBy: by })
  })
  return { kind: 'exported', csv, record }
}

/** The last exports, newest first, with how many said no since. */
export const audienceExports = (db: Queryable, limit: number) => selectExports(db, limit)

/** `2 without consent to ads, 1 without an address`. */
export const leftOutWords = (leftOut: LeftOut): string =>
  Object.entries(leftOut).map(([why, count]) => `${count} ${why}`).join(', ') || 'the segment is empty' // prettier-ignore

const chunkSize = 5_000

async function reachable(
  db: Queryable,
  members: readonly PersonId[],
  at: Date,
): Promise<{ people: Reachable[]; leftOut: LeftOut }> {
  const people: Reachable[] = []
  const leftOut: Record<string, number> = {}
  for (let from = 0; from < members.length; from += chunkSize) {
    const chunk = members.slice(from, from + chunkSize)
    const addresses = Map.groupBy(await selectAddresses(db, chunk), ({ personId }) => personId)
    const ids = [...addresses.values()].flat().map(({ id }) => id)
    const answers = await mayReceive(db, { channel: 'ads', purpose: 'marketing', at }, ids)
    for (const personId of chunk) {
      const own = addresses.get(personId) ?? []
      const allowed = own.filter(({ id }) => answers.get(id)?.kind === 'allowed')
      if (allowed.length > 0) people.push(reachableBy(allowed))
      else {
        const why = own.length === 0 ? 'without an address' : reasons[strictest(own.map(({ id }) => answers.get(id)))]
        leftOut[why] = (leftOut[why] ?? 0) + 1
      }
    }
  }
  return { people, leftOut }
}

const reasons = {
  suppressed: 'suppressed',
  withdrawn: 'who withdrew from ads',
  none: 'without consent to ads',
} as const

/** Of several addresses the plainest no of their owner. */
function strictest(answers: readonly ({ kind: string; rule?: string } | undefined)[]): keyof typeof reasons {
  const rules = new Set(answers.map((answer) => answer?.rule))
  if (rules.has('suppressed')) return 'suppressed'
  return rules.has('consent-withdrawn') ? 'withdrawn' : 'none'
}

const reachableBy = (allowed: readonly Address[]): Reachable => ({
  emails: allowed.filter(({ kind }) => kind === 'email').map(typedAs),
  phones: allowed.flatMap(({ kind, value }) => (kind === 'phone' ? [value] : [])),
})

/** As its owner spells it, where that is known: platforms know people by the address they typed. */
const typedAs = ({ value, typed }: Address): string => typed.find((text) => canonicalEmail(text) === value) ?? value
