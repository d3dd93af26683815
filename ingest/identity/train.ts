import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { openDuck, type Duck } from '../linkage/duck.ts'
import { linkRecords } from '../linkage/link.ts'
import { makeRecords } from '../linkage/record-table.ts'
import { linkageName } from './linkage.ts'
import { fieldOf, linkedFields, loadProfiles, type LinkedField } from './profile-table.ts'

export type Training =
  | {
      kind: 'trained'
      hash: Hash
      profiles: number
      pairs: number
      fields: LinkedField[]
      /** In bits: from `merge` on people are joined, from `review` on a person is asked. */
      bands: { merge: number; review: number }
    }
  | { kind: 'too-little'; why: string }

/** From fewer profiles nothing can be learned. */
const fewest = 100
/** A field that fewer profiles have says too little of too few. */
const leastShare = 0.02

/**
 * Learns, without labels, what likeness of two profiles is worth here, registers it as a version (kind 'identity', name
 * 'linkage') and releases it: the next resolution compares by it. Going back is pointing at an older version.
 */
export async function trainLinkage(deps: { db: Db; clock: Clock }, input: { by: string }): Promise<Training> {
  const duck = await openDuck()
  try {
    const ids = await loadProfiles(duck, deps.db)
    const known = ids.length === 0 ? [] : await knownFields(duck)
    if (ids.length < fewest || known.length < 3) {
      return {
        kind: 'too-little',
        why: `There are ${ids.length} profiles with ${known.length} fields that enough of them have: linkage needs ${fewest} and 3. Rules go on without it`,
      }
    }
    const fields = known.map(fieldOf)
    await makeRecords(duck, fields)
    const { model, blocking } = await linkRecords(duck, { fields, records: ids.length })
    const hash = await release(deps, input.by, model)
    return { kind: 'trained', hash, profiles: ids.length, pairs: blocking.pairs, fields: known, bands: model.bands }
  } finally {
    await duck.close()
  }
}

async function knownFields(duck: Duck): Promise<LinkedField[]> {
  const shares = await duck.columns(`select ${linkedFields.map((name) => `(count(${name}) / count(*))::double`).join(', ')} from raw`) // prettier-ignore
  return linkedFields.filter((_, index) => Number(shares[index]![0]) >= leastShare)
}

function release({ db, clock }: { db: Db; clock: Clock }, by: string, model: unknown): Promise<Hash> {
  const author = { clock, by }
  return db.transaction(async (tx) => {
    const hash = await register(tx, author, 'identity', linkageName, model)
    await appendAudit(tx, clock, { actor: by, action: 'identity-trained', subject: hash, detail: {} })
    await pointAt(tx, author, 'identity', linkageName, hash, 'trained')
    return hash
  })
}
