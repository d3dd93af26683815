import type { DeliveryId } from '#kernel/ids.ts'
import type { DraftBody } from '#rag/draft.ts'
import type { Sender } from '../definition.ts'
import { letter } from './layout.ts'
import { renderMessage, type LinkSettings, type RenderedMessage } from './message.ts'
import type { PersonFields } from './slots.ts'
import { ContentError } from './slots.ts'
import { renderText, type RenderedText, type TextVariant } from './text.ts'
import { compileVariant, type Variant } from './variant.ts'

export type Preview =
  | { kind: 'ready'; subject: string; html: string; text: string }
  | { kind: 'blocked'; rule: string; why: string }

const nobody = '00000000-0000-7000-8000-000000000000' as DeliveryId
const unsigned: LinkSettings = { publicUrl: 'https://preview.invalid', key: new Uint8Array(32) }
const nowhere = { campaign: 'preview', stepKey: 'preview', personId: 'preview', occurrence: 1, tracked: false }

/** A person's message of a compiled content, addressed to nobody: links are untracked and unsigned. */
export const rehearseMessage = (variant: Variant, sender: Sender, person: PersonFields): RenderedMessage =>
  renderMessage(variant, sender, unsigned, { ...nowhere, deliveryId: nobody, address: 'reader@example.com', person })

/** A person's text of a compiled copy, addressed to nobody. */
export const rehearseText = (variant: TextVariant, person: PersonFields): RenderedText =>
  renderText(variant, unsigned, { ...nowhere, deliveryId: nobody, address: '+31600000000', person, attempts: 0 })

/** How a content looks for a person, links untracked and unsigned. For the approval desk; nothing is recorded. */
export async function previewMessage(body: DraftBody, sender: Sender, person: PersonFields): Promise<Preview> {
  try {
    const rendered = rehearseMessage(await compileVariant(body, letter, sender), sender, person)
    if (rendered.kind === 'blocked') return rendered
    const { subject, html, text } = rendered.message
    return { kind: 'ready', subject, html, text }
  } catch (fault) {
    if (fault instanceof ContentError) return { kind: 'blocked', rule: 'content', why: fault.message }
    throw fault
  }
}
