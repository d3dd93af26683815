import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { guardContextOf, type Brand } from './brand.ts'
import {
  draftBodySchema,
  evidenceSchema,
  slotsOf,
  textsOf,
  type DraftBody,
  type Evidence,
  type Finding,
} from './draft.ts'
import { formNames, forms } from './forms.ts'
import { ideaNames } from './ideas.ts'
import { checkDraft, passes } from './guardrails/check.ts'
import type { GuardContext } from './guardrails/rule.ts'
import { guardrailVersion } from './guardrails/version.ts'
import {
  bodyAuthors,
  draftRow,
  draftRows,
  keepBody,
  keepFindings,
  setRows,
  type DraftRow,
  type DraftState,
} from './queries/drafts.ts'
import { templateName } from './whatsapp-shape.ts'

export { bodyByHash, type DraftState } from './queries/drafts.ts'

/** What a marketer asks for. `sentence` says in her words what the copy should achieve; `goal` is how it is measured. */
export const briefSchema = z.object({
  segment: z.object({ name: z.string().min(1), description: z.string().optional(), rule: z.unknown() }),
  goal: z.string().min(1),
  sentence: z.string().min(1).max(500),
  channel: z.enum(formNames),
  /** What makes this one of several of the same brief: the idea it leads with (ideas.ts). */
  idea: z.enum(ideaNames).optional(),
  /** Drafts that were asked for at once, to be chosen among or sent beside each other. */
  set: z.string().optional(),
  /** The campaign that it is to be the next version of; without it, it becomes one of its own. */
  campaign: z.string().min(1).max(63).optional(),
  by: z.string().min(1),
})
export type Brief = z.infer<typeof briefSchema>

export type Draft = Omit<DraftRow, 'evidence' | 'findings'> & {
  evidence: Evidence[]
  findings: Finding[]
  /** True when it waits and no finding forbids a person to approve it. */
  approvable: boolean
}

/** How long a draft may be held without a sign of life before another process takes it over. */
export const leaseMs = 60_000
export const leaseOf = (id: DraftId): string => `draft:${id}`

/** A draft with its current body, evidence and findings; null when there is none of that id. */
export async function draftById(db: Queryable, id: DraftId): Promise<Draft | null> {
  const row = await draftRow(db, id)
  return row ? readDraft(row) : null
}

/** All that were asked for at once with a draft, itself too, by form and idea; itself alone where it has no set. */
export async function setOf(db: Queryable, draft: Draft): Promise<Draft[]> {
  const { set } = draft.brief
  if (set === undefined) return [draft]
  const place = ({ brief }: Draft): number =>
    formNames.indexOf(brief.channel) * ideaNames.length + (brief.idea === undefined ? 0 : ideaNames.indexOf(brief.idea))
  return (await setRows(db, set)).map(readDraft).toSorted((a, b) => place(a) - place(b))
}

/** The drafts of its set that say the same in the same form to the same people, and lead with other ideas. */
export async function variantsOf(db: Queryable, draft: Draft): Promise<Draft[]> {
  const { channel, segment } = draft.brief
  return (await setOf(db, draft)).filter(
    ({ id, brief }) => id !== draft.id && brief.channel === channel && brief.segment.name === segment.name,
  )
}

/** Drafts, newest first. */
export async function listDrafts(
  db: Queryable,
  page: { states?: readonly DraftState[]; limit: number; offset?: number },
): Promise<Draft[]> {
  const rows = await draftRows(db, page.states ?? [], page.limit, page.offset ?? 0)
  return rows.map(readDraft)
}

/** Evidence comes back from the database with its dates as text. */
const storedEvidence = z.array(
  z.preprocess((item) => {
    const { validFrom, validTo, ...rest } = z
      .looseObject({ validFrom: z.coerce.date(), validTo: z.coerce.date().nullable() })
      .parse(item)
    return { ...rest, validFrom, validTo }
  }, evidenceSchema),
)

function readDraft(row: DraftRow): Draft {
  const findings = row.findings ?? []
  return {
    ...row,
    evidence: storedEvidence.parse(row.evidence),
    findings,
    approvable: row.state === 'waiting' && passes(findings),
  }
}

export type CheckDeps = { db: Db; clock: Clock; brand: () => Promise<Brand> }

/** Runs the guardrails over a draft's current body as things are now, and keeps what they found. */
export async function checkedDraft(deps: CheckDeps, draft: Draft): Promise<Finding[]> {
  if (!draft.body || !draft.contentHash) throw new Error(`Draft ${draft.id} has no body to check`)
  const brand = await deps.brand()
  const guardrailHash = await guardrailVersion(deps, brand.hash)
  const context = { ...guardContextOf(brand), ...contextOfForm(draft.brief) }
  const findings = await checkDraft(deps, draft.body, draft.evidence, context)
  await keepFindings(deps.db, draft.id, draft.contentHash, { findings, guardrailHash, at: deps.clock() })
  return findings
}

/** What the guardrails need to know of the form; a WhatsApp template is proposed under the words of its segment. */
const contextOfForm = ({ channel, segment }: Brief): Pick<GuardContext, 'form' | 'template'> => ({
  form: forms[channel],
  ...(channel === 'whatsapp-template' && { template: { name: templateName(segment.name), category: 'marketing' } }),
})

export type Edited =
  | { kind: 'edited'; contentHash: Hash; findings: Finding[]; approvable: boolean }
  | { kind: 'busy' }
  | { kind: 'refused'; rule: 'unknown' | 'not-waiting' | 'changed' | 'shape'; why: string }

/**
 * Replaces the body of a waiting draft by a person's. The guardrails run again, and the content hash is a new one: an
 * approval of the old body does not cover it. The body's list of slots is taken from its text.
 * @param given.contentHash the body it was made from; refused when another stands by now
 */
export async function editDraft(
  deps: CheckDeps,
  given: { draftId: DraftId; contentHash?: Hash; body: unknown; by: string },
): Promise<Edited> {
  const parsed = draftBodySchema.safeParse(given.body)
  if (!parsed.success) return { kind: 'refused', rule: 'shape', why: z.prettifyError(parsed.error) }
  const body: DraftBody = { ...parsed.data, slots: slotsOf(textsOf(parsed.data).join('\n')) }
  const edited = await underLease(deps, leaseOf(given.draftId), leaseMs, async (): Promise<Edited> => {
    const draft = await draftById(deps.db, given.draftId)
    if (!draft) return { kind: 'refused', rule: 'unknown', why: 'There is no such draft' }
    if (draft.state !== 'waiting') {
      return {
        kind: 'refused',
        rule: 'not-waiting',
        why: `The draft is ${draft.state}: start a new one from its brief`,
      }
    }
    if (given.contentHash !== undefined && given.contentHash !== draft.contentHash) {
      return { kind: 'refused', rule: 'changed', why: 'The draft was edited since: read it again' }
    }
    const contentHash = contentHashOf(body)
    await deps.db.transaction((tx) => keepBody(tx, draft.id, { body, contentHash, by: given.by, at: deps.clock() }))
    const findings = await checkedDraft(deps, { ...draft, body, contentHash })
    return { kind: 'edited', contentHash, findings, approvable: passes(findings) }
  })
  return edited ?? { kind: 'busy' }
}

/** Whose hands are in a draft: who asked for it, then whoever wrote or edited it. */
export const draftAuthors = async (db: Queryable, draft: Pick<Draft, 'id' | 'brief'>): Promise<string[]> => [
  ...new Set([draft.brief.by, ...(await bodyAuthors(db, draft.id))]),
]

/** What an approval binds to: the hash of the body, its citations included. */
export const contentHashOf = (body: DraftBody): Hash => hashOf(body)
