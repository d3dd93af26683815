import { createHmac } from 'node:crypto'
import { sameSecret } from '#kernel/crypto.ts'
import type { Tx } from '#kernel/db.ts'
import { takePushed } from '../push.ts'
import type { IngestDeps } from '../run.ts'
import { whatsappEvents } from './whatsapp-events.ts'

/** The secret of the app, which signs every webhook, and the word agreed on for the handshake. */
export type WhatsAppSecrets = { appSecret: string; verifyToken: string }

/**
 * The webhook of the WhatsApp Cloud API. A GET is the handshake that Meta makes once; a POST counts only when its raw
 * bytes are signed with the app's secret (HMAC-SHA256, `X-Hub-Signature-256`). Answered with 200 once it is committed; a
 * fault is thrown, so that Meta sends it again for up to seven days. `alongside` gets the verified bytes in the transaction
 * that they are taken in with.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 */
export function whatsappWebhook(
  ingest: IngestDeps,
  { appSecret, verifyToken }: WhatsAppSecrets,
  alongside?: (tx: Tx, body: Uint8Array) => Promise<void>,
): (request: Request) => Promise<Response> {
  const source = whatsappEvents()
  return async (request) => {
    if (request.method === 'GET') return handshake(new URL(request.url).searchParams, verifyToken)
    const body = Buffer.from(await request.arrayBuffer())
    const signature = `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
    if (!sameSecret(request.headers.get('x-hub-signature-256') ?? '', signature)) return answer(401, 'not signed by Meta') // prettier-ignore
    const { received, quarantined } = await takePushed(ingest, source, {
      name: 'webhook',
      body,
      ...(alongside ? { alongside: (tx) => alongside(tx, body) } : {}),
    })
    return answer(200, `${received} taken, ${quarantined} set aside`)
  }
}

function handshake(asked: URLSearchParams, verifyToken: string): Response {
  const challenge = asked.get('hub.challenge') ?? ''
  const agreed = asked.get('hub.mode') === 'subscribe' && sameSecret(asked.get('hub.verify_token') ?? '', verifyToken)
  if (!agreed || !/^[\w-]{1,200}$/.test(challenge)) return answer(403, 'another verify token')
  return new Response(challenge, { headers: { 'content-type': 'text/plain' } })
}

const answer = (status: number, what: string): Response => Response.json({ what }, { status })
