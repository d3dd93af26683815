import type { DraftBody, Evidence, Finding, Sentence } from '../draft.ts'
import { forms, type Form } from '../forms.ts'

/** What the business allows in its copy. */
export type GuardContext = {
  business: { name: string; site?: string }
  brand: { forbidden: readonly string[] }
  /** Pages, addresses and numbers that may stand in copy, beside the pages of the evidence. */
  allowed: { urls: readonly string[]; emails: readonly string[]; phones: readonly string[] }
  /** Merge slots that the renderer can fill: `person.given_name`. */
  slots: readonly string[]
  /** Where its readers live; without it, the rules of the European Union. */
  countries?: readonly Country[]
  /** The language it is to be written in; without it, none is asked for. */
  language?: Language
  /** Words that must stand in the whole (an unsubscribe line, who sends it, where they are): what each is, by its words; in some forms only, where told. */
  required?: readonly { what: string; words: string; forms?: readonly string[] | undefined }[]
  /** The very lines that letters open and close with: they state nothing. */
  courtesies?: readonly string[]
  /** School years it may ask of a reader; without it, as many as marketing should. */
  readingGrade?: number
  /** What it is to be published as; an e-mail unless told. */
  form?: Form
  /** Set where the copy is a proposal for a WhatsApp template. */
  template?: { name: string; category: 'marketing' | 'utility' | 'authentication' }
}

/** What the copy is to be published as. */
export const formIn = ({ form = forms.email }: GuardContext): Form => form

/** Countries whose rules on claims are known. */
export type Country = 'EU' | 'NL' | 'DE' | 'UK' | 'US'

/** Languages that can be told apart. */
export type Language = 'en' | 'nl' | 'de' | 'fr' | 'es' | 'it'

/** One text of a body: where it stands, its words with the slots blanked (same offsets), and what it rests on. */
export type Copy = {
  where: string
  kind: 'subject' | 'preheader' | 'sentence' | 'heading' | 'label'
  raw: string
  text: string
  /** Evidence it cites that holds now. Headings and labels cite nothing: they rest on all that the body cites. */
  support: readonly Evidence[]
  cited: number
}

/** A citation that holds no longer, or never did. */
export type BrokenCitation = { where: string; why: string }

/** A body as the rules see it; `copies` and `broken` are of what its form publishes. */
export type Subject = {
  body: DraftBody
  copies: readonly Copy[]
  broken: readonly BrokenCitation[]
  /** All evidence the body cites, that holds now. */
  evidence: readonly Evidence[]
  context: GuardContext
  /** Full names of customers that stand in the copy. */
  customers: readonly string[]
}

export type Trouble = Omit<Finding, 'rule' | 'version' | 'verdict'> & { verdict: 'block' | 'warn' }

/** One guardrail. Pure: the same subject has the same trouble. The version grows with every change of meaning. */
export type Rule = {
  readonly name: string
  readonly version: number
  /** What it demands, and why: for the page that lists the rules. */
  readonly what: string
  readonly why: string
  readonly check: (subject: Subject) => Trouble[]
}

/** A trouble that stops the draft. */
export const block = (copy: Pick<Copy, 'where'>, span: Trouble['span'], why: string, fix: string): Trouble => ({
  verdict: 'block', where: copy.where, span, why, fix,
}) // prettier-ignore

/** A trouble that a person should see and may accept. */
export const warn = (copy: Pick<Copy, 'where'>, span: Trouble['span'], why: string, fix: string): Trouble => ({
  verdict: 'warn', where: copy.where, span, why, fix,
}) // prettier-ignore

/** The place of a match in the text. */
export const spanOf = (match: RegExpExecArray): { start: number; end: number } => ({
  start: match.index,
  end: match.index + match[0].length,
})

type Place = { where: string; kind: Copy['kind']; text: string; citations: Sentence['citations'] | null }

const sentence = (where: string, kind: Copy['kind'], { text, citations }: Sentence): Place => ({
  where, kind, text, citations,
}) // prettier-ignore

/** Every text of a body with its path; citations are null where a text cannot cite. */
export function placesOf(body: DraftBody): Place[] {
  const blocks = body.blocks.flatMap((item, index): Place[] => {
    const at = `blocks.${index}`
    if (item.kind === 'paragraph')
      return item.sentences.map((one, n) => sentence(`${at}.sentences.${n}`, 'sentence', one))
    if (item.kind === 'list') return item.items.map((one, n) => sentence(`${at}.items.${n}`, 'sentence', one))
    if (item.kind === 'button') return [{ where: `${at}.label`, kind: 'label', text: item.label, citations: null }]
    return [{ where: `${at}.text`, kind: 'heading', text: item.text, citations: null }]
  })
  return [sentence('subject', 'subject', body.subject), sentence('preheader', 'preheader', body.preheader), ...blocks]
}

/** The texts of a body that its form publishes: without a headline the subject is a name at the desk alone. */
export const publicPlaces = (body: DraftBody, form: Pick<Form, 'headline' | 'summary'>): Place[] =>
  placesOf(body).filter(({ kind }) => {
    if (kind === 'subject') return form.headline !== null
    return kind !== 'preheader' || form.summary !== null
  })

/**
 * The text with its merge slots blanked, so that offsets stay. The words of a fallback stay too: a reader sees them,
 * and a rule must.
 */
export const withoutSlots = (text: string): string =>
  text.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, (slot) => {
    const fallback = /default:\s*"([^"]*)"|default:\s*'([^']*)'/.exec(slot)
    const words = fallback?.[1] ?? fallback?.[2] ?? ''
    const at = words === '' ? 0 : slot.indexOf(words)
    return ' '.repeat(at) + words + ' '.repeat(slot.length - at - words.length)
  })
