import type { Queryable } from '#kernel/db.ts'
import { scrubbed } from '#kernel/log.ts'
import { updateAnswer, updateProved, type TestRef } from '../queries/way-out.ts'

/**
 * What a provider tells of a message behind which no row of the ledger stands: the test of a way out, which a delivery
 * proves. Returns whether it was one.
 * @param told.failed why it did not arrive; null where it did
 */
export async function toldOfTest(
  db: Queryable,
  test: TestRef,
  { failed, at }: { failed: string | null; at: Date },
): Promise<boolean> {
  if (failed === null) return updateProved(db, test, { at, by: 'provider' })
  return updateAnswer(db, test, { answer: `It did not arrive: ${scrubbed(failed).slice(0, 300)}` })
}
