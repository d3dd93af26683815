import { randomBytes } from 'node:crypto'
import neo4j, { type Driver } from 'neo4j-driver'
import { neo4jGraph } from '#graph/adapters/neo4j.ts'
import { contextByCypher } from './by-hand-cypher.ts'
import type { Bench } from './stores.ts'

/** Takes away what a run wrote, and waits until it is gone. */
const emptying = [
  'MATCH (n:MillraceNode) WHERE n._key STARTS WITH $prefix CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS',
  'MATCH (n:MillraceGeneration {space: $space}) DETACH DELETE n',
  'MATCH (n:MillraceSpace {name: $space}) DETACH DELETE n',
]

/** A space of its own in a server; `close` empties it. */
export async function neo4jBench(url: string): Promise<Bench> {
  const uri = new URL(url)
  const [user, password] = [decodeURIComponent(uri.username), decodeURIComponent(uri.password)]
  uri.username = uri.password = ''
  const space = `bench-${randomBytes(4).toString('hex')}`
  const store = neo4jGraph({ uri: uri.href, space, ...(password && { user, password }) })
  const driver: Driver = neo4j.driver(uri.href, password ? neo4j.auth.basic(user, password) : undefined, { disableLosslessIntegers: true }) // prettier-ignore
  const close = async (): Promise<void> => {
    const session = driver.session()
    for (const statement of emptying) await session.run(statement, { space, prefix: `${space}/` })
    await session.close()
    await driver.close()
    await store.close()
  }
  return { name: 'neo4j', store, byHand: contextByCypher(driver, space, store), close }
}
