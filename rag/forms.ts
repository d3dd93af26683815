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
  /** Which blocks it may have. */
  readonly blocks: readonly ('heading' | 'paragraph' | 'list' | 'button')[]
  /** Words of a person may stand in it, such as a first name. */
  readonly personal: boolean
  /** Who takes it from here: the ledger sends it, our server shows it, or a person publishes an export. */
  readonly leaves: 'sent' | 'served' | 'exported'
}

const text = ['paragraph'] as const
const page = ['heading', 'paragraph', 'list', 'button'] as const

/**
 * The forms of copy there are. Limits: X 280 characters a post; LinkedIn 3,000; Facebook cuts after about 477 and takes
 * 63,206; Instagram captions 2,200; Google responsive search ads headlines 30, descriptions 90; WhatsApp template
 * bodies 1,024; one SMS of 160 GSM characters, three of them at most; Telegram messages 4,096.
 */
export const forms = {
  email: { name: 'email', words: 'e-mail', headline: 60, summary: 100, most: 6000, blocks: page, personal: true, leaves: 'sent' },
  'landing-page': { name: 'landing-page', words: 'landing page', headline: 80, summary: 160, most: 8000, blocks: page, personal: false, leaves: 'served' },
  'blog-post': { name: 'blog-post', words: 'blog post', headline: 80, summary: 160, most: 12_000, blocks: page, personal: false, leaves: 'served' },
  x: { name: 'x', words: 'post on X', headline: null, summary: null, most: 280, blocks: text, personal: false, leaves: 'exported' },
  linkedin: { name: 'linkedin', words: 'post on LinkedIn', headline: null, summary: null, most: 3000, blocks: text, personal: false, leaves: 'exported' },
  facebook: { name: 'facebook', words: 'post on Facebook', headline: null, summary: null, most: 2000, blocks: text, personal: false, leaves: 'exported' },
  instagram: { name: 'instagram', words: 'caption on Instagram', headline: null, summary: null, most: 2200, blocks: text, personal: false, leaves: 'exported' },
  ad: { name: 'ad', words: 'search ad', headline: 30, summary: 90, most: 90, blocks: text, personal: false, leaves: 'exported' },
  'whatsapp-template': { name: 'whatsapp-template', words: 'WhatsApp template', headline: 60, summary: null, most: 1024, blocks: ['paragraph', 'button'], personal: true, leaves: 'sent' },
  sms: { name: 'sms', words: 'SMS', headline: null, summary: null, most: 459, blocks: text, personal: true, leaves: 'sent' },
  telegram: { name: 'telegram', words: 'Telegram message', headline: null, summary: null, most: 4096, blocks: ['paragraph', 'list', 'button'], personal: true, leaves: 'sent' },
} as const satisfies Record<string, Form> // prettier-ignore

export type FormName = keyof typeof forms
export const formNames = Object.keys(forms) as FormName[]
