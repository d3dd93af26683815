import type { GraphReader } from '#graph/port.ts'
import { scopedGraph, type GraphScope, type ScopedGraph } from '#graph/scoped.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Scope } from './retrieve.ts'

export type AgentName = 'copywriter' | 'support' | 'analyst'

/** What an agent may know: texts of the corpus by their source and use, and of the graph what its part holds. */
export type AgentScope = { corpus: Scope; graph: GraphScope }

const things = {
  product: ['type', 'priceMinor', 'currency', 'url'],
  topic: [],
  offer: ['amountMinor', 'currency'],
} as const
const texts = { document: ['uri', 'language'], chunk: ['ordinal'], fact: ['subject', 'predicate'] } as const
const sendings = { campaign: ['channel'], step: [], segment: ['description'] } as const
const whatIsSaid = { tagged: [], about: [], 'described-by': [], 'offered-as': [], has: [], states: [] } as const

/** The scope of each agent. Data, and nothing a text or a model says can change it. */
export const agentScopes: Readonly<Record<AgentName, AgentScope>> = {
  /** Writes to many: what there is to say, and how many will read it; nobody by name. */
  copywriter: {
    corpus: { sources: null, use: 'marketing' },
    graph: {
      name: 'copywriter',
      nodes: { ...things, ...texts, ...sendings },
      edges: { ...whatIsSaid, 'bought-with': ['support', 'confidence', 'lift'], 'part-of': [] },
      tools: ['contentFor', 'count'],
      fewest: 0,
    },
  },
  /** Answers one person: what there is to say, and what that person bought and agreed to; no address of anybody. */
  support: {
    corpus: { sources: null, use: 'support' },
    graph: {
      name: 'support',
      nodes: {
        ...things,
        ...texts,
        person: ['givenName', 'language', 'lifecycle'],
        order: ['status', 'spentMinor'],
        subscription: ['status', 'plan', 'amountMinor', 'currency', 'interval'],
        consent: ['channel', 'state'],
      },
      edges: whatIsSaid,
      tools: ['personContext', 'contentFor'],
      fewest: 0,
    },
  },
  /** Looks at the whole: what goes with what and how many, and never at so few that they could be told apart. */
  analyst: {
    corpus: { sources: null, use: 'analysis' },
    graph: {
      name: 'analyst',
      nodes: { ...things, ...sendings },
      edges: { tagged: [], 'offered-as': [], 'part-of': [], 'bought-with': ['support', 'confidence', 'lift'] },
      tools: ['neighbourhood', 'related', 'path', 'count'],
      fewest: 10,
    },
  },
}

/** The version of a scope: what was decided under it may be told from what was decided under another. */
export const scopeHash = (agent: AgentName): Hash => hashOf(agentScopes[agent])

/** The graph as an agent sees it: the only one that its dependencies are given. */
export const graphFor = (reader: GraphReader, agent: AgentName, person?: string): ScopedGraph =>
  scopedGraph(reader, agentScopes[agent].graph, person)
