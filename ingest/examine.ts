import { createHmac } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import { canonicalJson, lasting } from '#kernel/crypto.ts'
import type { Need } from './queries/fx-rates.ts'
import type { QuarantineId } from './queries/quarantine.ts'
import { needsOf, newestMomentOf, objectionTo, type Objection } from './screen.ts'
import type { Item, SourceRow } from './source.ts'

/** An item under way; `replays` is the quarantined row it was read again from. */
export type Arrival = Item & { replays?: QuarantineId }

type ArrivedRow = Extract<Arrival, SourceRow>

/** What can be said of a row before the database is asked. */
export type ExaminedRow = ArrivedRow & {
  /** The keyed hash of its bytes and of how they are read. */
  contentHash: string
  /** Its external id; where it has none, the keyed hash that is one together with its occurrence. */
  goesBy: string
  /** What forbids to take it in. Not asked of bytes that were read before: hardly a row of them is new. */
  objection: Objection | null | undefined
  /** What it says that must be valued. */
  needs: readonly Need[]
  /** The last moment it names, in milliseconds since 1970; -Infinity without any. */
  newestAt: number
}

export type Examined = Exclude<Arrival, SourceRow> | ExaminedRow

/** Looks at the items of a run as they come: what needs no database is done by the time their batch has its turn there. */
export function examiner(
  { clock, recordsKey, business }: { clock: Clock; recordsKey: Uint8Array; business: { zone: string } },
  run: { reading: unknown; again: boolean },
): (item: Arrival) => Examined {
  const reading = `record\n${canonicalJson(run.reading ?? null)}\n`
  const keyed = (text: string, raw: Buffer): string =>
    createHmac('sha256', lasting(recordsKey)).update(text).update(raw).digest('hex')

  const examined = (row: ArrivedRow): ExaminedRow => {
    const { externalId, raw, canon } = row
    const goesBy =
      typeof externalId === 'string' ? externalId : `${externalId.unnamedIn}:${keyed('row\n', raw).slice(0, 32)}`
    const newestAt = newestMomentOf(canon)
    const objection = run.again ? undefined : objectionTo({ externalId: goesBy, canon, newestAt }, clock)
    return {
      ...row,
      contentHash: keyed(reading, raw),
      goesBy,
      objection,
      needs: needsOf(canon, business.zone),
      newestAt,
    }
  }
  return (item) => (item.is === 'row' ? examined(item) : item)
}
