/** The kinds of templates there are. */
export const categories = ['marketing', 'utility', 'authentication'] as const
export type Category = (typeof categories)[number]

/** A part of a template as Meta's API has it; what this house does not make is kept as it came. */
export type Component = {
  type: string
  format?: string
  text?: string
  buttons?: readonly { type: string; text: string; url?: string; example?: readonly string[] }[]
  example?: unknown
}

/**
 * Of each variable of a header and a body, in Meta's order, the number of the copy's slot that fills it, from 1; and the
 * places of the buttons, from 0, whose address ends in a variable: the code of a short link.
 */
export type Fills = { header: readonly number[]; body: readonly number[]; buttons?: readonly number[] }

/** A template in Meta's list. status and quality in small letters: approved, pending, rejected, paused, disabled …; green, yellow, red, unknown. */
export type MetaTemplate = {
  id: string
  name: string
  language: string
  status: string
  category: Category
  quality: string
  rejectedFor: string | null
  components: readonly Component[]
}

/** A number as Meta has it. `mostADay`: people its portfolio may begin to write to in 24 hours; null: no limit, undefined: not told. */
export type MetaNumber = {
  shown: string
  name: string
  status: string
  quality: string
  mostADay: number | null | undefined
}

export type Proposal = { name: string; language: string; category: Category; components: readonly Component[] }

/** What Meta did not do, in words. `taken`: there is a template of that name and language already. */
export type MetaRefused = { kind: 'refused'; why: string; taken: boolean }

/** What the house asks of Meta beside sending. Throws when Meta cannot be reached, or answers what cannot be read. */
export type Meta = {
  templates: () => Promise<{ kind: 'told'; templates: MetaTemplate[] } | MetaRefused>
  number: () => Promise<{ kind: 'told'; number: MetaNumber } | MetaRefused>
  propose: (proposal: Proposal) => Promise<{ kind: 'proposed'; id: string; status: string; category: Category } | MetaRefused> // prettier-ignore
}

/** The account and number that this house sends from, and the way to ask about them. */
export type WhatsAppAccount = { account: string; number: string; meta: Meta }
