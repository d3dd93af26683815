import type { Queryable, Tx } from '#kernel/db.ts'
import { parseId, type DraftId } from '#kernel/ids.ts'
import { shareOf, type Share } from '#kernel/share.ts'
import { anotherPicked } from '#rag/examples.ts'
import { lastChange, type FlagChange } from '../flags.ts'
import { countReviews, insertReview, reasonsOfDrafts, type Sentback } from '../queries/agent-reviews.ts'
import { firstReviewed, type DeclaredAgent } from './declared.ts'
import { interactionOf, versionsHash, versionsNow, type Versions } from './interactions.ts'

/** A word on an interaction, in the transaction that records it. */
export type Word = { id: string; decision: 'approved' | 'rejected'; by: string; at: Date }

/** Counts the last word on a draft; one that was sent back because another of its set was picked was not judged. */
export async function countDraft(
  tx: Tx,
  { draftId, reason, ...word }: Omit<Word, 'id'> & { draftId: DraftId; reason: string | null },
): Promise<void> {
  if (reason !== anotherPicked) await countReview(tx, 'copywriter', { ...word, id: draftId })
}

/**
 * Counts a person's word, once an interaction, under the versions the agent worked by. What the house or a policy says
 * of its own work is no review.
 */
export async function countReview(tx: Tx, agent: DeclaredAgent, word: Word): Promise<void> {
  if (!parseId<'user'>(word.by)) return
  const interaction = await interactionOf(tx, agent, word.id)
  if (!interaction) throw new Error(`A word on what is not there: ${agent} ${word.id}`)
  const { versions, edited, model } = interaction
  const { id: interactionId, decision, by, at } = word
  const hash = versionsHash(agent, versions)
  await insertReview(tx, { agent, interactionId, versionsHash: hash, decision, edited, model, by, at })
}

const reasonsShown = 5

/** How an agent stands: its switch, how far its first hundred are, and what people made of them. */
export type Standing = {
  agent: DeclaredAgent
  flag: { isOn: boolean; moved: FlagChange | null }
  /** Null while it has done nothing. */
  versions: Versions | null
  /** Under these versions, and under any. */
  reviewed: number
  everReviewed: number
  /** Of those reviewed under these versions. */
  approved: Share | null
  /** Of those approved under these versions: changed by a person before. */
  edited: Share | null
  models: string[]
  sentBack: Sentback[]
  mayBeDelegated: boolean
}

/** How an agent stands now. */
export async function agentStanding(db: Queryable, agent: DeclaredAgent): Promise<Standing> {
  const versions = await versionsNow(db, agent)
  const all = await countReviews(db, agent)
  const these = versions && (await countReviews(db, agent, versionsHash(agent, versions)))
  const moved = await lastChange(db, `agent.${agent}`)
  return {
    agent,
    flag: { isOn: moved?.isOn ?? true, moved },
    versions,
    reviewed: these?.reviewed ?? 0,
    everReviewed: all.reviewed,
    approved: these && shareOf(these.approved, these.reviewed),
    edited: these && shareOf(these.edited, these.approved),
    models: these?.models ?? [],
    sentBack: await reasonsOfDrafts(db, agent, reasonsShown),
    mayBeDelegated: (these?.reviewed ?? 0) >= firstReviewed,
  }
}
