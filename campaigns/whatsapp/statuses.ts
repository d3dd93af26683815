import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { parseId } from '#kernel/ids.ts'
import { releaseByHash } from '#governance/releases.ts'
import { holdForChannel, stopChannel } from '../stops/channel-stops.ts'
import { copyFor, definitionOf } from '../definition.ts'
import { applyProviderEvent, type MessageRef, type ProviderEvent } from '../heard/provider-events.ts'
import { wentOnSince } from '../queries/channel-stops.ts'
import { selectByProviderId, selectWay, type LedgerRow } from '../queries/ledger-rows.ts'
import { noteTold, settleAsSent, upsertReaders, type Furthest } from '../queries/whatsapp-messages.ts'
import { updateStatusOf } from '../queries/whatsapp-templates.ts'
import { toldOfTest } from '../way-out/told-of-test.ts'
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
  if (row === null && furthest !== 'sent')
    await toldOfTest(tx, refOf(status), { failed: furthest === 'failed' ? wordsOf(code) : null, at: status.timestamp })
  if (!isNews || row === null || row.channel !== 'whatsapp' || isOfEarlierTry(row, status.id)) return
  if (furthest !== 'failed') await settleAsSent(tx, { deliveryId: row.id, providerId: status.id, at: status.timestamp })
  for (const event of await eventsOf(tx, clock, row, { furthest, code, at: status.timestamp }))
    await applyProviderEvent(tx, clock, { row, event, at: status.timestamp })
}

const rowOf = async (tx: Tx, { id, biz_opaque_callback_data: own }: Status): Promise<LedgerRow | null> => {
  const deliveryId = parseId<'delivery'>(own)
  return (deliveryId && (await selectWay(tx, deliveryId, 'whatsapp'))) ?? selectByProviderId(tx, id)
}

function refOf({ id, biz_opaque_callback_data: own }: Status): MessageRef {
  const deliveryId = parseId<'delivery'>(own)
  return deliveryId ? { deliveryId } : { providerId: id }
}

/** Whether the row has been tried again since: it carries another name of Meta's by then, and this word is too late for it. */
const isOfEarlierTry = ({ providerId }: LedgerRow, id: string): boolean => providerId !== null && providerId !== id

type Told = { furthest: Furthest; code: number | null; at: Date }

async function eventsOf(tx: Tx, clock: Clock, row: LedgerRow, told: Told): Promise<ProviderEvent[]> {
  const { furthest, code } = told
  if (furthest === 'sent') return []
  if (furthest === 'delivered') return [{ kind: 'delivered' }]
  if (furthest === 'read') return [{ kind: 'delivered' }, { kind: 'read' }]
  const { treatment } = treatmentOf(code ?? -1, null)
  const why = wordsOf(code)
  await heed(tx, clock, row, { ...told, treatment, why })
  return [eventBy[treatment](why)]
}

const wordsOf = (code: number | null): string =>
  code === null ? 'Meta could not deliver it' : `${treatmentOf(code, null).words} (Meta’s code ${code})`

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
  // What left before a person let WhatsApp go on, from this number or another, is no news of what leaves now.
  if ((treatment === 'stop-number' || treatment === 'sign-in') && !(await wentOnSince(tx, row.id)))
    await stopChannel(tx, clock, { channel: 'whatsapp', why })
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
