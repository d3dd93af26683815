import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import type { TemplateChange } from '../queries/whatsapp-templates.ts'
import type { WhatsAppAccount } from './meta.ts'
import { keepNumber } from './number.ts'
import { keepTemplates } from './templates.ts'

export type Synced = { kind: 'synced'; templates: number; changed: TemplateChange[]; quality: string }

/**
 * Asks Meta how every template and the number stand, and writes it down; run it every quarter of an hour, by one process at
 * a time. Webhooks tell some of it earlier. What Meta does not answer leaves everything as it was.
 */
export async function syncWhatsApp(deps: {
  db: Db
  clock: Clock
  zone: string
  whatsapp: WhatsAppAccount
}): Promise<Synced | { kind: 'refused'; why: string }> {
  try {
    const { meta } = deps.whatsapp
    const list = await meta.templates()
    if (list.kind === 'refused') return list
    const told = await meta.number()
    if (told.kind === 'refused') return told
    const changed = await keepTemplates(deps, list.templates)
    await keepNumber(deps, told.number)
    return { kind: 'synced', templates: list.templates.length, changed, quality: told.number.quality }
  } catch (fault) {
    return { kind: 'refused', why: `Meta did not answer: ${messageOf(fault)}` }
  }
}
