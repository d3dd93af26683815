import type { DocumentId, RecordId } from '#kernel/ids.ts'
import { catalogueFacts, variantOf, type CatalogueRow, type Variant } from './catalogue.ts'
import type { Conflict, Stated } from './fact.ts'
import { blocksOf, byteOffsets, type Block } from './markdown.ts'
import { isStory, policiesInText } from './policy-facts.ts'
import { namesOf, pricesInTable, pricesInText, type Found, type Names } from './price-facts.ts'
import { factsInTable } from './table-facts.ts'

export type SourceText = {
  id: DocumentId
  uri: string
  title: string
  body: string
  validFrom: Date
  recordId: RecordId
}

/**
 * What all current texts and the catalogue state. Where two state the same thing differently the catalogue is
 * believed before a text, a page before a story (which tells of its day), and a newer text before an older one; the other
 * is a conflict to be shown to a person.
 */
export function statedFacts(
  catalogue: readonly CatalogueRow[],
  texts: readonly SourceText[],
  at: Date,
): { facts: Stated[]; conflicts: Conflict[] } {
  const variants = catalogue.map(variantOf)
  const inOrder = texts.toSorted(byBelief)
  const all = [
    ...variants.flatMap((variant) => catalogueFacts(variant, at)),
    ...inOrder.flatMap((text) => textFacts(text, variants)),
  ]
  const facts = new Map<string, Stated>()
  const conflicts: Conflict[] = []
  for (const fact of all) {
    const key = `${fact.subject}\n${fact.predicate}`
    const believed = facts.get(key)
    if (!believed) facts.set(key, fact)
    else if (fact.statement !== believed.statement && JSON.stringify(fact.value) !== JSON.stringify(believed.value))
      conflicts.push({ subject: fact.subject, predicate: fact.predicate, believed, other: fact })
  }
  return { facts: [...facts.values()], conflicts }
}

const byBelief = (a: SourceText, b: SourceText): number =>
  Number(isStory(a.uri)) - Number(isStory(b.uri)) ||
  b.validFrom.getTime() - a.validFrom.getTime() ||
  (a.uri < b.uri ? -1 : 1)

/** The facts of one text, each with the bytes of the sentence or table row that states it. */
export function textFacts(text: SourceText, variants: readonly Variant[]): Stated[] {
  const blocks = blocksOf(text.body)
  // A title names the page; the headings below it name what the page is about.
  const names = namesOf(
    variants,
    [...new Set(blocks.flatMap((block) => block.headings.slice(1)))],
    isOfWorkshops(text) ? 'workshop' : 'offer',
  )
  const bytesAt = byteOffsets(text.body)
  const { id, recordId, validFrom } = text
  return blocks.flatMap((block) =>
    found(text, block, names).map(({ span, ...fact }) => ({
      ...fact,
      validFrom,
      evidence: { recordId, documentId: id, startByte: bytesAt(span.start), endByte: bytesAt(span.end) },
    })),
  )
}

function found({ uri, body }: SourceText, block: Block, names: Names): Found[] {
  if (block.kind === 'code') return []
  if (block.kind !== 'table') return [...pricesInText(body, block, names), ...policiesInText(uri, body, block)]
  const known = factsInTable(body, block, names.kind === 'workshop')
  return known.length > 0 ? known : pricesInTable(body, block, names)
}

const isOfWorkshops = ({ uri, title }: SourceText): boolean => /workshop/i.test(`${uri} ${title}`)
