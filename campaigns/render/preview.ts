import type { DeliveryId } from '#kernel/ids.ts'
import type { DraftBody } from '#rag/draft.ts'
import type { Sender } from '../definition.ts'
import { letter } from './layout.ts'
import { renderMessage } from './message.ts'
import type { PersonFields } from './slots.ts'
import { ContentError } from './slots.ts'
import { compileVariant } from './variant.ts'

export type Preview =
  | { kind: 'ready'; subject: string; html: string; text: string }
  | { kind: 'blocked'; rule: string; why: string }

const nobody = '00000000-0000-7000-8000-000000000000' as DeliveryId

/** How a content looks for a person, links untracked and unsigned. For the approval desk; nothing is recorded. */
export async function previewMessage(body: DraftBody, sender: Sender, person: PersonFields): Promise<Preview> {
  try {
    const variant = await compileVariant(body, letter, sender)
    const links = { publicUrl: 'https://preview.invalid', key: new Uint8Array(32) }
    const place = { campaign: 'preview', stepKey: 'preview', personId: 'preview', occurrence: 1, tracked: false }
    const rendered = renderMessage(variant, sender, links, { ...place, deliveryId: nobody, address: 'reader@example.com', person }) // prettier-ignore
    if (rendered.kind === 'blocked') return rendered
    const { subject, html, text } = rendered.message
    return { kind: 'ready', subject, html, text }
  } catch (fault) {
    if (fault instanceof ContentError) return { kind: 'blocked', rule: 'content', why: fault.message }
    throw fault
  }
}
