import { appendAudit } from '#kernel/audit.ts'
import { randomToken, sameSecret, sha256 } from '#kernel/crypto.ts'
import { newId, type DeliveryId, type Hash } from '#kernel/ids.ts'
import { canonicalPhone } from '#ingest/cleanse/phone.ts'
import { refusal, type Actor } from '#governance/access.ts'
import { handOver, type AnyChannel, type AnyMessage, type ChannelName, type Outcome } from '../channel.ts'
import { selectCandidate, updateAnswer, updateProved, updateTest } from '../queries/way-out.ts'
import { isMailbox } from '../render/message.ts'
import { candidateNow, no, noCandidate, type Said, type WayOutDeps } from './candidate.ts'
import { isMail, openMail, senderBy, type Configuration } from './configuration.ts'
import { testMail, testText } from './test-message.ts'

const patienceMs = 30_000

/**
 * Sends a message by the candidate, to an address that the owner has at hand, and says what the provider answered. That it
 * arrived is known when its code is typed (`proveCandidate`), or the provider tells of its delivery (`toldOfTest`).
 */
export async function testCandidate(
  deps: WayOutDeps,
  input: { channel: ChannelName; to: string; by: Actor },
): Promise<{ kind: 'sent'; answer: string } | { kind: 'not-sent'; why: string } | Said> {
  const { channel, by } = input
  const refused = await refusal(deps.db, by, 'channel.configure')
  const candidate = await candidateNow(deps.db, deps.ways, channel)
  if (refused || !candidate) return refused ?? noCandidate
  const to = addressFor[channel](input.to.trim())
  if (to === undefined) return no('no-address', whatIsAnAddress[channel])
  const [id, code] = [newId<'delivery'>(deps.clock) satisfies DeliveryId, randomToken(6)]
  const test = testBy(deps, candidate.configuration, { id, to, code })
  if (!test) return no('no-sender', 'Set its secret, MAIL_FROM and BUSINESS_ADDRESS first')
  await updateTest(deps.db, channel, { hash: candidate.hash, id, to, codeHash: codeHash(id, code), at: deps.clock() })
  const batch = { key: `test-${id}`, messages: [test.message] }
  const [outcome] = await handOver(test.way, batch, AbortSignal.timeout(patienceMs))
  const answer = answerWords(outcome)
  const providerId = outcome?.kind === 'sent' ? outcome.providerId : null
  await updateAnswer(deps.db, { deliveryId: id }, { answer, ...(providerId === null ? {} : { providerId }) })
  const entry = { actor: by, action: 'channel.tested', subject: candidate.hash, detail: { test: id, outcome: outcome?.kind ?? 'none' } } // prettier-ignore
  await deps.db.transaction((tx) => appendAudit(tx, deps.clock, entry))
  return outcome?.kind === 'sent' ? { kind: 'sent', answer } : { kind: 'not-sent', why: answer }
}

/** The address as the channel takes it, or nothing where it is none. */
const addressFor: Readonly<Record<ChannelName, (to: string) => string | undefined>> = {
  email: (to) => (isMailbox(to) ? to : undefined),
  sms: (to) => canonicalPhone(to, undefined),
  whatsapp: (to) => canonicalPhone(to, undefined),
  telegram: (to) => (/^\d{1,20}$/.test(to) ? to : undefined),
}

const whatIsAnAddress: Readonly<Record<ChannelName, string>> = {
  email: 'This is no e-mail address',
  sms: 'This is no telephone number: begin it with + and the country',
  whatsapp: 'This is no telephone number: begin it with + and the country',
  telegram: 'This is no chat: it has the number that Telegram gave your account',
}

type Test = { id: DeliveryId; to: string; code: string }

/** The way a test takes and its message; null where something of it is not set. */
function testBy(
  { ways, sender }: WayOutDeps,
  configuration: Configuration,
  test: Test,
): { way: AnyChannel; message: AnyMessage } | null {
  if (isMail(configuration)) {
    const way = openMail(ways, configuration)
    const from = senderBy(configuration, sender)
    return way && from && { way, message: testMail({ ...test, sender: from }) }
  }
  const way = ways.texts.forTest(configuration.secret)
  return way && { way, message: testText({ ...test, business: sender?.businessName ?? null }) }
}

const codeHash = (id: DeliveryId, code: string): Hash => sha256(`${id} ${code}`)

function answerWords(outcome: Outcome | undefined): string {
  if (outcome?.kind === 'sent') return 'The provider took it'
  return outcome && 'why' in outcome ? `The provider did not take it: ${outcome.why}` : 'The provider gave no answer'
}

/** The owner's word that the test arrived: the code that stood in it. */
export async function proveCandidate(
  deps: WayOutDeps,
  input: { channel: ChannelName; code: string; by: Actor },
): Promise<{ kind: 'proved' } | Said> {
  const refused = await refusal(deps.db, input.by, 'channel.configure')
  const row = await selectCandidate(deps.db, input.channel)
  if (refused) return refused
  if (!row?.testId || row.testCodeHash === null) return no('not-ready', 'Send a test first: its code is asked for')
  if (!sameSecret(codeHash(row.testId, input.code.trim()), row.testCodeHash))
    return no('wrong-code', 'This is not the code of the last test')
  await updateProved(deps.db, { deliveryId: row.testId }, { at: deps.clock(), by: 'code' })
  return { kind: 'proved' }
}
