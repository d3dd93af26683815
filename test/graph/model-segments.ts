import { engagementLevel } from '#graph/engagement.ts'
import type { GraphNode, NodeRef, Properties } from '#graph/port.ts'
import type { Leaf, SegmentRule } from '#graph/segment-rule.ts'
import { compare, distinct, paidOrders, since, spent, things, type View } from './model-view.ts'

// Whether a rule selects a person, leaf by leaf as the agreement about segments reads.

export function selects(view: View, person: GraphNode, rule: SegmentRule, at: Date): boolean {
  if ('all' in rule) return rule.all.every((part) => selects(view, person, part, at))
  if ('any' in rule) return rule.any.some((part) => selects(view, person, part, at))
  if ('not' in rule) return !selects(view, person, rule.not, at)
  return holdsFor(view, person, rule, at)
}

function holdsFor(view: View, person: GraphNode, rule: Leaf, at: Date): boolean {
  if ('bought' in rule) return bought(view, person, rule.bought, at)
  if ('spent' in rule) {
    const orders = paidOrders(view, person.id).filter((order) => isWithin(order, rule.spent.withinDays, at))
    return spent(orders) >= rule.spent.atLeastMinor
  }
  if ('subscribed' in rule) return subscribed(view, person) === rule.subscribed
  if ('consent' in rule) return consented(view, person, rule.consent.channel)
  if ('lifecycle' in rule) return valueOf(person, 'lifecycle') === rule.lifecycle
  if ('channel' in rule) return valueOf(person, 'channel') === rule.channel
  if ('visited' in rule) {
    const visits = things(view, person.id, 'did').filter((event) => {
      const path = valueOf(event, 'path')
      return typeof path === 'string' && path.startsWith(rule.visited.path)
    })
    return visits.filter((visit) => isWithin(visit, rule.visited.withinDays, at)).length >= rule.visited.atLeast
  }
  if ('did' in rule) return did(view, person, rule.did, at)
  if ('property' in rule) return has(person, rule.property)
  if ('reaches' in rule) return reaches(view, person, rule.reaches)
  if ('engagement' in rule) return isEngaged(person, rule.engagement, at)
  return isOfFifths(person, rule.rfm)
}

type Of<Name extends string> = Extract<Leaf, Record<Name, unknown>> extends Record<Name, infer Body> ? Body : never

/** What a node says under a name, undefined when it says nothing. */
const valueOf = (node: GraphNode, name: string): Properties[string] | undefined =>
  Object.hasOwn(node.properties, name) ? node.properties[name] : undefined

const says = (node: GraphNode, where: Properties | undefined): boolean =>
  Object.entries(where ?? {}).every(([name, value]) => valueOf(node, name) === value)

const dayMs = 86_400_000

/** Of the last days: what nobody dates is of none. */
const isWithin = (node: GraphNode, days: number | undefined, at: Date): boolean =>
  days === undefined || since(node) > at.getTime() - days * dayMs

/** At least so many days ago: what nobody dates is not. */
const isBefore = (node: GraphNode, days: number | undefined, at: Date): boolean =>
  days === undefined || (node.validFrom !== null && since(node) <= at.getTime() - days * dayMs)

function bought(view: View, person: GraphNode, rule: Of<'bought'>, at: Date): boolean {
  const { sku, type, topic, atLeast, withinDays } = rule
  const wanted = (product: GraphNode): boolean =>
    (sku === undefined || product.id === sku) &&
    (type === undefined || valueOf(product, 'type') === type) &&
    (topic === undefined || view.out(product, 'tagged').some((step) => step.node.id === topic))
  const isAny = sku === undefined && type === undefined && topic === undefined
  const orders = paidOrders(view, person.id).filter((order) => isWithin(order, withinDays, at))
  return (
    orders.filter((order) => isAny || view.out(order, 'contains').some((step) => wanted(step.node))).length >= atLeast
  )
}

/** The newest dated word; of two at one instant the one with the greater id. */
const lastWord = (nodes: readonly GraphNode[]): GraphNode | undefined =>
  nodes.filter(({ validFrom }) => validFrom !== null).toSorted((a, b) => since(b) - since(a) || compare(b.id, a.id))[0]

function subscribed(view: View, person: GraphNode): boolean {
  const words = things(view, person.id, 'did').filter((event) => valueOf(event, 'subscription') !== undefined)
  return lastWord(words)?.properties['subscription'] === 'on'
}

function consented(view: View, person: GraphNode, channel: string): boolean {
  const words = view.out(person, 'known-as').flatMap((known) => {
    const said = view.out(known.node, 'consented').map((step) => step.node)
    return lastWord(said.filter((consent) => valueOf(consent, 'channel') === channel)) ?? []
  })
  return words.length > 0 && words.every((word) => word.properties['state'] === 'granted')
}

function did(view: View, person: GraphNode, rule: Of<'did'>, at: Date): boolean {
  const { event: name, where, about, campaign, atLeast, withinDays, beforeDays } = rule
  const events = things(view, person.id, 'did').filter(
    (event) =>
      valueOf(event, 'event') === name &&
      says(event, where) &&
      (about === undefined || view.out(event, 'about').some((step) => step.node.id === about)) &&
      (campaign === undefined || leadsTo(view, event, campaign)) &&
      isWithin(event, withinDays, at) &&
      isBefore(event, beforeDays, at),
  )
  return events.length >= atLeast
}

const leadsTo = (view: View, event: NodeRef, campaign: string): boolean =>
  view.out(event, 'part-of').some(({ node }) => node.kind === 'campaign' && node.id === campaign)

function has(person: GraphNode, rule: Of<'property'>): boolean {
  const value = valueOf(person, rule.name)
  if (rule.exists !== undefined && rule.exists !== (value !== undefined)) return false
  if (value === undefined) return rule.exists === false && !namesValue(rule)
  if (rule.is !== undefined && value !== rule.is) return false
  if (rule.in !== undefined && !rule.in.includes(value)) return false
  if (rule.atLeast !== undefined && !(typeof value === 'number' && value >= rule.atLeast)) return false
  return rule.atMost === undefined || (typeof value === 'number' && value <= rule.atMost)
}

const namesValue = ({ is, in: several, atLeast, atMost }: Of<'property'>): boolean =>
  [is, several, atLeast, atMost].some((test) => test !== undefined)

function reaches(view: View, person: GraphNode, rule: Of<'reaches'>): boolean {
  let ends: GraphNode[] = [person]
  for (const { edge, way } of rule.by) {
    const steps = (node: GraphNode) => [
      ...(way === 'back' ? [] : view.out(node, edge)),
      ...(way === 'out' ? [] : view.back(node, edge)),
    ]
    ends = distinct(ends.flatMap((node) => steps(node).map((step) => step.node)))
  }
  return ends.some(
    (end) => end.kind === rule.kind && (rule.id === undefined || end.id === rule.id) && says(end, rule.where),
  )
}

/** Who did nothing has no points: too few for any lower bound, few enough for any upper one. */
function isEngaged(person: GraphNode, { atLeast, atMost }: Of<'engagement'>, at: Date): boolean {
  const known = valueOf(person, 'engagement')
  const level = typeof known === 'number' ? known : -Infinity
  return (
    (atLeast === undefined || level >= engagementLevel(atLeast, at)) &&
    (atMost === undefined || level <= engagementLevel(atMost, at))
  )
}

const isOfFifths = (person: GraphNode, rule: Of<'rfm'>): boolean =>
  (['recency', 'frequency', 'monetary'] as const).every((name) => {
    const bounds = rule[name]
    if (bounds === undefined) return true
    const digit = valueOf(person, name)
    return typeof digit === 'number' && digit >= (bounds.atLeast ?? 1) && digit <= (bounds.atMost ?? 5)
  })
