import { draftById, type Brief } from '../drafts.ts'
import { keepPlan, productTitles } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'
import type { AgentState, StateUpdate } from './state.ts'

/** Decides what to look for: the marketer's sentence, its parts, the segment in words, and the products of its rule. */
export const plan =
  (deps: AgentDeps) =>
  async ({ draftId }: AgentState): Promise<StateUpdate> => {
    const draft = await draftById(deps.db, draftId)
    if (!draft) throw new Error(`Draft ${draftId} is gone: it cannot be planned`)
    const titles = await productTitles(deps.db, wordsOfRule(draft.brief.segment.rule), 5)
    await keepPlan(deps.db, draftId, queriesOf(draft.brief, titles), deps.clock())
    return { round: 0, askedRound: 0, decision: null }
  }

function queriesOf({ sentence, segment }: Brief, titles: readonly string[]): string[] {
  const about = [segment.name, segment.description ?? ''].join(' ').trim()
  return [...new Set([sentence, ...partsOf(sentence), about, ...titles])]
}

/** What a sentence asks for besides: `and say what it costs` is looked for alone, too, or the rest would drown it. */
const partsOf = (sentence: string): string[] => {
  const parts = sentence
    .split(/[,;:]\s+(?:and\s+)?|\s+and\s+(?=(?:say|tell|explain|show|ask)\b)/i)
    .map((part) => part.trim())
  return parts.filter((part) => part !== sentence && part.split(/\s+/).length >= 4).slice(-3)
}

/** Every text in a segment's rule: stock keeping units, product types, topics. What means nothing here finds nothing. */
function wordsOfRule(rule: unknown): string[] {
  if (typeof rule === 'string') return [rule]
  if (typeof rule !== 'object' || rule === null) return []
  return Object.values(rule).flatMap(wordsOfRule)
}
