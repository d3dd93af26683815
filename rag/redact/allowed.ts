import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { liveVersion, pointAt, pointerHistory, register, type PointerMove } from '#kernel/versions.ts'
import type { Allowed } from './placeholders.ts'

const [kind, name] = ['privacy', 'redaction'] as const

/** The kinds of people's data that are hidden from vendors, and that an owner may let them see. */
export const hiddenKinds = ['EMAIL', 'URL', 'IBAN', 'CARD', 'IP', 'MAC', 'ID', 'PHONE', 'BIRTH', 'ADDRESS', 'NAME'] as const // prettier-ignore
export type HiddenKind = (typeof hiddenKinds)[number]

const settingSchema = z.strictObject({ allowed: z.array(z.enum(hiddenKinds)) })

/** What vendors may see as it is: nothing, until an owner says otherwise. */
export async function liveAllowed(db: Queryable): Promise<{ kinds: HiddenKind[] } & Allowed> {
  const live = await liveVersion<unknown>(db, kind, name)
  return { kinds: live ? settingSchema.parse(live.body).allowed : [] }
}

type Asked = { kind: HiddenKind; allowed: boolean; by: string; reason: string }

const [lease, leaseMs] = ['redaction', 10_000] as const

/**
 * Lets a kind leave the house as it is, or hides it again, from the next call on. Whoever calls has made sure that it is
 * an owner's word. Returns what is allowed then; null when somebody else is at it, and nothing was changed.
 */
export async function allowKind(deps: { db: Db; clock: Clock }, input: Asked): Promise<HiddenKind[] | null> {
  return underLease(deps, lease, leaseMs, () => allowUnderLease(deps, input))
}

async function allowUnderLease({ db, clock }: { db: Db; clock: Clock }, input: Asked): Promise<HiddenKind[]> {
  const author = { clock, by: input.by }
  const { kinds } = await liveAllowed(db)
  return db.transaction(async (tx) => {
    const others = kinds.filter((one) => one !== input.kind)
    const allowed = hiddenKinds.filter((one) => others.includes(one) || (input.allowed && one === input.kind))
    const hash: Hash = await register(tx, author, kind, name, { allowed })
    await pointAt(tx, author, kind, name, hash, input.reason)
    const action = input.allowed ? 'privacy.allowed' : 'privacy.hidden'
    const detail = { kind: input.kind, allowed, hash, reason: input.reason }
    await appendAudit(tx, clock, { actor: input.by, action, subject: name, detail })
    return allowed
  })
}

/** Every change of it, newest first. */
export const allowedHistory = (db: Queryable): Promise<PointerMove[]> => pointerHistory(db, kind, name)
