import type { DocumentId, RecordId } from '#kernel/ids.ts'
import { canonicalJson } from '#kernel/crypto.ts'
import { catalogueFacts, variantOf, type CatalogueRow, type Variant } from './catalogue.ts'
import { contactsInText } from './contact-facts.ts'
import { keyOf, type Conflict, type Found, type Home, type Stated, type Written } from './fact.ts'
import { ingredientsIn } from './ingredient-facts.ts'
import { blocksOf, byteOffsets, type Block } from './markdown.ts'
import { discountsInText } from './offer-facts.ts'
import { openingHours } from './opening-hours.ts'
import { placesInText } from './place-facts.ts'
import { isStory, policiesInText } from './policy-facts.ts'
import { namesOf, pricesInTable, pricesInText, type Names } from './price-facts.ts'
import { factsInTable } from './table-facts.ts'

export type SourceText = {
  id: DocumentId
  uri: string
  title: string
  body: string
  validFrom: Date
  recordId: RecordId
}

/** What sources state: the catalogue, the current texts, and what persons accepted of what models read in these. */
export type Sources = {
  catalogue: readonly CatalogueRow[]
  texts: readonly SourceText[]
  accepted: readonly Stated[]
}

/**
 * What all sources state at a moment; what has run out or is to come is left out. Where two state the same thing differently
 * the catalogue is believed before a text, a page before a story (which tells of its day), what is newer before what is older,
 * and what a person accepted before what rules find in the same text; the other is a conflict to be shown to a person.
 */
export function statedFacts(
  { catalogue, texts, accepted }: Sources,
  at: Date,
  home: Home,
): { facts: Stated[]; conflicts: Conflict[] } {
  const variants = catalogue.map(variantOf)
  const stories = new Set(texts.filter(({ uri }) => isStory(uri)).map(({ id }) => id))
  const byUri = texts.toSorted((a, b) => (a.uri < b.uri ? -1 : 1))
  const inTexts = [...accepted, ...byUri.flatMap((text) => textFacts(text, variants, home))]
  const isTold = ({ evidence: { documentId } }: Stated): boolean => documentId !== null && stories.has(documentId)
  const all = [
    ...variants.flatMap((variant) => catalogueFacts(variant, at)),
    ...inTexts
      .filter(({ validFrom, validTo }) => validFrom <= at && (validTo === null || validTo > at))
      .toSorted((a, b) => Number(isTold(a)) - Number(isTold(b)) || b.validFrom.getTime() - a.validFrom.getTime()),
  ]
  const facts = new Map<string, Stated>()
  const conflicts: Conflict[] = []
  for (const fact of all) {
    const believed = facts.get(keyOf(fact))
    if (!believed) facts.set(keyOf(fact), fact)
    else if (fact.statement !== believed.statement && canonicalJson(fact.value) !== canonicalJson(believed.value))
      conflicts.push({ subject: fact.subject, predicate: fact.predicate, believed, other: fact })
  }
  return { facts: [...facts.values()], conflicts }
}

/** The facts of one text, each with the bytes of the sentence or table row that states it. */
export function textFacts(text: SourceText, variants: readonly Variant[], home: Home = { zone: 'utc' }): Stated[] {
  const blocks = blocksOf(text.body)
  // A title names the page; the headings below it name what the page is about.
  const names = namesOf(
    variants,
    [...new Set(blocks.flatMap((block) => block.headings.slice(1)))],
    isOfWorkshops(text) ? 'workshop' : 'offer',
  )
  const given: Written = { ...home, written: text.validFrom }
  const bytesAt = byteOffsets(text.body)
  const { id, recordId, validFrom } = text
  return told(blocks.flatMap((block) => found(text, block, names, given))).map(
    ({ subject, predicate, value, statement, span, from, until }) => ({
      subject, predicate, value, statement,
      validFrom: from ?? validFrom,
      validTo: until ?? null,
      evidence: { recordId, documentId: id, startByte: bytesAt(span.start), endByte: bytesAt(span.end) },
    }),
  ) // prettier-ignore
}

/** Two things said by one name in one text are two things, where the second has another name to go by. */
function told(all: readonly Found[]): Found[] {
  const values = new Map<string, string>()
  return all.map((fact) => {
    const value = canonicalJson(fact.value)
    const isOther = (values.get(keyOf(fact)) ?? value) !== value && fact.otherwise !== undefined
    if (!isOther) values.set(keyOf(fact), value)
    return isOther ? { ...fact, predicate: fact.otherwise! } : fact
  })
}

function found(text: SourceText, block: Block, names: Names, given: Written): Found[] {
  const { uri, title, body } = text
  if (block.kind === 'code') return []
  if (block.kind === 'table') return inTable(text, block, names)
  return [
    ...pricesInText(body, block, names, given),
    ...openingHours(body, block),
    ...placesInText(body, block, names, given),
    ...ingredientsIn(body, block, names, title),
    ...discountsInText(body, block, given),
    ...policiesInText(uri, body, block),
    ...contactsInText(uri, body, block, given),
  ]
}

function inTable({ title, body }: SourceText, block: Block, names: Names): Found[] {
  const known = factsInTable(body, block, names.kind === 'workshop')
  const priced = known.length > 0 ? known : pricesInTable(body, block, names)
  return [...priced, ...ingredientsIn(body, block, names, title)]
}

const isOfWorkshops = ({ uri, title }: SourceText): boolean => /workshop/i.test(`${uri} ${title}`)
