import { appendAudit } from '#kernel/audit.ts'
import { randomToken, sameSecret, sha256 } from '#kernel/crypto.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { Clock } from '#kernel/clock.ts'
import { newId, type DeliveryId, type Hash, type UserId } from '#kernel/ids.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { Action } from '#governance/permissions.ts'
import type { Outcome } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { domainOf, leavesTheHouse } from '../deliverability/outlet.ts'
import { checkWay, standsInTheWay, type Checked, type PreflightDeps } from '../deliverability/preflight.ts'
import { countDomain } from '../deliverability/reputation.ts'
import {
  dropCandidate, lockCandidate, putCandidate, selectCandidate, updateAnswer, updateChecked, updateProved, updateTest,
  type CandidateRow,
} from '../queries/way-out.ts' // prettier-ignore
import { isMailbox } from '../render/message.ts'
import {
  configurationOf, configurationSchema, configured, impliedBy, liveConfiguration, senderBy, type Configuration, type Configured,
  type WaysOut,
} from './configuration.ts' // prettier-ignore
import { testMail } from './test-mail.ts'

export type WayOutDeps = PreflightDeps & { ways: WaysOut; sender: Sender | null }

/** What stands in the second slot, and what is still missing before it can be switched to; empty when nothing is. */
export type Candidate = CandidateRow & { configuration: Configuration; missing: string[] }

type Rule = 'not-permitted' | 'configuration' | 'no-secret' | 'no-candidate' | 'not-ready' | 'no-address' | 'no-sender' | 'wrong-code' // prettier-ignore
type Said = Refused<Rule>
const no = (rule: Rule, why: string): Said => ({ kind: 'refused', rule, why })
const noCandidate = no('no-candidate', 'Nothing stands in the second slot: propose a configuration first')

/** The candidate of the mail channel, or null. */
export async function candidateNow(db: Queryable, ways: WaysOut): Promise<Candidate | null> {
  const row = await selectCandidate(db, configured)
  if (!row) return null
  const configuration = await configurationOf(db, row.hash)
  return { ...row, configuration, missing: missingOf(row, configuration, ways) }
}

function missingOf(row: CandidateRow, { secret }: Configuration, ways: WaysOut): string[] {
  const noSecret = ways.secrets.includes(secret) ? [] : [`${secret} is not set here`]
  if (row.provedBy === 'was-live') return noSecret
  const against = row.findings && standsInTheWay({ outlet: ways.outlet(secret), points: row.findings })
  return [
    ...noSecret,
    ...(against === null ? ['Its checks were not run'] : against.map(({ what, mark }) => `${what}: ${mark}`)),
    ...(row.testSentAt === null ? ['No test was sent'] : []),
    ...(row.testSentAt !== null && row.provedAt === null ? ['Nobody knows yet that the test arrived'] : []),
  ]
}

/** Puts a configuration into the second slot. It changes nothing of what leaves. */
export async function proposeCandidate(
  deps: WayOutDeps,
  input: { configuration: unknown; by: Actor },
): Promise<{ kind: 'proposed'; hash: Hash } | Said> {
  const read = configurationSchema.safeParse(input.configuration)
  if (!read.success) return no('configuration', read.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`).join('; ')) // prettier-ignore
  if (!deps.ways.secrets.includes(read.data.secret)) return no('no-secret', `Set ${read.data.secret} first: a configuration names it and never holds it`) // prettier-ignore
  const { clock } = deps
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'channel.configure')
    if (refused) return refused
    const hash = await register(tx, { clock, by: input.by }, 'channel', configured, read.data)
    await putCandidate(tx, configured, { hash, at: clock(), by: input.by, wasLive: false })
    await appendAudit(tx, clock, { actor: input.by, action: 'channel.proposed', subject: hash, detail: { channel: configured } }) // prettier-ignore
    return { kind: 'proposed', hash }
  })
}

/** Runs the checks of the candidate: its domain's authentication as a receiver sees it, over the way it would take. */
export async function checkCandidate(
  deps: WayOutDeps,
  by: Actor,
): Promise<{ kind: 'checked'; findings: Checked[] } | Said> {
  const refused = await refusal(deps.db, by, 'channel.configure')
  const candidate = await candidateNow(deps.db, deps.ways)
  if (refused || !candidate) return refused ?? noCandidate
  const sender = senderBy(candidate.configuration, deps.sender)
  if (!sender) return no('no-sender', 'Set MAIL_FROM and BUSINESS_ADDRESS: who sends decides what is checked')
  const findings = await checkWay(deps, { sender, outlet: deps.ways.outlet(candidate.configuration.secret) })
  await updateChecked(deps.db, configured, { hash: candidate.hash, findings, at: deps.clock() })
  return { kind: 'checked', findings }
}

const patienceMs = 30_000

/**
 * Sends a message by the candidate, to an address that the owner has at hand, and says what the provider answered. That it
 * arrived is known when its code is typed (`proveCandidate`), or the provider tells of its delivery.
 */
export async function testCandidate(
  deps: WayOutDeps,
  input: { to: string; by: Actor },
): Promise<{ kind: 'sent'; answer: string } | { kind: 'not-sent'; why: string } | Said> {
  const refused = await refusal(deps.db, input.by, 'channel.configure')
  const candidate = await candidateNow(deps.db, deps.ways)
  if (refused || !candidate) return refused ?? noCandidate
  const to = input.to.trim()
  if (!isMailbox(to)) return no('no-address', 'This is no e-mail address')
  const channel = deps.ways.open(candidate.configuration)
  const sender = senderBy(candidate.configuration, deps.sender)
  if (!channel || !sender) return no('no-sender', 'Set its secret, MAIL_FROM and BUSINESS_ADDRESS first')
  const [id, code] = [newId<'delivery'>(deps.clock) satisfies DeliveryId, randomToken(6)]
  await updateTest(deps.db, configured, {
    hash: candidate.hash,
    id,
    to,
    codeHash: codeHash(id, code),
    at: deps.clock(),
  })
  const batch = { key: `test-${id}`, messages: [testMail({ id, sender, to, code })] }
  const [outcome] = await channel.send(batch, AbortSignal.timeout(patienceMs))
  const answer = answerWords(outcome)
  await updateAnswer(deps.db, configured, { id, answer })
  await note(deps, { actor: input.by, action: 'channel.tested', subject: candidate.hash, detail: { test: id, outcome: outcome?.kind ?? 'none' } }) // prettier-ignore
  return outcome?.kind === 'sent' ? { kind: 'sent', answer } : { kind: 'not-sent', why: answer }
}

const codeHash = (id: DeliveryId, code: string): Hash => sha256(`${id} ${code}`)

function answerWords(outcome: Outcome | undefined): string {
  if (outcome?.kind === 'sent') return 'The provider took it'
  return outcome && 'why' in outcome ? `The provider did not take it: ${outcome.why}` : 'The provider gave no answer'
}

/** The owner's word that the test arrived: the code that stood in it. */
export async function proveCandidate(
  deps: WayOutDeps,
  input: { code: string; by: Actor },
): Promise<{ kind: 'proved' } | Said> {
  const refused = await refusal(deps.db, input.by, 'channel.configure')
  const row = await selectCandidate(deps.db, configured)
  if (refused) return refused
  if (!row?.testId || row.testCodeHash === null) return no('not-ready', 'Send a test first: its code is asked for')
  if (!sameSecret(codeHash(row.testId, input.code.trim()), row.testCodeHash))
    return no('wrong-code', 'This is not the code of the last test')
  await updateProved(deps.db, { id: row.testId, at: deps.clock(), by: 'code' })
  return { kind: 'proved' }
}

const slots: Record<'forth' | 'back', Action> = { forth: 'channel.configure', back: 'campaign.rollback' }

/**
 * Makes the candidate live and puts what was live into its slot, so that the same click goes back. Every claim, and every
 * group, that begins after the commit leaves by it; groups under way are finished by the way they began.
 * @param input.seen the candidate that whoever clicks has read
 */
export async function switchWay(
  deps: WayOutDeps,
  input: { seen: string; by: UserId; reason: string },
): Promise<{ kind: 'switched'; secret: Configuration['secret']; back: boolean } | Said> {
  const { db, ways, clock } = deps
  const done = await db.transaction(async (tx) => {
    const row = await lockCandidate(tx, configured)
    if (!row) return noCandidate
    if (row.hash !== input.seen)
      return no('not-ready', 'Another configuration stands in the second slot: read it first')
    const back = row.provedBy === 'was-live'
    const configuration = await configurationOf(tx, row.hash)
    const refused = await refusal(tx, input.by, slots[back ? 'back' : 'forth'])
    if (refused) return refused
    const missing = missingOf(row, configuration, ways)
    if (missing.length > 0) return no('not-ready', `Not yet: ${missing.join('; ')}`)
    await swap(tx, deps, { row, ...input })
    return { kind: 'switched' as const, configuration, back }
  })
  if (done.kind === 'refused') return done
  const sender = senderBy(done.configuration, deps.sender)
  if (sender && leavesTheHouse(ways.outlet(done.configuration.secret)))
    await countDomain(
      { db, clock, zone: deps.preflight.zone },
      { domain: domainOf(sender.from.address), channel: configured },
    )
  return { kind: 'switched', secret: done.configuration.secret, back: done.back }
}

async function swap(
  tx: Tx,
  { clock, ways }: WayOutDeps,
  { row, by, reason }: { row: CandidateRow; by: UserId; reason: string },
): Promise<void> {
  const author = { clock, by }
  const before = await liveConfiguration(tx, ways)
  const left = before && (await leave(tx, author, before))
  await pointAt(tx, author, 'channel', configured, row.hash, reason.trim().slice(0, 500) || 'switched')
  if (left === null) await dropCandidate(tx, configured)
  else await putCandidate(tx, configured, { hash: left, at: clock(), by, wasLive: true })
  await appendAudit(tx, clock, { actor: by, action: 'channel.switched', subject: row.hash, detail: { channel: configured, from: left } }) // prettier-ignore
}

/** What is left behind, by its hash: what the settings alone said becomes a version, so that there is a way back to it. */
async function leave(tx: Tx, author: { clock: Clock; by: string }, { hash, configuration }: Configured): Promise<Hash> {
  return hash ?? register(tx, author, 'channel', configured, impliedBy(configuration.secret))
}

const note = ({ db, clock }: { db: Db; clock: Clock }, entry: Parameters<typeof appendAudit>[2]): Promise<unknown> =>
  db.transaction((tx) => appendAudit(tx, clock, entry))
