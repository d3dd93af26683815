import { newId, type DraftId } from '#kernel/ids.ts'
import { briefSchema, variantsOf, type Brief, type Draft } from '../drafts.ts'
import { anotherPicked } from '../examples.ts'
import type { FormName } from '../forms.ts'
import type { IdeaName } from '../ideas.ts'
import { insertDrafts } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'
import { resumeDraft } from './run.ts'

/** What is asked for at once, but for form and idea. */
export type SetBrief = Omit<Brief, 'segment' | 'channel' | 'idea' | 'set'>

/** How many drafts may be asked for at once: each is read by a person, and paid for. */
export const mostInSet = 20

export type CreatedSet = { kind: 'created'; drafts: DraftId[] } | { kind: 'refused'; why: string }

/**
 * Enters a brief once for each segment, form and idea; `runDraft` then writes each. Several are a set, to be compared
 * and chosen among; without ideas there is one draft a form, which leads with what suggests itself.
 */
export async function createDrafts(
  deps: Pick<AgentDeps, 'db' | 'clock'>,
  asked: {
    brief: SetBrief
    segments: readonly Brief['segment'][]
    channels: readonly FormName[]
    ideas: readonly IdeaName[]
  },
): Promise<CreatedSet> {
  const [channels, ideas] = [[...new Set(asked.channels)], asked.ideas.length === 0 ? [undefined] : [...new Set(asked.ideas)]] // prettier-ignore
  const briefs = asked.segments.flatMap((segment) =>
    channels.flatMap((channel) => ideas.map((idea) => ({ ...asked.brief, segment, channel, ...(idea && { idea }) }))),
  )
  if (briefs.length === 0) return { kind: 'refused', why: 'Choose a segment and a form at least' }
  if (briefs.length > mostInSet) {
    return { kind: 'refused', why: `These are ${briefs.length} drafts: ask for ${mostInSet} at once at most` }
  }
  const set = briefs.length > 1 ? { set: newId<'draft-set'>(deps.clock) } : {}
  const drafts = briefs.map((brief) => ({
    id: newId<'draft'>(deps.clock),
    threadId: newId<'thread'>(deps.clock),
    brief: briefSchema.parse({ ...brief, ...set }),
  }))
  await insertDrafts(deps.db, drafts, { at: deps.clock(), rehearsal: false })
  return { kind: 'created', drafts: drafts.map(({ id }) => id) }
}

/** Held while one of several variants is being picked; for a draft that has none, while it is decided on. */
export const choiceLeaseOf = ({ id, brief }: Pick<Draft, 'id' | 'brief'>): string =>
  `choice:${brief.set === undefined ? id : `${brief.set}/${brief.channel}/${brief.segment.name}`}`

/**
 * Sends back what waits beside a draft that was picked: the same form for the same people, by the same word as any other
 * rejection. Those that somebody is deciding on, or that are still being written, stay. Returns how many were sent back.
 */
export async function sendBackVariants(deps: AgentDeps, { draft, by }: { draft: Draft; by: string }): Promise<number> {
  let sentBack = 0
  for (const other of await variantsOf(deps.db, draft)) {
    if (other.state !== 'waiting') continue
    const word = { draftId: other.id, decision: 'rejected' as const, by, reason: anotherPicked }
    const taken = await resumeDraft(deps, word)
    if (taken.kind === 'recorded') sentBack += 1
  }
  return sentBack
}
