import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Policy } from '../access.ts'
import { rolesThatMay } from '../permissions.ts'
import { selectDelegation, selectDelegations, selectStanding, type DelegationRow } from '../queries/delegations.ts'
import { draftsDecidedBy, type DecidedDraft } from '../queries/interactions.ts'
import { firstReviewed, type AgentName } from './declared.ts'
import { delegationSchema, isOfSample, notCovered, type Delegation } from './delegation.ts'
import { interactionOf, waitingInteractions } from './interactions.ts'
import { switchedOff } from './switch.ts'

export type GivenDelegation = Omit<DelegationRow, 'body'> & { delegation: Delegation }

const read = ({ body, ...row }: DelegationRow): GivenDelegation => ({
  ...row,
  delegation: delegationSchema.parse(body),
})

/** What stands of an agent's at a moment, newest first. */
export const standing = async (db: Queryable, agent: AgentName, at: Date): Promise<GivenDelegation[]> =>
  (await selectStanding(db, agent, { at, roles: rolesThatMay('agent.delegate') })).map(read)

/** One delegation, whatever became of it. */
export async function delegationOf(db: Queryable, hash: Hash): Promise<GivenDelegation | null> {
  const row = await selectDelegation(db, hash)
  return row && read(row)
}

/** What was ever delegated to an agent: what still runs first. */
export const listDelegations = async (db: Queryable, agent: AgentName, limit: number): Promise<GivenDelegation[]> =>
  (await selectDelegations(db, agent, limit)).map(read)

/** Who decides on an interaction: a policy that stands, or a person, and why. */
export type Decider = { kind: 'delegated'; by: Policy } | { kind: 'review'; why: string }

/**
 * Whether a policy may decide on what an agent did, as things stand now; else a person does. The newest delegation that
 * covers it speaks. Whoever acts on the answer is asked again when the approval is recorded (`approveRelease`).
 * @param deps.audienceOf how many people a segment's rule selects now
 */
export async function decideDelegated(
  deps: { db: Db; clock: Clock; audienceOf: (rule: unknown) => Promise<number> },
  input: { agent: AgentName; id: string },
): Promise<Decider> {
  const off = await switchedOff(deps.db, input.agent)
  if (off) return { kind: 'review', why: off.why }
  const interaction = await interactionOf(deps.db, input.agent, input.id)
  if (!interaction) return { kind: 'review', why: 'There is nothing to decide on' }
  const given = await standing(deps.db, input.agent, deps.clock())
  if (given.length === 0) return { kind: 'review', why: 'Nothing is delegated' }
  const people = await deps.audienceOf(interaction.segment.rule)
  const whys = given.map(({ hash, delegation, reviewed }) => ({
    hash,
    why: reviewed < firstReviewed ? 'Too few were reviewed' : notCovered(delegation, interaction, people),
  }))
  const covering = whys.find(({ why }) => why === null)
  if (covering) return { kind: 'delegated', by: `policy:${covering.hash}` }
  return { kind: 'review', why: whys[0]?.why ?? 'Nothing is delegated' }
}

/** What a policy approved, newest first, and what of its scope waits to be reviewed by a person. */
export type Work = { approved: number; latest: DecidedDraft[]; sampled: string[] }

const latestShown = 5
const waitingLooked = 200

/** What came of each delegation: for a page. */
export async function workOf(db: Queryable, agent: AgentName, given: readonly GivenDelegation[]): Promise<Work[]> {
  const waiting = given.length === 0 ? [] : await waitingInteractions(db, agent, waitingLooked)
  return Promise.all(
    given.map(async ({ hash, delegation }) => ({
      ...(await draftsDecidedBy(db, `policy:${hash}`, latestShown)),
      sampled: waiting.filter((one) => isOfSample(delegation, one)).map(({ id }) => id),
    })),
  )
}
