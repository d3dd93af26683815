import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { holdForChannel, stopChannel } from '../channel-stops.ts'
import { copyFor, definitionOf } from '../definition.ts'
import { applyProviderEvent, type ProviderEvent } from '../provider-events.ts'
import { selectByProviderId, selectLedgerRow, type LedgerRow } from '../queries/ledger-rows.ts'
import { noteTold, selectProviderId, settleAsSent, upsertReaders, type Furthest } from '../queries/whatsapp-messages.ts'
import { updateStatusOf } from '../queries/whatsapp-templates.ts'
import { restMs, templateStatusBy, treatmentOf, type Treatment } from './errors.ts'

/** A status of a message that this house sent. https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages/status */
export const statusShape = z.looseObject({
  id: z.string().min(1),
  status: z.string(),
  timestamp: z.coerce.number().transform((seconds) => new Date(seconds * 1_000)),
  biz_opaque_callback_data: z.string().optional(),
  pricing: z.looseObject({ category: z.string().optional(), billable: z.boolean().optional() }).optional(),
  errors: z.array(z.looseObject({ code: z.number().optional() })).optional(),
})
type Status = z.infer<typeof statusShape>

const furthestOf: Readonly<Record<string, Furthest>> = { sent: 'sent', failed: 'failed', delivered: 'delivered', read: 'read', played: 'read' } // prettier-ignore

/**
 * Takes a status into the ledger: only what is further than what was told of the message before. It finds its row by our own
 * id, which it brings back, so that a message nobody could tell about is settled by it.
 */
export async function takeStatus(tx: Tx, clock: Clock, status: Status): Promise<void> {
  const furthest = furthestOf[status.status]
  if (furthest === undefined) return
  const row = await rowOf(tx, status)
  const code = status.errors?.find((error) => error.code !== undefined)?.code ?? null
  const { category = null, billable = null } = status.pricing ?? {}
  const told = { id: status.id, deliveryId: row?.id ?? null, furthest, at: status.timestamp, category, billable }
  const isNews = await noteTold(tx, { ...told, errorCode: furthest === 'failed' ? code : null })
  // A row that was tried again since has another message of Meta's, and one that went on by another channel has none: word
  // of the one before is too late for it.
  if (!isNews || row === null || row.channel !== 'whatsapp' || (await isOfEarlierTry(tx, row, status.id))) return
  if (furthest !== 'failed') await settleAsSent(tx, { deliveryId: row.id, providerId: status.id, at: status.timestamp })
  for (const event of await eventsOf(tx, clock, row, { furthest, code, at: status.timestamp }))
    await applyProviderEvent(tx, clock, { row, event, at: status.timestamp })
}

const rowOf = async (tx: Tx, { id, biz_opaque_callback_data: own }: Status): Promise<LedgerRow | null> => {
  const deliveryId = parseId<'delivery'>(own)
  return (deliveryId && (await selectLedgerRow(tx, deliveryId))) ?? selectByProviderId(tx, id)
}

/** Whether the row has been tried again since: it carries another name of Meta's by then. */
const isOfEarlierTry = async (tx: Tx, row: LedgerRow, id: string): Promise<boolean> => {
  const name = await selectProviderId(tx, row.id)
  return name !== null && name !== id
}

type Told = { furthest: Furthest; code: number | null; at: Date }

async function eventsOf(tx: Tx, clock: Clock, row: LedgerRow, told: Told): Promise<ProviderEvent[]> {
  const { furthest, code } = told
  if (furthest === 'sent') return []
  if (furthest === 'delivered') return [{ kind: 'delivered' }]
  if (furthest === 'read') return [{ kind: 'delivered' }, { kind: 'read' }]
  const { treatment, words } = treatmentOf(code ?? -1, null)
  const why = code === null ? 'Meta could not deliver it' : `${words} (Meta’s code ${code})`
  await heed(tx, clock, row, { ...told, treatment, why })
  return [eventBy[treatment](why)]
}

/** What a failure means beyond its message. */
async function heed(
  tx: Tx,
  clock: Clock,
  row: LedgerRow,
  { treatment, why, code, at }: Told & { treatment: Treatment; why: string },
): Promise<void> {
  const { identifierId } = row
  const nothing = { identifierId, restUntil: null, restWhy: null, closedAt: null }
  if (treatment === 'rest') await upsertReaders(tx, [{ ...nothing, restUntil: new Date(clock().getTime() + restMs), restWhy: why }]) // prettier-ignore
  if (treatment === 'template') await upsertReaders(tx, [{ ...nothing, closedAt: at }])
  if (treatment === 'stop-number' || treatment === 'sign-in') await stopChannel(tx, clock, { channel: 'whatsapp', why })
  if (treatment === 'stop-campaign') await holdCampaignOf(tx, clock, row, { why, code })
}

const soonMs = 60_000
const laterMs = 15 * 60_000

const again =
  (afterMs: number) =>
  (why: string): ProviderEvent => ({ kind: 'again', why, afterMs })

/** It certainly did not arrive: it goes another way, again later, or never. */
const eventBy: Readonly<Record<Treatment, (why: string) => ProviderEvent>> = {
  next: (why) => ({ kind: 'undeliverable', why }),
  suppress: (why) => ({ kind: 'unwanted', why }),
  never: (why) => ({ kind: 'failed', why }),
  rest: again(restMs),
  template: again(soonMs),
  'stop-number': again(soonMs),
  'sign-in': again(soonMs),
  'stop-campaign': again(soonMs),
  'slow-down': again(laterMs),
  pair: again(laterMs),
  again: again(laterMs),
  unclear: again(laterMs),
}

async function holdCampaignOf(
  tx: Tx,
  clock: Clock,
  { releaseHash, stepKey }: LedgerRow,
  { why, code }: { why: string; code: number | null },
): Promise<void> {
  const release = releaseHash === null ? null : await releaseByHash(tx, releaseHash)
  if (!release) return
  await holdForChannel(tx, clock, { release, why })
  const status = templateStatusBy(code ?? 0)
  const copy = copyFor(definitionOf(release), stepKey, 'whatsapp')
  if (status !== null && copy !== null) await updateStatusOf(tx, copy.contentHash, status)
}
