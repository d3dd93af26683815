import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register } from '#kernel/versions.ts'
import { firstPrompt } from './draft.ts'

const [kind, name] = ['prompt', 'draft'] as const

/** What an author is told whatever the mail, as the registry of versions keeps it. */
export const promptSchema = z.strictObject({ system: z.string().min(1).max(20_000) })
export type Prompt = z.infer<typeof promptSchema>

/** The hash under which the registry keeps the prompt. */
export const promptHash = (prompt: Prompt): Hash => hashOf({ kind, name, body: prompt })

type Deps = { db: Db; clock: Clock }

/** The prompt that drafts are written with now; a house that never released one starts with the first. */
export async function livePrompt(deps: Deps): Promise<Prompt> {
  const live = await liveVersion<unknown>(deps.db, kind, name)
  if (live) return promptSchema.parse(live.body)
  await releasePrompt(deps, { prompt: firstPrompt, by: 'millrace', reason: 'the prompt the house starts with' })
  return firstPrompt
}

/** Makes a prompt the one that drafts are written with. Going back is releasing an older one. */
export async function releasePrompt(
  { db, clock }: Deps,
  input: { prompt: Prompt; by: string; reason: string },
): Promise<Hash> {
  const author = { clock, by: input.by }
  return db.transaction(async (tx) => {
    const hash = await register(tx, author, kind, name, input.prompt)
    await pointAt(tx, author, kind, name, hash, input.reason)
    const detail = { hash, reason: input.reason }
    await appendAudit(tx, clock, { actor: input.by, action: 'prompt.released', subject: name, detail })
    return hash
  })
}
