import { Resend } from 'resend'
import { z } from 'zod'
import { parseId } from '#kernel/ids.ts'
import { recordProviderEvent, type MessageRef, type ProviderEvent } from '../heard/provider-events.ts'
import { type EventSettings } from '../heard/reader-events.ts'

type Deps = Pick<EventSettings, 'db' | 'clock'>

const shape = z.object({
  type: z.string(),
  created_at: z.coerce.date(),
  data: z.looseObject({
    email_id: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    bounce: z.object({ type: z.string(), message: z.string() }).optional(),
    failed: z.object({ reason: z.string() }).optional(),
  }),
})
type Told = z.infer<typeof shape>

/**
 * Resend's webhook: verified on its raw bytes (Svix: HMAC-SHA256, five minutes' tolerance), then recorded once. What is
 * not about one of our messages is answered with 200, so that Resend does not repeat it; a fault with 5xx, so that it does.
 * https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests
 */
export function resendWebhook(deps: Deps, secret: string): (request: Request) => Promise<Response> {
  const { webhooks } = new Resend('re_verifies_only')
  return async (request) => {
    const payload = await request.text()
    const headers = {
      id: request.headers.get('svix-id') ?? '',
      timestamp: request.headers.get('svix-timestamp') ?? '',
      signature: request.headers.get('svix-signature') ?? '',
    }
    try {
      webhooks.verify({ payload, headers, webhookSecret: secret })
    } catch {
      return answer(401, 'not signed by Resend')
    }
    const told = shape.safeParse(JSON.parse(payload))
    if (!told.success) return answer(200, 'not about a message')
    return record(deps, told.data)
  }
}

async function record(deps: Deps, told: Told): Promise<Response> {
  const message = messageOf(told)
  const event = eventOf(told)
  if (message === null || event === null) return answer(200, 'noted, nothing to do')
  const done = await recordProviderEvent(deps, { message, occurredAt: told.created_at, event, channel: 'email' })
  return answer(200, done.kind)
}

/** Our own tag came back, or the id that Resend gave. */
function messageOf({ data }: Told): MessageRef | null {
  const deliveryId = parseId<'delivery'>(data.tags?.['delivery'])
  if (deliveryId) return { deliveryId }
  return data.email_id === undefined ? null : { providerId: data.email_id }
}

function eventOf({ type, data }: Told): ProviderEvent | null {
  switch (type) {
    case 'email.delivered':
      return { kind: 'delivered' }
    case 'email.complained':
      return { kind: 'complained' }
    // Over in any case: Resend tries no more. Only of what it calls permanent the address is to blame.
    case 'email.bounced': {
      const why = data.bounce?.message ?? 'bounced'
      return data.bounce?.type === 'Permanent' ? { kind: 'bounced', permanent: true, why } : { kind: 'failed', why }
    }
    case 'email.delivery_delayed':
      return { kind: 'bounced', permanent: false, why: 'delayed by the receiver' }
    case 'email.failed':
      return { kind: 'failed', why: data.failed?.reason ?? 'Resend could not send it' }
    case 'email.suppressed':
      return { kind: 'bounced', permanent: true, why: 'Resend says suppressed' }
    default:
      return null
  }
}

const answer = (status: number, what: string): Response => Response.json({ what }, { status })
