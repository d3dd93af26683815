import { hashOf } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import {
  newestDraftInteraction, selectDraftInteraction, waitingDraftInteractions, type DraftInteraction,
} from '../queries/interactions.ts' // prettier-ignore
import type { DeclaredAgent } from './declared.ts'

/**
 * The versions an agent worked by. Of the router all but the threshold, which follows the house's own traffic by
 * calibration (rag/router/calibrate.ts): which models it may lead to is pinned by name beside it.
 */
export type Versions = { prompt: Hash | null; guardrails: Hash | null; brand: Hash | null; router: Hash | null }

/** What an agent did once, as whoever reviews it or decides whether a person must sees it. */
export type Interaction = Omit<DraftInteraction, 'promptHash' | 'guardrail' | 'router' | 'checked' | 'objections'> & {
  versions: Versions
  /** What guardrails object to, be it a warning; null while nothing was checked. */
  objections: number | null
}

/** The hash of the versions: what reviews are counted under. */
export const versionsHash = (agent: DeclaredAgent, versions: Versions): Hash => hashOf({ agent, versions })

type Reader = {
  one: (db: Queryable, id: string) => Promise<DraftInteraction | null>
  newest: (db: Queryable) => Promise<DraftInteraction | null>
  waiting: (db: Queryable, limit: number) => Promise<DraftInteraction[]>
}

/** How the work of each agent is found. */
const readers: Readonly<Record<DeclaredAgent, Reader>> = {
  copywriter: { one: selectDraftInteraction, newest: newestDraftInteraction, waiting: waitingDraftInteractions },
}

/** One interaction of an agent; null when there is none of that id. */
export async function interactionOf(db: Queryable, agent: DeclaredAgent, id: string): Promise<Interaction | null> {
  const row = await readers[agent].one(db, id)
  return row && interactionFrom(row)
}

/** What waits for a word, newest first. */
export const waitingInteractions = async (db: Queryable, agent: DeclaredAgent, limit: number): Promise<Interaction[]> =>
  (await readers[agent].waiting(db, limit)).map(interactionFrom)

/** The versions of the newest interaction: those an agent works by, as far as anything was seen of it. */
export async function versionsNow(db: Queryable, agent: DeclaredAgent): Promise<Versions | null> {
  const row = await readers[agent].newest(db)
  return row && interactionFrom(row).versions
}

function interactionFrom(row: DraftInteraction): Interaction {
  const { promptHash, guardrail, router, checked, objections, ...same } = row
  return { ...same, versions: versionsOf({ promptHash, guardrail, router }), objections: checked ? objections : null }
}

type WorkedBy = Pick<DraftInteraction, 'promptHash' | 'guardrail' | 'router'>

function versionsOf({ promptHash, guardrail, router }: WorkedBy): Versions {
  return {
    prompt: promptHash,
    guardrails: guardrail && hashOf(guardrail.rules),
    brand: guardrail?.brand ?? null,
    router: router && hashOf({ ...router, threshold: undefined }),
  }
}
