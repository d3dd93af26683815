import { sha256 } from '#kernel/crypto.ts'
import { newId } from '#kernel/ids.ts'
import type { Product, SourceDocument } from '../canon.ts'
import { replaceDocuments } from '../queries/document-versions.ts'
import { upsertProducts } from '../queries/products.ts'
import { newestOf, type Said, type Writing } from './writing.ts'

export async function writeProducts({ tx, clock, source }: Writing, said: readonly Said<Product>[]): Promise<void> {
  const newest = newestOf(
    said.map(({ canon, recordId }) => ({ ...canon, recordId, id: newId<'product'>(clock) })),
    (product) => product.externalId,
    () => 0,
  )
  if (newest.length > 0) await upsertProducts(tx, source, newest)
}

/** The newest text of each address becomes its current version; the one before keeps its history. */
export async function writeDocuments(
  { tx, clock, source }: Writing,
  said: readonly Said<SourceDocument>[],
): Promise<void> {
  const rows = said.map(({ canon, recordId }) => ({
    ...canon,
    tags: canon.tags ?? [],
    id: newId<'document'>(clock),
    contentHash: sha256(canon.body),
    validFrom: canon.validFrom ?? clock(),
    recordId,
  }))
  const newest = newestOf(
    rows,
    (row) => row.uri,
    () => 0,
  )
  if (newest.length > 0) await replaceDocuments(tx, source, clock(), newest)
}
