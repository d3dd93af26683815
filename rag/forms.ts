/** What a channel takes of a piece of copy: which parts it has, and how long they may be, in characters unless told. */
export type Form = {
  readonly name: string
  /** As a marketer calls it. */
  readonly words: string
  /** Whether the subject is read by the public (a headline), or is only what the copy goes by at the desk. */
  readonly headline: number | null
  /** The line below the headline: a preheader, a description. */
  readonly summary: number | null
  /** Everything else, as its readers get it. */
  readonly most: number
  /** What becomes of more: the platform refuses it, or cuts it where readers stop. */
  readonly over: 'refused' | 'cut'
  /** How its platform counts (form-text.ts). */
  readonly counted: 'characters' | 'x' | 'sms'
  /** Which blocks it may have. */
  readonly blocks: readonly ('heading' | 'paragraph' | 'list' | 'button')[]
  /** Where the link of a button goes: a button with a label of so many characters, the end of the text, or beside it. */
  readonly link: { readonly as: 'button' | 'text' | 'beside'; readonly label: number } | null
  /** Words of a person may stand in it, such as a first name. */
  readonly personal: boolean
  /** Who takes it from here: the ledger sends it, our server shows it, or a person publishes an export. */
  readonly leaves: 'sent' | 'served' | 'exported'
}

const page = { blocks: ['heading', 'paragraph', 'list', 'button'], link: { as: 'button', label: 30 }, counted: 'characters', over: 'cut' } as const // prettier-ignore
const post = { headline: null, summary: null, counted: 'characters', blocks: ['paragraph', 'button'], link: { as: 'text', label: 60 }, over: 'refused', personal: false, leaves: 'exported' } as const // prettier-ignore
const message = { summary: null, counted: 'characters', over: 'refused', personal: true, leaves: 'sent' } as const

/**
 * The forms of copy there are. Limits: X 280 characters a post, a link 23 of them; LinkedIn 3,000; Facebook cuts after
 * about 477 and takes 63,206; Instagram captions 2,200, without links; Google responsive search ads headlines 30,
 * descriptions 90, of which the summary is the first; WhatsApp template headers 60, bodies 1,024, buttons 25; one SMS of
 * 160 GSM characters, three of them (459) at most; Telegram messages 4,096.
 */
export const forms = {
  email: { ...page, name: 'email', words: 'e-mail', headline: 60, summary: 100, most: 6000, personal: true, leaves: 'sent' },
  'landing-page': { ...page, name: 'landing-page', words: 'landing page', headline: 80, summary: 160, most: 8000, personal: false, leaves: 'served' },
  'blog-post': { ...page, name: 'blog-post', words: 'blog post', headline: 80, summary: 160, most: 12_000, personal: false, leaves: 'served' },
  x: { ...post, name: 'x', words: 'post on X', most: 280, counted: 'x' },
  linkedin: { ...post, name: 'linkedin', words: 'post on LinkedIn', most: 3000 },
  facebook: { ...post, name: 'facebook', words: 'post on Facebook', most: 2000, over: 'cut' },
  instagram: { ...post, name: 'instagram', words: 'caption on Instagram', most: 2200, blocks: ['paragraph'], link: null },
  ad: { ...post, name: 'ad', words: 'search ad', headline: 30, summary: 90, most: 90, link: { as: 'beside', label: 60 } },
  'whatsapp-template': { ...message, name: 'whatsapp-template', words: 'WhatsApp template', headline: 60, most: 1024, blocks: ['paragraph', 'button'], link: { as: 'button', label: 25 } },
  sms: { ...message, name: 'sms', words: 'SMS', headline: null, most: 459, counted: 'sms', blocks: ['paragraph', 'button'], link: { as: 'text', label: 60 } },
  telegram: { ...message, name: 'telegram', words: 'Telegram message', headline: null, most: 4096, blocks: ['paragraph', 'list', 'button'], link: { as: 'button', label: 30 } },
} as const satisfies Record<string, Form> // prettier-ignore

export type FormName = keyof typeof forms
export const formNames = Object.keys(forms) as FormName[]
