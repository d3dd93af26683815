import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { Hash, IdentifierId } from '#kernel/ids.ts'
import type { Version } from '#kernel/versions.ts'
import { consentTextOf, liveConsentText, type ConsentText } from '#governance/consent-texts.ts'
import { isOn } from '#governance/flags.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import { liftSuppression, recordConsents } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import type { Channel } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { house } from '../delivery/outbox.ts'
import { insertSignUp, selectMailStops } from '../queries/sign-ups.ts'
import { isMailbox } from '../render/message.ts'
import { readArmToken } from './arms.ts'
import { shownPage } from './shown.ts'
import { readSignUpToken, signUpToken, type Asked } from './sign-up-link.ts'
import { senderNow } from '../way-out/live.ts'
import { signUpMail } from './sign-up-mail.ts'

/** The consent text that forms on pages show. */
export const signUpText = 'newsletter'

export type SignUpDeps = {
  db: Db
  clock: Clock
  /** What seals the links (`secrets.signUps`). */
  signUpsKey: Uint8Array
  publicUrl: string
  sender: Sender | null
  channel: Pick<Channel, 'send'> | null
}

/** The words that a form shows, or null where a form could not be answered: no words, no sender, no way to mail. */
export const signUpWords = async ({
  db,
  sender,
  channel,
}: Pick<SignUpDeps, 'db' | 'sender' | 'channel'>): Promise<Version<ConsentText> | null> =>
  sender && channel ? liveConsentText(db, signUpText) : null

export type AskedToConfirm =
  /** Said whether a mail left or not: who is on a list is nobody's business. */
  { kind: 'look-in-your-mailbox' | 'no-address' | 'no-form' | 'not-now' }

const patienceMs = 15_000

/**
 * Somebody asks to be written to: a mail with a link goes to the address, and nothing is stored. An address that bounced,
 * complained or was stopped for any other reason than its own unsubscribing gets no mail.
 * @param input.textVersion the words that stood above the button
 * @param input.arm what the form says of the copy it stood below
 * @param input.language that of the page: the mail and what follows speak it
 */
export async function askToSignUp(
  deps: SignUpDeps,
  input: { slug: string; address: string; textVersion: string; arm: string; language: Language },
): Promise<AskedToConfirm> {
  const { db, clock, channel } = deps
  const sender = await senderNow(db, deps.sender)
  const address = input.address.trim()
  const email = canonicalEmail(address)
  if (email === undefined || !isMailbox(address) || !z.email().safeParse(address).success) return { kind: 'no-address' }
  const form = await formAsked(deps, input)
  if (!form || !sender || !channel) return { kind: 'no-form' }
  if (!(await isOn(db, 'sending'))) return { kind: 'not-now' }
  if ((await selectMailStops(db, { email })).some((stop) => !isOwnWish(stop))) return { kind: 'look-in-your-mailbox' }
  const { language } = input
  const asked: Asked = { address, page: input.slug, ...form, language, askedAt: clock() }
  const token = signUpToken(deps.signUpsKey, asked)
  const url = `${deps.publicUrl.replace(/\/$/, '')}/confirm/${token}`
  const message = signUpMail(clock, { sender, address, url, language })
  const [outcome] = await channel.send({ key: `sign-up-${message.deliveryId}`, messages: [message] }, AbortSignal.timeout(patienceMs)) // prettier-ignore
  if (outcome?.kind === 'retry') return { kind: 'not-now' }
  return { kind: 'look-in-your-mailbox' }
}

/** The form that was filled in, where the page still has one, and the words were ones of it. */
async function formAsked(
  { db, clock, signUpsKey }: Pick<SignUpDeps, 'db' | 'clock' | 'signUpsKey'>,
  { slug, textVersion, arm }: { slug: string; textVersion: string; arm: string },
): Promise<Pick<Asked, 'pageHash' | 'arm' | 'textVersion'> | null> {
  const shown = await shownPage(db, slug, clock())
  if (!('version' in shown) || !shown.version.signUp) return null
  const words = await consentTextOf(db, textVersion as Hash)
  if (words?.name !== signUpText) return null
  return { pageHash: shown.hash, arm: readArmToken(signUpsKey, shown.hash, arm), textVersion: words.hash }
}

const isOwnWish = ({ channel, reason }: { channel: string; reason: string }): boolean =>
  channel === 'email' && reason === 'unsubscribed'

/** A link that was not made here or is cut off, or one that is too old. */
type NotOurs = { kind: 'not-ours' | 'expired' }
const notOurs: NotOurs = { kind: 'not-ours' }

/** What a confirmation link would do, so that its page can ask; reading it changes nothing. */
export async function signUpOffer(
  deps: Pick<SignUpDeps, 'db' | 'clock' | 'signUpsKey'>,
  token: string,
): Promise<{ kind: 'offer'; address: string; words: string; language: Language } | NotOurs> {
  const read = readSignUpToken(deps.signUpsKey, token, deps.clock())
  if (read.kind !== 'asked') return read
  const { address, textVersion, language } = read.asked
  const words = await consentTextOf(deps.db, textVersion)
  return words ? { kind: 'offer', address, words: words.body.text, language } : notOurs
}

/**
 * Takes the consent that the link stands for: consent with the version of its words, the proof, and the event in one
 * transaction. Call it for a POST only: scanners open every link. A link counts once: who leaves later is not brought
 * back by it. An earlier unsubscribing of the address is lifted, since its owner has asked anew; nothing else is.
 */
export async function confirmSignUp(
  deps: Pick<SignUpDeps, 'db' | 'clock' | 'signUpsKey'>,
  token: string,
): Promise<{ kind: 'confirmed'; again: boolean; language: Language } | NotOurs> {
  const read = readSignUpToken(deps.signUpsKey, token, deps.clock())
  if (read.kind !== 'asked') return read
  const { asked, tokenHash } = read
  const words = await consentTextOf(deps.db, asked.textVersion)
  const email = canonicalEmail(asked.address)
  if (!words || email === undefined) return notOurs
  const isNew = await deps.db.transaction((tx) => takeConsent(tx, deps.clock, { asked, tokenHash, email }))
  return { kind: 'confirmed', again: !isNew, language: asked.language }
}

async function takeConsent(
  tx: Tx,
  clock: Clock,
  { asked, tokenHash, email }: { asked: Asked; tokenHash: Hash; email: string },
): Promise<boolean> {
  const [identifierId] = await identifierIds(tx, clock, [{ kind: 'email', value: email }])
  const { page, pageHash, arm, textVersion, askedAt } = asked
  const at = clock()
  const proof = { tokenHash, identifierId: identifierId!, page, pageHash, arm, textVersion, askedAt, confirmedAt: at }
  if (!(await insertSignUp(tx, proof))) return false
  const word = { source: house, externalId: `sign-up:${tokenHash}`, identifierId: identifierId!, channel: 'email' }
  await recordConsents(tx, clock, [{ ...word, state: 'granted', basis: 'double-opt-in', textVersion, occurredAt: at }])
  await recordEvents(tx, clock, [{ ...word, kind: 'signed_up', occurredAt: at, properties: { page, pageHash } }])
  await liftOwnWish(tx, clock, { email, identifierId: identifierId! })
  return true
}

async function liftOwnWish(
  tx: Tx,
  clock: Clock,
  { email, identifierId }: { email: string; identifierId: IdentifierId },
): Promise<void> {
  if (!(await selectMailStops(tx, { email })).some(isOwnWish)) return
  const reason = 'asked anew and confirmed'
  await liftSuppression(tx, clock, { identifierId, channel: 'email', by: 'millrace', reason })
}
