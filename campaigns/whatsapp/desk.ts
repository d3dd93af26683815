import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { formText } from '#rag/form-text.ts'
import { forms } from '#rag/forms.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import { selectOpenStop, type ChannelStop } from '../queries/channel-stops.ts'
import { selectFailures, selectPaidFor } from '../queries/whatsapp-messages.ts'
import { treatmentOf } from './errors.ts'
import type { WhatsAppAccount } from './meta.ts'
import { numberStanding, type NumberStanding } from './number.ts'
import { againstTemplate, templatesOf, toPropose, type Proposable, type TemplateRow } from './templates.ts'

const lookBackMs = 30 * 24 * 3_600_000

export type WhatsAppDesk = {
  /** Null until Meta was asked about it once. */
  number: NumberStanding | null
  stop: ChannelStop | null
  templates: (TemplateRow & { against: string | null })[]
  /** Approved copy without a template, and the language it seems to be in. */
  proposable: (Proposable & { language: string })[]
  /** Of 30 days. */
  messages: Awaited<ReturnType<typeof selectPaidFor>>
  failures: { code: number; words: string; messages: number }[]
}

/** How WhatsApp stands: number, templates, what may be proposed, and what became of the messages of 30 days. */
export async function whatsappDesk(
  { db, clock }: { db: Db; clock: Clock },
  { account, number }: Pick<WhatsAppAccount, 'account' | 'number'>,
): Promise<WhatsAppDesk> {
  const at = clock()
  const since = new Date(at.getTime() - lookBackMs)
  const templates = await templatesOf(db, account)
  const proposable = await toPropose(db, account)
  const failures = await selectFailures(db, since)
  return {
    number: await numberStanding(db, number, at),
    stop: await selectOpenStop(db, 'whatsapp'),
    templates: templates.map((row) => ({ ...row, against: againstTemplate(row) })),
    proposable: proposable.map((one) => ({ ...one, language: languageOf(formText(one.content, forms['whatsapp-template']).text) ?? 'en' })), // prettier-ignore
    messages: await selectPaidFor(db, since),
    failures: failures.map((one) => ({ ...one, words: treatmentOf(one.code, null).words })),
  }
}
