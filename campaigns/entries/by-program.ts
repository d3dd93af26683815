import { z } from 'zod'
import { hashOf } from '#kernel/crypto.ts'
import type { PersonId } from '#kernel/ids.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import {
  forgetAsked,
  keepTold,
  noteAsked,
  personBy,
  selectAsked,
  type EntryToken,
  type Told,
} from '../queries/entries.ts'
import { enterOne, openFor, type EnterDeps, type EnteredOne } from './enter.ts'

const text = z.string().min(1).max(300)

/** What a program asks: who is to come in, by their e-mail address or their id at a source, and what slots may say. */
export const entrySchema = z
  .strictObject({
    email: text.optional(),
    externalId: z.strictObject({ source: text, id: text }).optional(),
    properties: z.record(z.string().max(60), z.string().max(1_000)).optional(),
  })
  .refine(
    ({ email, externalId }) => (email === undefined) !== (externalId === undefined),
    'name the person by email, or by externalId',
  )

const longestKey = 200
/** So long a key is remembered. */
export const rememberedDays = 30

const told = (status: number, answer: Record<string, unknown>): Told => ({ status, answer })
const because = (status: number, why: string): Told => told(status, { why })

/**
 * Puts one person into a campaign for a program, once for a key: the same question again has the same answer, also after
 * an answer was lost, but that what was refused for now is tried anew. Statuses: 202 came in; 400 not understood; 403 not this token's campaign; 404 no such campaign; 409 in
 * it already, or the key asked something else; 422 refused by a rule. `why` says it in words.
 */
export async function enterByProgram(
  deps: EnterDeps,
  asked: { token: EntryToken; campaign: string; key: string; body: unknown },
): Promise<Told> {
  const { token, campaign, key } = asked
  if (token.campaign !== null && token.campaign !== campaign)
    return because(403, `This token is for “${token.campaign}”`)
  if (key === '' || key.length > longestKey)
    return because(400, `Send an Idempotency-Key of 1 to ${longestKey} characters: the same key is the same question`)
  const read = entrySchema.safeParse(asked.body)
  if (!read.success) return because(400, read.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ')) // prettier-ignore
  const request = { tokenId: token.id, key, requestHash: hashOf({ campaign, body: read.data }) }
  const isNew = await noteAsked(deps.db, request, deps.clock())
  const before = isNew ? null : await selectAsked(deps.db, request)
  if (before) {
    if (before.requestHash !== request.requestHash)
      return because(409, 'This Idempotency-Key asked something else before')
    if (before.told) return before.told
    // It broke off, was refused for now, or is under way beside this: to enter is safe to repeat.
  }
  const { forGood, ...answer } = await enter(deps, campaign, { ...read.data, askedBy: `${token.id} ${key}` })
  if (forGood) await keepTold(deps.db, request, answer)
  return answer
}

type Asked = z.infer<typeof entrySchema> & { askedBy: string }
/** `forGood`: it would be the same whenever it is asked again; who is unknown, or outside an audience, may come to be in. */
type Answered = Told & { forGood: boolean }

const forNow = (one: Told): Answered => ({ ...one, forGood: false })

async function enter(deps: EnterDeps, campaign: string, asked: Asked): Promise<Answered> {
  const open = await openFor(deps, campaign)
  if (open.kind === 'refused')
    return open.rule === 'over' ? { ...because(422, open.why), forGood: true } : forNow(because(404, open.why))
  const personId = await personOf(deps, asked)
  if (personId === null)
    return forNow(because(422, 'Nobody is known by this: bring them in by a source first, with the consent they gave'))
  const { properties = {}, askedBy } = asked
  return answerTo(await enterOne(deps, open.release, { personId, properties, askedBy }))
}

function answerTo(done: EnteredOne): Answered {
  if (done.kind === 'refused')
    return { ...because(done.rule === 'inside' ? 409 : 422, done.why), forGood: done.rule === 'properties' }
  const { enrolment, occurrence, ended } = done
  return { ...told(202, { enrolment, occurrence, ...(ended === null ? {} : { ended }) }), forGood: true }
}

async function personOf(
  { db }: EnterDeps,
  { email, externalId }: z.infer<typeof entrySchema>,
): Promise<PersonId | null> {
  if (externalId) return personBy(db, { kind: externalId.source, value: externalId.id.trim() })
  const value = canonicalEmail(email)
  return value === undefined ? null : personBy(db, { kind: 'email', value })
}

/** Forgets keys that nobody asks under any more. */
export const forgetKeys = ({ db, clock }: Pick<EnterDeps, 'db' | 'clock'>): Promise<number> =>
  forgetAsked(db, new Date(clock().getTime() - rememberedDays * 24 * 3_600_000))
