import type { AgentName } from '#rag/scopes.ts'

/** An agent of the house: what it does, in the words of a page. Each stands behind a flag of its own (`flags.ts`). */
type Agent = { readonly words: string; readonly does: string; readonly interaction: string }

/** The agents there are. One that is added here has its flag, its reviews and its place on the page. */
export const agents = {
  copywriter: {
    words: 'Copywriter',
    does: 'Writes drafts of copy from the facts and texts of the business, each sentence with its evidence',
    interaction: 'draft',
  },
} as const satisfies Partial<Record<AgentName, Agent>>

/** An agent that is at work: of some there is only what they may know yet. */
export type DeclaredAgent = keyof typeof agents
export const agentNames = Object.keys(agents) as DeclaredAgent[]

/** The agent of a name that came from outside; null when there is none. */
export const agentNamed = (name: string): DeclaredAgent | null => agentNames.find((one) => one === name) ?? null

/** How many interactions a person reviews one by one before any may be left to the agent. */
export const firstReviewed = 100
