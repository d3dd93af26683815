import { randomBytes } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash, PersonId } from '#kernel/ids.ts'
import { register } from '#kernel/versions.ts'
import { liveConsentText, type ConsentText } from '#governance/consent-texts.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import { insertTelegramLink, selectTyingIdentifier } from '../queries/telegram.ts'
import { telegramHouseWords } from './words.ts'

/** The consent text that stands beside a link; an owner may release another under this name. */
export const telegramText = 'telegram'

const monthMs = 30 * 24 * 3_600_000

/** The words somebody agrees to by opening a link, and their version: an owner's, or those of the house in a language. */
export async function telegramWords(
  { db, clock }: { db: Db; clock: Clock },
  business: string,
  language: Language,
): Promise<{ hash: Hash; text: string }> {
  const live = await liveConsentText(db, telegramText)
  if (live) return { hash: live.hash, text: live.body.text }
  const text = telegramHouseWords[language].consent(business)
  const words: ConsentText = { language, channel: 'telegram', text }
  return { hash: await register(db, { clock, by: 'millrace' }, 'consent-text', telegramText, words), text }
}

export type Invitation =
  | { kind: 'made'; url: string; expiresAt: Date; words: string }
  | { kind: 'no-address'; why: string }

/**
 * A link that ties the chat in which it is opened to a person, once and within 30 days. Its token is kept as a digest:
 * whoever reads the database cannot open it.
 */
export async function inviteByTelegram(
  deps: { db: Db; clock: Clock },
  input: { personId: PersonId; bot: string; business: string; language: Language; by: string },
): Promise<Invitation> {
  const identifierId = await selectTyingIdentifier(deps.db, input.personId)
  if (identifierId === null)
    return { kind: 'no-address', why: 'Nothing is known of this person that a chat could be tied to' }
  const { hash: textVersion, text: words } = await telegramWords(deps, input.business, input.language)
  const token = randomBytes(24).toString('base64url')
  const madeAt = deps.clock()
  const expiresAt = new Date(madeAt.getTime() + monthMs)
  await insertTelegramLink(deps.db, { tokenHash: tokenDigest(token), identifierId, textVersion, by: input.by, madeAt, expiresAt }) // prettier-ignore
  return { kind: 'made', url: botLink(input.bot, token), expiresAt, words }
}

export const tokenDigest = (token: string): Hash => sha256(`telegram ${token}`)

/** https://core.telegram.org/bots/features#deep-linking */
export const botLink = (bot: string, start?: string): string =>
  `https://t.me/${bot}${start === undefined ? '' : `?start=${start}`}`
