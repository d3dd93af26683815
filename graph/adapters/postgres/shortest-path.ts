import type { Instant, NodeRef } from '../../port.ts'
import { endsOfWay, nextTo, wayThrough } from '../../queries/walking.ts'
import type { Answered, Next } from './asking.ts'

type Way = { from: NodeRef; to: NodeRef; maxSteps: number }
/** Nodes at one distance from an end after another, the end first. */
type Levels = Set<number>[]

/**
 * The shortest way, sought from both ends, a level at a time from where there are fewer: two people who bought the same
 * meet at the product, though half the graph is as near. Then only what lies on a shortest way is kept, level by level,
 * and walked. No answer when the generation changed meanwhile.
 */
export async function shortestPath<T>(next: Next, instant: Instant, way: Way): Promise<Answered<T>> {
  const ends = await next<[number, number]>((copy) => endsOfWay({ copy, ...instant }, way.from, way.to))
  if (!ends?.answer) return ends && { answer: null }
  const nearby = async (nodes: Iterable<number>): Promise<number[] | undefined> =>
    (await next<number[]>((copy) => nextTo({ copy, ...instant }, [...nodes])))?.answer ?? undefined
  const sides = ends.answer.map((end) => [new Set([end])]) as [Levels, Levels]
  const met = await meet(sides, way.maxSteps, nearby)
  if (!met) return undefined
  if (met.length === 0) return { answer: null }
  const layers = await between(sides, met, nearby)
  if (!layers) return undefined
  const walked = await next<T & { nodes: unknown[] }>((copy) => wayThrough({ copy, ...instant }, layers))
  // A change meanwhile may have cut the way: then it is sought again.
  return walked?.answer?.nodes.length === layers.length ? walked : undefined
}

type Nearby = (nodes: Iterable<number>) => Promise<number[] | undefined>

/** Widens both sides until they touch; gives the nodes where they do. */
async function meet(
  [ahead, behind]: [Levels, Levels],
  maxSteps: number,
  nearby: Nearby,
): Promise<number[] | undefined> {
  const touching = (): number[] => [...ahead.at(-1)!].filter((no) => behind.at(-1)!.has(no))
  for (let met = touching(); ; met = touching()) {
    if (met.length > 0) return met
    const steps = ahead.length + behind.length - 2
    const side = ahead.at(-1)!.size <= behind.at(-1)!.size ? ahead : behind
    if (steps === maxSteps || side.at(-1)!.size === 0) return []
    const reached = await nearby(side.at(-1)!)
    if (!reached) return undefined
    side.push(new Set(reached.filter((no) => !side.some((level) => level.has(no)))))
  }
}

/** The layers of all shortest ways, from where the sides meet back to both ends. */
async function between(
  [ahead, behind]: [Levels, Levels],
  met: number[],
  nearby: Nearby,
): Promise<number[][] | undefined> {
  const halves = [[met], [met]]
  for (const [nth, levels] of [ahead, behind].entries()) {
    for (const level of levels.slice(0, -1).toReversed()) {
      const reached = level.size === 1 ? [...level] : await nearby(halves[nth]!.at(-1)!)
      if (!reached) return undefined
      halves[nth]!.push(reached.filter((no) => level.has(no)))
    }
  }
  return [...halves[0]!.toReversed(), ...halves[1]!.slice(1)]
}
