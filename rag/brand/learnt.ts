import { z } from 'zod'
import { addressForms, countries, differing, languages, placeSchema, type BrandProfile } from './profile.ts'
import type { Sentence } from './own-sentences.ts'

const text = z.string().min(1).max(300)

/** One value of a field of the profile, of the kinds that can be learnt. */
export const learntSchema = z.discriminatedUnion('field', [
  z.object({ field: z.literal('voice'), value: text }),
  z.object({ field: z.literal('examples'), value: text }),
  z.object({ field: z.literal('words'), value: text }),
  z.object({ field: z.literal('language'), value: z.enum(languages) }),
  z.object({ field: z.literal('countries'), value: z.enum(countries) }),
  z.object({ field: z.literal('addressForm'), value: z.enum(addressForms) }),
  z.object({ field: z.literal('greeting'), value: text }),
  z.object({ field: z.literal('closing'), value: text }),
  z.object({ field: z.literal('emails'), value: text }),
  z.object({ field: z.literal('phones'), value: text }),
  z.object({ field: z.literal('readingGrade'), value: z.int() }),
])

/** Words of a text that show it, and where they stand. */
export const seenSchema = placeSchema.extend({ title: z.string(), quote: z.string() })
export type Seen = z.infer<typeof seenSchema>

/** A value, why it was taken for one, and what shows it. */
export type Learnt = z.infer<typeof learntSchema> & { why: string; evidence: Seen[] }

/** The profile with a learnt value: it is said beside the voice, joins a list, or takes the place of another. */
export function profileWith(profile: BrandProfile, learnt: Learnt): BrandProfile {
  const { voice, examples, countries: homes } = profile
  if (learnt.field === 'voice') return { ...profile, voice: voice.includes(learnt.value) ? voice : `${voice}; ${learnt.value}` } // prettier-ignore
  if (learnt.field === 'countries') return { ...profile, countries: withOne(homes, learnt.value) }
  if (learnt.field === 'examples') {
    return examples.some(({ text: known }) => known === learnt.value)
      ? profile
      : { ...profile, examples: [...examples, exampleOf(learnt)] }
  }
  if (learnt.field === 'words' || learnt.field === 'emails' || learnt.field === 'phones')
    return { ...profile, [learnt.field]: withOne(profile[learnt.field], learnt.value) }
  return { ...profile, [learnt.field]: learnt.value }
}

const withOne = <T>(list: readonly T[], one: T): T[] => (list.includes(one) ? [...list] : [...list, one])

function exampleOf({ value, evidence: [seen] }: Learnt & { field: 'examples' }): BrandProfile['examples'][number] {
  if (!seen) return { text: value }
  const { documentId, startByte, endByte } = seen
  return { text: value, readIn: { documentId, startByte, endByte } }
}

/** Whether the profile says so already. */
export const isSaid = (profile: BrandProfile, learnt: Learnt): boolean =>
  differing(profile, profileWith(profile, learnt)).length === 0

const [most, longest] = [3, 240]

/** The first few of some sentences, as evidence; of different texts as far as there are some. */
export function seenIn(sentences: readonly Sentence[]): Seen[] {
  const firsts = [...Map.groupBy(sentences, ({ documentId }) => documentId).values()].flatMap((ofOne) => ofOne[0] ?? [])
  const chosen = [...new Set([...firsts, ...sentences])].slice(0, most)
  return chosen.map(({ documentId, startByte, endByte, title, text: words }) => ({
    documentId, startByte, endByte, title, quote: words.length > longest ? `${words.slice(0, longest)} …` : words,
  })) // prettier-ignore
}
