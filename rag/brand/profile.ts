import { z } from 'zod'
import { canonicalJson } from '#kernel/crypto.ts'
import { parseId, type DocumentId } from '#kernel/ids.ts'
import { formNames } from '../forms.ts'
import { hiddenSigns } from '../guardrails/injection/readings.ts'
import type { Country, Language } from '../guardrails/rule.ts'

export const languages = ['en', 'nl', 'de', 'fr', 'es', 'it'] as const satisfies readonly Language[]
export const countries = ['EU', 'NL', 'DE', 'UK', 'US'] as const satisfies readonly Country[]

/** How readers are spoken to, by the word of their language. */
export const addressForms = ['you', 'je', 'u', 'du', 'Sie', 'tu', 'vous'] as const
export type AddressForm = (typeof addressForms)[number]

/** One line that a reader sees whole: what is hidden in a text cannot be judged by whoever keeps it. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => text.search(hiddenSigns) < 0 && !/[\r\n]/.test(text), 'has signs that no reader sees, or more than one line') // prettier-ignore

/** Bytes [startByte, endByte) of a version of a text. */
export const placeSchema = z.strictObject({
  documentId: z.custom<DocumentId>((id) => typeof id === 'string' && parseId(id) !== null, 'is no id'),
  startByte: z.int().min(0),
  endByte: z.int().min(0),
})
export type Place = z.infer<typeof placeSchema>

/** How a business speaks, as the registry of versions keeps it and as a file of it reads. */
export const brandProfileSchema = z.strictObject({
  /** How it sounds, in words. */
  voice: line(600),
  /** Own sentences worth imitating, and where each was read; nowhere, where a person wrote it down. */
  examples: z.array(z.strictObject({ text: line(300), readIn: placeSchema.optional() })).max(12).default([]),
  /** Words it likes, and words it never uses. */
  words: z.array(line(40)).max(60).default([]),
  forbidden: z.array(line(60)).max(300).default([]),
  /** What must stand in its copy: what it is, by its words; in these forms, or in all. */
  required: z
    .array(z.strictObject({ what: line(80), words: line(200), forms: z.array(z.enum(formNames)).min(1).optional() }))
    .max(30)
    .default([]),
  language: z.enum(languages).optional(),
  /** Whose rules on claims hold: where its readers live. None: those of the European Union. */
  countries: z.array(z.enum(countries)).default([]),
  addressForm: z.enum(addressForms).optional(),
  /** Where a button may lead, beside the pages of the evidence. `subject` such as `product:SKU`. */
  links: z.array(z.strictObject({ url: z.url(), label: line(80).optional(), subject: line(120).optional() })).max(60).default([]),
  emails: z.array(z.email()).max(30).default([]),
  phones: z.array(line(30)).max(30).default([]),
  /** How letters open and close: a whole line, or mere words (`Hi`, `With care`) that get the reader's or the business's name. */
  greeting: line(80).optional(),
  closing: line(120).optional(),
  /** School years that its copy should ask of a reader at most. */
  readingGrade: z.int().min(3).max(18).optional(),
}) // prettier-ignore
export type BrandProfile = z.infer<typeof brandProfileSchema>
export type BrandField = keyof BrandProfile

export const brandFields = Object.keys(brandProfileSchema.shape) as BrandField[]

/** The fields in which two profiles differ, in the order of the schema. */
export const differing = (a: BrandProfile, b: BrandProfile): BrandField[] =>
  brandFields.filter((field) => canonicalJson(a[field] ?? null) !== canonicalJson(b[field] ?? null))

/** What each field is to whoever reads or edits it. */
export const fieldWords: Readonly<Record<BrandField, string>> = {
  voice: 'How it sounds',
  examples: 'Sentences worth imitating',
  words: 'Words it likes',
  forbidden: 'Words it never uses',
  required: 'What must stand in its copy',
  language: 'Language',
  countries: 'Where its readers live',
  addressForm: 'How readers are spoken to',
  links: 'Where buttons may lead',
  emails: 'E-mail addresses that may stand in copy',
  phones: 'Phone numbers that may stand in copy',
  greeting: 'How letters open',
  closing: 'How letters close',
  readingGrade: 'School years it asks of a reader at most',
}
