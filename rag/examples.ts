import type { Queryable } from '#kernel/db.ts'
import type { DraftId } from '#kernel/ids.ts'
import { textsOf, type DraftBody, type Example } from './draft.ts'
import { decidedDraftsLike } from './queries/examples.ts'

/** Why a draft was sent back that nothing was wrong with: another of its set was picked. It is no example of anything. */
export const anotherPicked = 'another variant was picked'

const [mostExamples, mostEdits] = [3, 4]

/**
 * What people decided on drafts like this one: what they approved or sent back and why, and what they wrote instead of
 * what a model had written. An author is shown it beside the brief; it is evidence of nothing, and trains nobody.
 */
export async function examplesFor(
  db: Queryable,
  about: { sentence: string; segment: string; except: DraftId },
): Promise<Example[]> {
  const decided = await decidedDraftsLike(db, { ...about, passedOver: anotherPicked }, mostExamples)
  return decided.map(({ sentence, decision, reason, written, final }) => ({
    brief: sentence,
    decision,
    reason,
    subject: final.subject.text,
    edits: editsBetween(written, final).slice(0, mostEdits),
  }))
}

/** Texts that were replaced or taken out, each with what came in its place ('' for nothing): the nearest new one. */
export function editsBetween(before: DraftBody, after: DraftBody): Example['edits'] {
  const [old, now] = [textsOf(before), textsOf(after)]
  const gone = old.filter((text) => !now.includes(text))
  const came = now.filter((text) => !old.includes(text))
  return gone.map((was) => {
    const best = came.toSorted((a, b) => likeness(was, b) - likeness(was, a))[0]
    return { was, became: best !== undefined && likeness(was, best) >= 0.2 ? best : '' }
  })
}

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))

/** The share of the words of both that they have in common (Jaccard). */
function likeness(a: string, b: string): number {
  const [left, right] = [words(a), words(b)]
  return left.intersection(right).size / Math.max(1, left.union(right).size)
}
