import type { ComposedBody } from '../../draft.ts'
import type { FormName } from '../../forms.ts'
import { adOf } from './ad.ts'
import { letterOf } from './letter.ts'
import { smsOf, telegramOf, whatsappOf } from './message.ts'
import { articleOf, pageOf } from './page.ts'
import type { Material } from './pieces.ts'
import { postOf } from './post.ts'

/** How each form is laid out; null where nothing of the material fits in it. */
export const layouts: Record<FormName, (material: Material) => ComposedBody | null> = {
  email: letterOf,
  'landing-page': pageOf,
  'blog-post': articleOf,
  x: postOf,
  linkedin: postOf,
  facebook: postOf,
  instagram: postOf,
  ad: adOf,
  'whatsapp-template': whatsappOf,
  sms: smsOf,
  telegram: telegramOf,
}

/** How many passages a form has room for, where that is not what a letter has. */
export const passagesFor: Partial<Record<FormName, number>> = { 'landing-page': 4, 'blog-post': 6 }
