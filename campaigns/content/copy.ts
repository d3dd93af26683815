import { z } from 'zod'
import type { Refused } from '#governance/access.ts'
import { approvedAmong } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { listReleases } from '#governance/releases.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import { parseId, type DraftId, type Hash } from '#kernel/ids.ts'
import { draftBodySchema } from '#rag/draft.ts'
import { draftById } from '#rag/drafts.ts'
import { formNames, type FormName } from '#rag/forms.ts'
import { ideaNames } from '#rag/ideas.ts'
import { approvedCopyRows, type CopyRow } from '../queries/copy.ts'
import { releaseNameOf, releaseOf, takeWord, type WordDeps, type Yes } from './word.ts'

/** Copy that no ledger sends: its words, and what they were written for. The approval binds to the release that holds it. */
const copyDefinition = z
  .strictObject({
    kind: z.literal('copy'),
    draftId: z.custom<DraftId>((id) => typeof id === 'string' && parseId(id) !== null, 'is no id'),
    form: z.enum(formNames),
    idea: z.enum(ideaNames).nullable(),
    segment: z.string().min(1),
    goal: z.string().min(1),
    contentHash: z.custom<Hash>((value) => typeof value === 'string', 'is no content hash'),
    content: draftBodySchema,
  })
  .refine(({ content, contentHash }) => hashOf(content) === contentHash, 'contentHash is not the hash of content')
export type CopyDefinition = z.infer<typeof copyDefinition>

/** Releases of campaigns, newest first, of one or of all: those of copy that somebody publishes are none. */
export const campaignReleases = (db: Queryable, name: string | null = null): Promise<Release[]> =>
  listReleases(db, name, 'copy')

export type CopyApproved = { kind: 'copy'; releaseHash: Hash; form: FormName } | Refused

/**
 * A person's yes to copy that is no e-mail: a release of exactly what was read, approved, and the word taken into the
 * draft's thread. It is then among the approved copy, for whoever publishes it.
 */
export async function approveCopy(deps: WordDeps, input: Yes): Promise<CopyApproved> {
  const draft = await draftById(deps.db, input.draftId)
  if (!draft) return { kind: 'refused', rule: 'unknown', why: 'There is no such draft' }
  const { brief, body, contentHash, findings, guardrailHash } = draft
  if (!body || contentHash !== input.contentHash) {
    return { kind: 'refused', rule: 'changed', why: 'The draft was edited since: read it again' }
  }
  const blocking = findings.filter(({ verdict }) => verdict === 'block')
  if (blocking.length > 0) {
    return { kind: 'refused', rule: 'guardrails', why: blocking.map(({ why }) => why).join('; ') }
  }
  const { channel: form, idea = null, segment, sentence: goal } = brief
  const definition: CopyDefinition = { kind: 'copy', draftId: draft.id, form, idea, segment: segment.name, goal, contentHash, content: body } // prettier-ignore
  const audience = { segment: segment.name, rule: segment.rule }
  const pins = { contentHash, guardrailHash, audience, limits: {}, channel: form }
  const releaseHash = await releaseOf(deps, draft, { name: `${form}-${releaseNameOf(draft)}`, pins, definition })
  const word = await takeWord(deps, draft, { ...input, releaseHash })
  return word.kind === 'refused' ? word : { kind: 'copy', releaseHash, form }
}

/** A piece of copy whose approval stands. */
export type ApprovedCopy = CopyDefinition & { releaseHash: Hash; by: string; at: Date }

/** Copy whose approval stands, the last approved first. */
export const approvedCopy = async (db: Queryable, limit: number): Promise<ApprovedCopy[]> =>
  standingOf(db, await approvedCopyRows(db, null, limit))

/** Those of some pieces whose approval stands. */
export const approvedCopiesOf = async (db: Queryable, releaseHashes: readonly Hash[]): Promise<ApprovedCopy[]> =>
  standingOf(db, await approvedCopyRows(db, releaseHashes, releaseHashes.length))

/** One piece of it, or null where no approval of it stands. */
export const approvedCopyOf = async (db: Queryable, releaseHash: Hash): Promise<ApprovedCopy | null> =>
  (await approvedCopiesOf(db, [releaseHash]))[0] ?? null

async function standingOf(db: Queryable, rows: readonly CopyRow[]): Promise<ApprovedCopy[]> {
  const releases = await approvedAmong(db, rows.map(({ hash }) => hash)) // prettier-ignore
  const byApproval = new Map(releases.map((release) => [release.approvalId, release]))
  return rows.flatMap(({ approvalId, by, at }) => {
    const release = byApproval.get(approvalId)
    return release ? [{ ...copyDefinition.parse(release.definition), releaseHash: release.hash, by, at }] : []
  })
}
