import { appendAudit } from '#kernel/audit.ts'
import type { Queryable } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { scrubbed } from '#kernel/log.ts'
import { register } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { ChannelName } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { fail, pass } from '../deliverability/finding.ts'
import { checkWay, standsInTheWay, type Checked, type PreflightDeps } from '../deliverability/preflight.ts'
import { putCandidate, selectCandidate, updateChecked, type CandidateRow } from '../queries/way-out.ts'
import {
  channelOfSecret, configurationOf, configurationSchema, isMail, senderBy, type Asked, type Configuration, type WaysOut,
} from './configuration.ts' // prettier-ignore

export type WayOutDeps = PreflightDeps & { ways: WaysOut; sender: Sender | null }

/** What stands in the second slot of a channel, and what is still missing before it can be switched to; empty when nothing is. */
export type Candidate = CandidateRow & { configuration: Configuration; missing: string[] }

type Rule = 'not-permitted' | 'configuration' | 'no-secret' | 'no-candidate' | 'not-ready' | 'no-address' | 'no-sender' | 'wrong-code' // prettier-ignore
export type Said = Refused<Rule>
export const no = (rule: Rule, why: string): Said => ({ kind: 'refused', rule, why })
export const noCandidate = no('no-candidate', 'Nothing stands in the second slot: propose a configuration first')

/** The candidate of a channel, or null. */
export async function candidateNow(db: Queryable, ways: WaysOut, channel: ChannelName): Promise<Candidate | null> {
  const row = await selectCandidate(db, channel)
  if (!row) return null
  const configuration = await configurationOf(db, row.hash)
  return { ...row, configuration, missing: missingOf(row, configuration, ways) }
}

/** What a candidate lacks before it may be switched to, in words. */
export function missingOf(row: CandidateRow, configuration: Configuration, ways: WaysOut): string[] {
  const { secret } = configuration
  const noSecret = ways.secrets.includes(secret) ? [] : [`${secret} is not set here`]
  if (row.provedBy === 'was-live') return noSecret
  const against = row.findings && againstIt(row.findings, configuration, ways)
  return [
    ...noSecret,
    ...(against === null ? ['Its checks were not run'] : against.map(({ what, mark }) => `${what}: ${mark}`)),
    ...(row.testSentAt === null ? ['No test was sent'] : []),
    ...(row.testSentAt !== null && row.provedAt === null ? ['Nobody knows yet that the test arrived'] : []),
  ]
}

const againstIt = (findings: Checked[], configuration: Configuration, ways: WaysOut): Checked[] =>
  isMail(configuration)
    ? standsInTheWay({ outlet: ways.outlet(configuration.secret), points: findings })
    : findings.filter(({ mark }) => mark === 'fail')

/** Puts a configuration into the second slot of the channel that its secret is for. It changes nothing of what leaves. */
export async function proposeCandidate(
  deps: WayOutDeps,
  input: { configuration: unknown; by: Actor },
): Promise<{ kind: 'proposed'; hash: Hash; channel: ChannelName } | Said> {
  const read = configurationSchema.safeParse(input.configuration)
  if (!read.success) return no('configuration', read.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`).join('; ')) // prettier-ignore
  const { secret } = read.data
  if (!deps.ways.secrets.includes(secret)) return no('no-secret', `Set ${secret} first: a configuration names it and never holds it`) // prettier-ignore
  const { clock } = deps
  const channel = channelOfSecret(secret)
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'channel.configure')
    if (refused) return refused
    const hash = await register(tx, { clock, by: input.by }, 'channel', channel, read.data)
    await putCandidate(tx, channel, { hash, at: clock(), by: input.by, wasLive: false })
    await appendAudit(tx, clock, { actor: input.by, action: 'channel.proposed', subject: hash, detail: { channel } })
    return { kind: 'proposed', hash, channel }
  })
}

/**
 * Runs the checks of a candidate: of mail its domain's authentication as a receiver sees it, over the way it would take; of
 * every other channel whether its other side knows us.
 */
export async function checkCandidate(
  deps: WayOutDeps,
  { channel, by }: { channel: ChannelName; by: Actor },
): Promise<{ kind: 'checked'; findings: Checked[] } | Said> {
  const refused = await refusal(deps.db, by, 'channel.configure')
  const candidate = await candidateNow(deps.db, deps.ways, channel)
  if (refused || !candidate) return refused ?? noCandidate
  const findings = await findingsOn(deps, candidate.configuration)
  if (findings === null) return no('no-sender', 'Set MAIL_FROM and BUSINESS_ADDRESS: who sends decides what is checked')
  await updateChecked(deps.db, channel, { hash: candidate.hash, findings, at: deps.clock() })
  return { kind: 'checked', findings }
}

async function findingsOn(deps: WayOutDeps, configuration: Configuration): Promise<Checked[] | null> {
  if (isMail(configuration)) {
    const sender = senderBy(configuration, deps.sender)
    return sender && checkWay(deps, { sender, outlet: deps.ways.outlet(configuration.secret) })
  }
  const { secret } = configuration
  const said = await deps.ways.texts.ask(secret).catch((fault: unknown): Asked => ({ kind: 'refuses', words: scrubbed(messageOf(fault)).slice(0, 300) })) // prettier-ignore
  const found = said.kind === 'answers' ? pass(`${said.words}.`) : fail(`${said.words}.`, `Look at ${secret} and what belongs to it.`) // prettier-ignore
  return [{ id: 'known', what: 'Its other side knows us', waiver: null, ...found }]
}
