import type { ContactFact } from '../queries/brand-sources.ts'
import { seenIn, type Learnt } from './learnt.ts'
import { isCleanText, type Sentence } from './own-sentences.ts'
import type { BrandProfile } from './profile.ts'

type Country = BrandProfile['countries'][number]

/** What shows that a business is somewhere, or sells there. A plus one is also Canada's; a dollar also Australia's. */
const signs: readonly { country: Country; phone?: RegExp; address?: RegExp; money?: RegExp }[] = [
  { country: 'NL', phone: /^\+31/, address: /\b\d{4}\s?[A-Z]{2}\s+\p{Lu}/u },
  { country: 'DE', phone: /^\+49/ },
  { country: 'UK', phone: /^\+44/, address: /\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b/, money: /£\s?\d/ },
  { country: 'US', money: /(?:(?<![\p{L}$])\$|US\$|USD)\s?\d/u },
  { country: 'EU', money: /€\s?\d|\d\s?€|\bEUR\s?\d/ },
]

/** A currency that is named less often may be anybody's. */
const fewestPrices = 3

type Contact = ContactFact & { value: string; sentence: Sentence }

const stated = ({ sentence }: Contact) => ({
  why: 'it stands on a page of the business',
  evidence: seenIn([sentence]),
})

/** How the business is reached, and whose rules on claims hold for its readers: by its address, telephone and prices. */
export function whereabouts(facts: readonly ContactFact[], sentences: readonly Sentence[]): Learnt[] {
  const contacts = facts.flatMap((fact) => contactOf(fact, sentences))
  const of = (predicate: string): Contact[] => contacts.filter((one) => one.predicate.startsWith(predicate))
  return [
    ...signs.flatMap((sign) => countryBy(sign, of('phone'), of('address'), sentences)),
    ...of('email').map((one): Learnt => ({ field: 'emails', value: one.value, ...stated(one) })),
    ...of('phone').map((one): Learnt => ({ field: 'phones', value: one.value, ...stated(one) })),
  ]
}

/** Only what stands in a sentence that was read: in none that hides words or speaks to a model. */
function contactOf(fact: ContactFact, sentences: readonly Sentence[]): Contact[] {
  const { value } = fact
  const sentence = sentences.find(
    (one) => one.documentId === fact.documentId && one.startByte <= fact.startByte && one.endByte >= fact.endByte,
  )
  return typeof value === 'string' && sentence && isCleanText(value) ? [{ ...fact, value, sentence }] : []
}

function countryBy(
  { country, phone, address, money }: (typeof signs)[number],
  phones: readonly Contact[],
  addresses: readonly Contact[],
  sentences: readonly Sentence[],
): Learnt[] {
  const dialled = phone ? phones.filter(({ value }) => phone.test(value)) : []
  const placed = address ? addresses.filter(({ value }) => address.test(value)) : []
  const paid = money ? sentences.filter(({ text }) => money.test(text)) : []
  const why = [
    ...(dialled.length > 0 ? ['a telephone number there'] : []),
    ...(placed.length > 0 ? ['an address there'] : []),
    ...(paid.length >= fewestPrices ? [`prices in its money in ${paid.length} places`] : []),
  ]
  const told = paid.filter(({ kind }) => kind !== 'table')
  const shown = [...[...placed, ...dialled].map(({ sentence }) => sentence), ...told, ...paid]
  if (why.length === 0) return []
  return [{ field: 'countries', value: country, why: why.join('; '), evidence: seenIn(shown) }]
}
