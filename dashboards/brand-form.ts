import { parseId, type Id } from '#kernel/ids.ts'
import { countries, type BrandProfile } from '#rag/brand/profile.ts'
import { formNames } from '#rag/forms.ts'
import type { Form } from './visitor.ts'

type BrandProposalId = Id<'brand-proposal'>

/** The name of the box that says whether the rules of a country hold. */
export const countryField = (country: string): string => `country-${country}`

/** The name of the box that ticks a learnt value. */
export const learntField = (id: BrandProposalId): string => `learnt-${id}`

/** The learnt values that are ticked. */
export const tickedLearnt = (form: Form): BrandProposalId[] =>
  Object.keys(form).flatMap((name) => parseId<'brand-proposal'>(name.replace(/^learnt-/, '')) ?? [])

/** A profile as the fields of its form: lists one a line, what belongs together in a line parted by `|`. */
export const formOfProfile = (profile: BrandProfile): Form => ({
  voice: profile.voice,
  examples: profile.examples.map(({ text }) => text).join('\n'),
  words: profile.words.join('\n'),
  forbidden: profile.forbidden.join('\n'),
  required: profile.required.map(({ what, words, forms }) => parted(what, words, forms?.join(', '))).join('\n'),
  links: profile.links.map(({ url, label, subject }) => parted(url, label, subject)).join('\n'),
  emails: profile.emails.join('\n'),
  phones: profile.phones.join('\n'),
  language: profile.language ?? '',
  addressForm: profile.addressForm ?? '',
  greeting: profile.greeting ?? '',
  closing: profile.closing ?? '',
  readingGrade: profile.readingGrade === undefined ? '' : String(profile.readingGrade),
  ...Object.fromEntries(profile.countries.map((country) => [countryField(country), 'on'])),
})

/** The names of all fields of the form. */
export const formFields: readonly string[] = [
  'voice', 'examples', 'words', 'forbidden', 'required', 'links', 'emails', 'phones', 'language', 'addressForm', 'greeting', 'closing',
  'readingGrade', ...countries.map(countryField),
] // prettier-ignore

/** What a person typed, as a profile: the schema judges whether it is one. An example keeps the place it was read in. */
export function profileFrom(form: Form, live: BrandProfile): unknown {
  const read = new Map(live.examples.map((example) => [example.text, example]))
  return {
    voice: form['voice'] ?? '',
    examples: linesOf(form['examples']).map((text) => read.get(text) ?? { text }),
    words: linesOf(form['words']),
    forbidden: linesOf(form['forbidden']),
    required: linesOf(form['required']).map((line) => {
      const [what = '', words = '', forms = ''] = parts(line)
      return { what, words, ...(forms !== '' && { forms: listOf(forms) }) }
    }),
    links: linesOf(form['links']).map((line) => {
      const [url = '', label = '', subject = ''] = parts(line)
      return { url, ...(label !== '' && { label }), ...(subject !== '' && { subject }) }
    }),
    emails: linesOf(form['emails']),
    phones: linesOf(form['phones']),
    countries: countries.filter((country) => form[countryField(country)] !== undefined),
    ...optional('language', form['language']),
    ...optional('addressForm', form['addressForm']),
    ...optional('greeting', form['greeting']),
    ...optional('closing', form['closing']),
    ...(form['readingGrade']?.trim() ? { readingGrade: Number(form['readingGrade']) } : {}),
  }
}

const parted = (...items: readonly (string | undefined)[]): string =>
  items.map((item) => item ?? '').join(' | ').replace(/(?: \| )+$/, '') // prettier-ignore

const parts = (line: string): string[] => line.split('|').map((part) => part.trim())

const linesOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

const optional = (field: string, text: string | undefined): Record<string, string> =>
  text?.trim() ? { [field]: text.trim() } : {}

/** The forms of copy a line may name. */
export const knownForms: string = formNames.join(', ')
