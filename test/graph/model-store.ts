import type { Generation, GraphStore } from '#graph/port.ts'
import { modelGraph, type ModelGraph } from './model-graph.ts'

/** The plain model with generations, as a store that a projection can write to. It keeps everything in memory. */
export function modelStore(): GraphStore {
  const copies = new Map<number, { graph: ModelGraph; version: string }>()
  let live: Generation | null = null
  let last = 0
  const copy = (generation: number): ModelGraph => {
    const found = copies.get(generation)
    if (!found) throw new Error(`There is no generation ${generation}: rebuild it`)
    return found.graph
  }
  const current = (): ModelGraph => (live ? copy(live.number) : modelGraph())
  return {
    live: async () => live,
    begin: async (version) => {
      for (const number of copies.keys()) if (number !== live?.number) copies.delete(number)
      copies.set((last += 1), { graph: modelGraph(), version })
      return last
    },
    apply: async (generation, batch) => copy(generation).apply(batch),
    census: async (generation) => copy(generation).census(),
    digests: async (generation, page) => copy(generation).digests(page),
    publish: async (generation, watermark) => {
      copy(generation)
      live = { number: generation, version: copies.get(generation)!.version, watermark }
      for (const number of copies.keys()) if (number !== generation) copies.delete(number)
    },
    personContext: (id, question) => current().personContext(id, question),
    neighbourhood: (node, question) => current().neighbourhood(node, question),
    related: (node, question) => current().related(node, question),
    contentFor: (subjects, question) => current().contentFor(subjects, question),
    segment: (rule, question) => current().segment(rule, question),
    path: (from, to, question) => current().path(from, to, question),
    lineage: (node, limit) => current().lineage(node, limit),
  }
}
