import { canonicalJson, hashOf } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveRelease } from '#governance/releases.ts'
import { approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import type { Evidence } from '#rag/draft.ts'
import { draftOfBody } from '#rag/draft-of-body.ts'
import type { CurrentEvidence } from '#rag/guardrails/check.ts'
import { guardrailVersion } from '#rag/guardrails/version.ts'
import { checkMessages, evidenceNow, type CheckMessagesDeps } from './check-messages.ts'
import { endedCitations, inWords, untrueNow, type Untrue } from './citations.ts'
import { copiesOf, definitionOf, type CampaignDefinition } from '../definition.ts'
import { holdsBinding, notAccepted, placeHold } from './holds.ts'
import { peopleFields } from '../render/person-fields.ts'
import { checkedBasis, keepBasis, selectUnfinishedCampaigns } from '../queries/message-checks.ts'
import { selectNextReaders } from '../queries/people-said.ts'

/** Of whom each round looks at the next to be written to. */
const nextReaders = 200

export type Rechecked = { campaign: string } & (
  | { kind: 'checked'; held: string | null }
  | { kind: 'fault'; why: string }
)

/**
 * Checks every campaign under way again: what its copy cites, and, when anything that the guards go by has changed (the
 * facts, the texts, the rules, the brand, who is next), its rendered messages. What may not be sent any more is held;
 * nothing is ever lifted here. Running it again while nothing changed costs a few reads. One that fails does not stop the
 * others.
 */
export async function recheckCampaigns(deps: CheckMessagesDeps): Promise<Rechecked[]> {
  const done: Rechecked[] = []
  for (const campaign of await selectUnfinishedCampaigns(deps.db)) {
    try {
      const live = await liveRelease(deps.db, campaign)
      const release = live && (await approved(deps.db, live.hash))
      if (release) done.push({ campaign, kind: 'checked', held: await recheck(deps, release) })
    } catch (fault) {
      done.push({ campaign, kind: 'fault', why: messageOf(fault) })
    }
  }
  return done
}

async function recheck(deps: CheckMessagesDeps, release: Release): Promise<string | null> {
  const definition = definitionOf(release)
  const holds = await holdsBinding(deps.db, release)
  const untrue = notAccepted(await untrueNow(deps.db, definition, deps.clock()), holds)
  if (untrue.length > 0) return held(deps, release, 'facts', untrue)
  const offered = await offeredTo(deps.db, definition)
  const current = await acceptedEvidence(deps, release, offered)
  const audience = await selectNextReaders(deps.db, release.name, nextReaders)
  const basis = await basisOf(deps, { current, people: await peopleFields(deps.db, audience) })
  if ((await checkedBasis(deps.db, release.hash)) === basis) return null
  const checked = await checkMessages(deps, { definition, offered, audience, current })
  const found = checked.kind === 'sound' ? [] : notAccepted(checked.findings, holds)
  const why = await held(deps, release, 'guardrails', found)
  await keepBasis(deps.db, release.hash, basis, deps.clock())
  return why
}

/** Holds a release for what was found; without findings, an open hold of that rule says that it is mended. */
async function held(
  deps: CheckMessagesDeps,
  release: Release,
  rule: 'facts' | 'guardrails',
  findings: readonly Untrue[],
): Promise<string | null> {
  const why = inWords(findings)
  await deps.db.transaction((tx) => placeHold(tx, deps.clock, { release, rule, why, findings }))
  return findings.length === 0 ? null : why
}

/** Everything that was offered to the authors of a campaign's contents. */
export async function offeredTo(db: Queryable, definition: CampaignDefinition): Promise<Evidence[]> {
  const drafts = await Promise.all(copiesOf(definition).map((copy) => draftOfBody(db, copy.contentHash)))
  return drafts.flatMap((draft) => draft?.evidence ?? [])
}

/**
 * What the citations stand for: as it is now, but for what ended and is still so, or was accepted when a hold was lifted.
 * These stand for what they did when the release was made.
 */
async function acceptedEvidence(
  deps: CheckMessagesDeps,
  release: Release,
  offered: readonly Evidence[],
): Promise<CurrentEvidence> {
  const definition = definitionOf(release)
  const now = await evidenceNow(deps, definition, offered)
  if ((await endedCitations(deps.db, definition, deps.clock())).length === 0) return now
  const then = await evidenceNow({ ...deps, clock: () => release.createdAt }, definition, offered)
  return new Map([...now].map(([key, item]) => [key, typeof item === 'string' ? (then.get(key) ?? item) : item]))
}

async function basisOf(
  deps: CheckMessagesDeps,
  { current, people }: { current: CurrentEvidence; people: ReadonlyMap<string, unknown> },
): Promise<string> {
  const brand = await deps.brand()
  const rules: Hash = await guardrailVersion(deps, brand.hash)
  return hashOf({ rules, evidence: canonicalJson([...current]), people: canonicalJson([...people]) })
}
