import { sameSecret } from '#kernel/crypto.ts'
import { takeUpdate, type UpdateDeps } from '../telegram/updates.ts'

/**
 * The webhook of the bot: an update counts only with the secret that was agreed on when the webhook was set. What the bot
 * says to it goes back in the answer, so that it is said when what it answers is committed; a fault is thrown, so that
 * Telegram tells it again.
 * https://core.telegram.org/bots/api#setwebhook
 */
export function telegramWebhook(deps: UpdateDeps, secret: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const given = request.headers.get('x-telegram-bot-api-secret-token') ?? ''
    if (!sameSecret(given, secret)) return Response.json({ what: 'not from Telegram' }, { status: 401 })
    const reply = await takeUpdate(deps, await bodyOf(request))
    return Response.json(reply === null ? { what: 'taken' } : { method: 'sendMessage', ...reply })
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    return null
  }
}
