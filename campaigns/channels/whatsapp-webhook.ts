import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Tx } from '#kernel/db.ts'
import type { Log } from '#kernel/log.ts'
import type { News } from '../tell-people.ts'
import { whatsappWord } from '../whatsapp/word.ts'

type Webhook = (request: Request) => Promise<Response>
type Alongside = (tx: Tx, body: Uint8Array) => Promise<void>

/** `tell`: tells people of the house. */
export type WhatsAppHears = { clock: Clock; log: Log; tell: (news: News) => Promise<void> }

/**
 * The webhook of WhatsApp, and what it means for the ledger and for who may be written to. Where somebody asks for no more
 * whom nobody can find, people are told of it once it is taken in.
 * @param open opens the webhook that takes in what Meta tells, with what is written alongside
 */
export function whatsappHears({ clock, log, tell }: WhatsAppHears, open: (alongside: Alongside) => Webhook): Webhook {
  return async (request) => {
    const lost = new Set<string>()
    const answer = await open(whatsappWord(clock, (message) => lost.add(message)))(request)
    if (!answer.ok) return answer
    for (const message of lost) {
      // What Meta calls a message may hold a number.
      log.error({ message: sha256(message).slice(0, 12) }, 'somebody asks for no more WhatsApp, and nobody knows who: end it by hand') // prettier-ignore
      await tell(newsOf(message))
    }
    return answer
  }
}

const newsOf = (message: string): News => ({
  subject: 'Somebody asked for no more WhatsApp, and nobody knows who',
  sentences: [
    `Somebody asked for no more whose number WhatsApp does not show (Meta calls it ${message}).`,
    'Look at what Meta says of it, and end WhatsApp to its sender by hand.',
  ],
  path: '/ingest/quarantine',
})
