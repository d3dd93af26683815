import neo4j, { type Driver } from 'neo4j-driver'
import type { GraphNode, GraphStore, PersonContext } from '#graph/port.ts'
import type { ByHand } from './reading.ts'
import { today } from './shop.ts'

export function contextByCypher(driver: Driver, space: string, store: GraphStore): ByHand {
  let prefix: string | undefined
  return async (personId, limit) => {
    prefix ??= `${space}/${(await store.live())?.number}`
    const { records } = await driver.executeQuery(personCypher, { key: `${prefix}/person/${personId}`, at: neo4j.int(today.getTime()), limit: neo4j.int(limit) }, { routing: 'READ' }) // prettier-ignore
    const answer = records[0]?.toObject()
    return answer ? contextFrom(answer) : null
  }
}

const holds = (...names: string[]): string => names.map((name) => `${name}._validFrom <= $at AND ${name}._validTo > $at`).join(' AND ') // prettier-ignore
const newest = (type: string): string => `COLLECT { WITH p MATCH (p)-[k:KNOWN_AS]->(i)-[e:${type}]->(n) WHERE ${holds('k', 'i', 'e', 'n')} WITH n, max([e._validFrom, e._digest]) AS came ORDER BY came DESC LIMIT $limit RETURN n }` // prettier-ignore
const byId = (way: string, names: string[]): string => `COLLECT { WITH p MATCH ${way} WHERE ${holds(...names)} WITH DISTINCT n ORDER BY n._key LIMIT $limit RETURN n }` // prettier-ignore

const personCypher = `
  MATCH (p:MillraceNode {_key: $key}) WHERE ${holds('p')}
  RETURN p AS person,
    ${byId('(p)-[k:KNOWN_AS]->(n)', ['k', 'n'])} AS identifiers,
    ${byId('(p)-[k:KNOWN_AS]->(i)-[w:WORKS_AT]->(n)', ['k', 'i', 'w', 'n'])} AS organisations,
    ${byId('(p)-[k:KNOWN_AS]->(i)-[h:HOLDS]->(n)', ['k', 'i', 'h', 'n'])} AS subscriptions,
    ${byId('(p)-[k:IN]->(n)', ['k', 'n'])} AS segments,
    COLLECT { WITH p MATCH (p)-[k:KNOWN_AS]->(i)-[b:PLACED]->(o) WHERE ${holds('k', 'i', 'b', 'o')} AND o.status = 'paid'
      WITH DISTINCT o RETURN {spent: o.spentMinor, at: o._validFrom} } AS paid,
    COLLECT { WITH p MATCH (p)-[k:KNOWN_AS]->(i)-[b:PLACED]->(o) WHERE ${holds('k', 'i', 'b', 'o')}
      WITH o, max([b._validFrom, b._digest]) AS came ORDER BY came DESC LIMIT $limit
      RETURN {node: o, products: COLLECT { WITH o MATCH (o)-[c:CONTAINS]->(n) WHERE ${holds('c', 'n')} WITH c, n ORDER BY n._key
        RETURN {key: n._key, label: n._label, quantity: c.quantity} }} } AS orders,
    ${newest('DID')} AS events,
    ${newest('CONSENTED')} AS consents,
    COLLECT { WITH p MATCH (p)-[k:KNOWN_AS]->(i)-[b:PLACED]->(o)-[c:CONTAINS]->(m)-[t:TAGGED]->(n)
      WHERE ${holds('k', 'i', 'b', 'o', 'c', 'm', 't', 'n')} AND o.status = 'paid'
      WITH n, count(DISTINCT o) AS weight ORDER BY weight DESC, n._key LIMIT $limit RETURN {node: n, weight: weight} } AS interests`

type Fields = Record<string, unknown>
type Found = { properties: Fields }

function contextFrom(answer: Fields): PersonContext {
  const nodes = (name: string): GraphNode[] => (answer[name] as Found[]).map(nodeFrom)
  const paid = answer['paid'] as { spent: number; at: number }[]
  const times = paid.flatMap(({ at }) => dateOf(at) ?? []).toSorted((a, b) => a.getTime() - b.getTime())
  return {
    person: nodeFrom(answer['person'] as Found),
    identifiers: nodes('identifiers'),
    organisations: nodes('organisations'),
    subscriptions: nodes('subscriptions'),
    segments: nodes('segments'),
    totals: { orders: paid.length, spentMinor: paid.reduce((sum, { spent }) => sum + spent, 0), firstOrderAt: times[0] ?? null, lastOrderAt: times.at(-1) ?? null }, // prettier-ignore
    orders: (answer['orders'] as { node: Found; products: { key: string; label: string; quantity: number }[] }[]).map(({ node, products }) => ({ ...nodeFrom(node), products: products.map(({ key, label, quantity }) => ({ id: idIn(key), label, quantity })) })), // prettier-ignore
    events: nodes('events'),
    consents: nodes('consents'),
    interests: (answer['interests'] as { node: Found; weight: number }[]).map(({ node, weight }) => ({ node: nodeFrom(node), weight })), // prettier-ignore
  }
}

const dateOf = (value: unknown): Date | null => (typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? new Date(value) : null) // prettier-ignore
const idIn = (key: string): string => key.split('/').slice(3).join('/')

function nodeFrom({ properties: fields }: Found): GraphNode {
  const key = String(fields['_key'])
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null)
  return {
    kind: key.split('/')[2] as GraphNode['kind'],
    id: idIn(key),
    label: text('_label') ?? idIn(key),
    properties: Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith('_'))) as GraphNode['properties'], // prettier-ignore
    validFrom: dateOf(fields['_validFrom']),
    validTo: dateOf(fields['_validTo']),
    recordedAt: dateOf(fields['_recordedAt']),
    endRecordedAt: dateOf(fields['_endRecordedAt']),
    recordId: text('_recordId'),
    runId: text('_runId'),
  }
}
