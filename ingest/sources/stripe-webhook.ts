import { Stripe } from 'stripe'
import { messageOf } from '#kernel/errors.ts'
import { isKnownCallback, noteCallback } from '../queries/callbacks.ts'
import type { RunCounts } from '../queries/runs.ts'
import { takePushed } from '../push.ts'
import type { IngestDeps } from '../run.ts'
import { stripe } from './stripe.ts'
import type { StripeApi, StripeObject } from './stripe-api.ts'
import { currently, stripeEvent, subjectOf, type StripeEvent } from './stripe-changes.ts'
import { bytesOf } from './stripe-feed.ts'

/** `api` asks for the object as it is now; null without a key. */
export type StripeWebhookSettings = { secret: string; api: StripeApi | null }

const toleranceSeconds = 300
/** Stripe repeats an event for three days, and lets a person send it again within 30. */
const rememberedMs = 30 * 86_400_000
const source = stripe()

/**
 * Stripe's webhook: verified on its raw bytes, each event once. Events come in any order, so the object is asked for as
 * it is now; without a key the event's own is taken, unless a later event has been. It is committed before the answer: a
 * fault is answered with 5xx, so that Stripe repeats the event, and what is not ours with 200, so that it does not.
 * https://docs.stripe.com/webhooks/signature
 */
export function stripeWebhook(
  deps: IngestDeps,
  settings: StripeWebhookSettings,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const read = verified(deps, settings.secret, {
      payload: Buffer.from(await request.arrayBuffer()),
      signature: request.headers.get('stripe-signature') ?? '',
    })
    if (read.kind === 'refused') return answer(read.status, { what: read.why })
    try {
      return answer(200, await takeEvent(deps, settings.api, read.event))
    } catch (fault) {
      deps.log.error({ event: read.event.id, fault: messageOf(fault) }, 'an event of Stripe was not taken in')
      return answer(503, { what: 'not taken in: send it again' })
    }
  }
}

type Verified = { kind: 'event'; event: StripeEvent } | { kind: 'refused'; status: 400 | 401; why: string }

function verified(
  { clock }: IngestDeps,
  secret: string,
  { payload, signature }: { payload: Buffer; signature: string },
): Verified {
  let told: unknown
  try {
    const now = clock().getTime()
    told = Stripe.webhooks.constructEvent(payload, signature, secret, toleranceSeconds, undefined, now)
  } catch (fault) {
    if (fault instanceof Stripe.errors.StripeSignatureVerificationError)
      return { kind: 'refused', status: 401, why: 'not signed by Stripe, or too long ago' }
    return { kind: 'refused', status: 400, why: 'no event' }
  }
  const event = stripeEvent.safeParse(told)
  return event.success ? { kind: 'event', event: event.data } : { kind: 'refused', status: 400, why: 'no event' }
}

async function takeEvent(
  deps: IngestDeps,
  api: StripeApi | null,
  event: StripeEvent,
): Promise<{ what: string } | RunCounts> {
  const subject = subjectOf(event)
  if (!subject || event.account != null) return { what: 'noted, nothing to do' }
  const callback = { source: source.name, externalId: event.id }
  if (await isKnownCallback(deps.db, callback)) return { what: 'known' }
  const asked = deps.clock()
  const object: StripeObject = api ? await currently(api, subject) : subject
  const at = deps.clock()
  const forgetBefore = new Date(at.getTime() - rememberedMs)
  return takePushed(deps, source, {
    name: 'webhook',
    body: bytesOf(object),
    // An object that was asked for earlier must not replace one asked for later, whichever arrives first.
    asOf: object === subject ? new Date(event.created * 1000) : asked,
    alongside: (tx) => noteCallback(tx, callback, { at, forgetBefore }),
  })
}

const answer = (status: number, body: object): Response => Response.json(body, { status })
