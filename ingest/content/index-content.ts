import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { RefusedError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { countryOfZone } from '../cleanse/country.ts'
import { insertChunks, type ChunkRow } from '../queries/chunks.ts'
import { selectCatalogueTopics, selectDocumentTopics, deleteDocumentTopics, insertDocumentTopics } from '../queries/document-topics.ts' // prettier-ignore
import { selectCatalogue, selectCurrentDocuments, type CurrentDocument } from '../queries/documents.ts'
import { acceptedFacts } from './accepted.ts'
import type { Conflict, Home } from './fact.ts'
import { statedFacts } from './facts.ts'
import { isAboutVoice } from './policy-facts.ts'
import { settleFacts } from './settle-facts.ts'
import { splitDocument } from './split.ts'
import { topicsOf } from './topics.ts'

export type ContentReport = {
  documents: number
  chunks: { added: number }
  topics: { added: number; removed: number }
  facts: { current: number; opened: number; closed: number }
  conflicts: Conflict[]
}

/** `business` says where it is: UTC unless told, and the country of its zone. */
export type ContentDeps = { db: Db; clock: Clock; business?: Home }

const leaseMs = 60_000

/**
 * Splits new versions of documents into chunks, links texts to topics, and makes the current facts exactly what the current
 * texts, the catalogue and accepted proposals state: a changed value closes the fact it replaces, and what contradicts
 * a fact that is believed is kept beside it. A text about how the business writes is kept, but is no content: nothing of it
 * is found or cited. Running it again changes nothing. Throws RefusedError while another process is at it.
 */
export const indexContent = (deps: ContentDeps): Promise<ContentReport> => indexing(deps, () => index(deps))

/** Runs work that changes what is indexed, alone. */
export async function indexing<T>(deps: ContentDeps, work: () => Promise<T>): Promise<T> {
  const done = await underLease(deps, 'content', leaseMs, async () => ({ result: await work() }))
  if (!done) throw new RefusedError('Content is being indexed by another process: try again when it is done')
  return done.result
}

/** What `indexContent` does, for who holds the lease already. */
export async function index({ db, clock, business }: ContentDeps): Promise<ContentReport> {
  const documents = (await selectCurrentDocuments(db)).filter(({ uri }) => !isAboutVoice(uri))
  const chunks = await splitNew({ db, clock }, documents)
  const topics = await linkTopics({ db }, documents)
  const at = clock()
  const [catalogue, accepted] = [await selectCatalogue(db), await acceptedFacts(db)]
  const home = { zone: business?.zone ?? 'utc', country: business?.country ?? countryOfZone(business?.zone ?? 'utc') }
  const { facts, conflicts } = statedFacts({ catalogue, texts: documents, accepted }, at, home)
  const settled = await settleFacts({ db, clock }, { facts, conflicts, at })
  return { documents: documents.length, chunks, topics, facts: settled, conflicts }
}

async function splitNew(
  { db, clock }: ContentDeps,
  documents: readonly CurrentDocument[],
): Promise<ContentReport['chunks']> {
  let added = 0
  for (const document of documents.filter(({ isSplit }) => !isSplit)) {
    const rows = chunkRows(document, clock)
    if (rows.length > 0) await db.transaction((tx) => insertChunks(tx, rows))
    added += rows.length
  }
  return { added }
}

const chunkRows = ({ id, body }: CurrentDocument, clock: Clock): ChunkRow[] =>
  splitDocument(body).map((chunk) => ({
    ...chunk,
    id: newId<'chunk'>(clock),
    documentId: id,
    contentHash: hashOf({ heading: chunk.heading, text: chunk.text }),
  }))

async function linkTopics(
  { db }: Pick<ContentDeps, 'db'>,
  documents: readonly CurrentDocument[],
): Promise<ContentReport['topics']> {
  const catalogue = await selectCatalogueTopics(db)
  const links = documents.flatMap((text) => topicsOf(text, catalogue).map((topic) => ({ documentId: text.id, topic })))
  const known = await selectDocumentTopics(db)
  const [wanted, kept] = [links, known].map((all) => new Set(all.map(linkOf)))
  const added = links.filter((link) => !kept!.has(linkOf(link)))
  const removed = known.filter((link) => !wanted!.has(linkOf(link)))
  if (added.length > 0 || removed.length > 0) {
    await db.transaction(async (tx) => {
      await deleteDocumentTopics(tx, removed)
      await insertDocumentTopics(tx, added)
    })
  }
  return { added: added.length, removed: removed.length }
}

const linkOf = ({ documentId, topic }: { documentId: string; topic: string }): string => `${documentId}\n${topic}`
