import type { Queryable } from '#kernel/db.ts'
import { editDistance } from '#ingest/identity/names.ts'
import { selectEventKinds } from '../queries/event-kinds.ts'

/** What this house and its sources tell of, whether or not it has happened here yet. */
const ownKinds: readonly string[] = [
  'message_sent', 'message_delivered', 'message_opened', 'message_clicked', 'message_replied', 'message_received',
  'message_read', 'message_bounced', 'message_complained', 'message_unsubscribed', 'message_failed', 'message_deferred',
  'order_paid', 'payment-failed', 'trial-started', 'trial-ended', 'subscription-started', 'subscription-canceled',
  'deal-open', 'deal-won', 'deal-lost', 'contact-archived', 'page', 'identify', 'visit', 'signed_up',
] // prettier-ignore

export type Unseen = {
  kind: string
  /** A known kind that differs by a slip of the keys, or null. */ meant: string | null
}

/** Of kinds of events, those that nothing tells of and that never happened here. */
export async function unseenKinds(db: Queryable, kinds: readonly string[]): Promise<Unseen[]> {
  if (kinds.every((kind) => ownKinds.includes(kind))) return []
  const known = [...new Set([...ownKinds, ...(await selectEventKinds(db))])]
  return [...new Set(kinds)].filter((kind) => !known.includes(kind)).map((kind) => ({ kind, meant: slipOf(kind, known) })) // prettier-ignore
}

/** The nearest of the known: other signs between its words, or one slip in five letters. */
function slipOf(kind: string, known: readonly string[]): string | null {
  const near = known
    .map((one) => ({ one, slips: editDistance(bare(kind), bare(one)) }))
    .filter(({ one, slips }) => slips <= Math.min(2, Math.floor(bare(one).length / 5)))
  return near.toSorted((a, b) => a.slips - b.slips)[0]?.one ?? null
}

const bare = (kind: string): string => kind.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
