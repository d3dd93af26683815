import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register, versionOf, type Version } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from './access.ts'

/** The words somebody agrees to. A consent row keeps the hash of the version shown as `text_version`. */
export type ConsentText = { language: string; channel: string; text: string }

/** Registers a text and makes it the one shown from now on. The same text again is the same version. */
export async function releaseConsentText(
  deps: { db: Db; clock: Clock },
  input: ConsentText & { name: string; by: Actor; reason: string },
): Promise<{ kind: 'released'; hash: Hash } | Refused<'not-permitted'>> {
  const { name, by, reason, language, channel, text } = input
  const author = { clock: deps.clock, by }
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'consent-text.release')
    if (refused) return refused
    const hash = await register(tx, author, 'consent-text', name, { language, channel, text })
    // The audit entry comes before the pointer: its lock puts moves in the order of their commits.
    await appendAudit(tx, deps.clock, { actor: by, action: 'consent-text.released', subject: hash, detail: { name } })
    await pointAt(tx, author, 'consent-text', name, hash, reason)
    return { kind: 'released', hash }
  })
}

/** The text shown now; null when none was released. */
export const liveConsentText = (db: Queryable, name: string): Promise<Version<ConsentText> | null> =>
  liveVersion<ConsentText>(db, 'consent-text', name)

/** The text a consent names. */
export const consentTextOf = (db: Queryable, hash: Hash): Promise<Version<ConsentText> | null> =>
  versionOf<ConsentText>(db, 'consent-text', hash)
