import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { anotherMayApprove, type Policy } from '../access.ts'
import { rolesThatMay } from '../permissions.ts'
import { selectDelegations, selectStanding, type DelegationRow } from '../queries/delegations.ts'
import { draftsDecidedBy, type DecidedDraft } from '../queries/interactions.ts'
import { firstReviewed, type DeclaredAgent } from './declared.ts'
import { delegationSchema, isOfSample, notCovered, type Delegation } from './delegation.ts'
import { interactionOf, waitingInteractions, type Interaction } from './interactions.ts'
import { switchedOff } from './switch.ts'

export type GivenDelegation = Omit<DelegationRow, 'body'> & { delegation: Delegation }

const read = ({ body, ...row }: DelegationRow): GivenDelegation => ({
  ...row,
  delegation: delegationSchema.parse(body),
})

/** What stands of an agent's at a moment, newest first. */
export const standing = async (db: Queryable, agent: DeclaredAgent, at: Date): Promise<GivenDelegation[]> =>
  (await selectStanding(db, agent, { at, roles: rolesThatMay('agent.delegate') })).map(read)

/** What was ever delegated to an agent: what still runs first. */
export const listDelegations = async (db: Queryable, agent: DeclaredAgent, limit: number): Promise<GivenDelegation[]> =>
  (await selectDelegations(db, agent, limit)).map(read)

/** Who decides on an interaction: a policy that stands, or a person, and why. */
export type Decider = { kind: 'delegated'; by: Policy } | { kind: 'review'; why: string }

/**
 * Whether a policy may decide on what an agent did, as things stand now; else a person does. The newest delegation that
 * covers it speaks. Whoever acts on the answer is asked again when the approval is recorded (`approveRelease`).
 * @param deps.audienceOf how many people a segment's rule selects now: asked where nothing else stands against it
 */
export async function decideDelegated(
  deps: { db: Db; clock: Clock; audienceOf: (rule: unknown) => Promise<number> },
  input: { agent: DeclaredAgent; id: string },
): Promise<Decider> {
  const off = await switchedOff(deps.db, input.agent)
  if (off) return { kind: 'review', why: off.why }
  const interaction = await interactionOf(deps.db, input.agent, input.id)
  if (!interaction) return { kind: 'review', why: 'There is nothing to decide on' }
  const given = await standing(deps.db, input.agent, deps.clock())
  if (given.length === 0) return { kind: 'review', why: 'Nothing is delegated' }
  const another = await anotherMayApprove(deps.db)
  const to = (people: number): Decider => firstThatCovers(given, interaction, { people, another })
  const whateverItsReaders = to(0)
  return whateverItsReaders.kind === 'review' ? whateverItsReaders : to(await deps.audienceOf(interaction.segment.rule))
}

function firstThatCovers(
  given: readonly GivenDelegation[],
  interaction: Interaction,
  { people, another }: { people: number; another: boolean },
): Decider {
  const whys = given.map(({ hash, delegation, reviewed, givenBy }) => {
    if (reviewed < firstReviewed) return { hash, why: 'Too few were reviewed' }
    if (another && interaction.askedBy === givenBy)
      return { hash, why: 'Whoever delegated it asked for it: somebody else must approve it' }
    return { hash, why: notCovered(delegation, interaction, people) }
  })
  const covering = whys.find(({ why }) => why === null)
  if (covering) return { kind: 'delegated', by: `policy:${covering.hash}` }
  return { kind: 'review', why: whys[0]?.why ?? 'Nothing is delegated' }
}

/** What a policy approved, newest first, and what of its scope waits to be reviewed by a person. */
export type Work = { approved: number; latest: DecidedDraft[]; sampled: string[] }

const latestShown = 5
const waitingLooked = 200

/** What came of each delegation: for a page. */
export async function workOf(db: Queryable, agent: DeclaredAgent, given: readonly GivenDelegation[]): Promise<Work[]> {
  if (given.length === 0) return []
  const waiting = await waitingInteractions(db, agent, waitingLooked)
  const policies = given.map(({ hash }) => `policy:${hash}`)
  const decided = new Map((await draftsDecidedBy(db, policies, latestShown)).map((one) => [one.actor, one]))
  return given.map(({ delegation }, at) => {
    const { approved = 0, latest = [] } = decided.get(policies[at]!) ?? {}
    const sampled = waiting.filter((one) => isOfSample(delegation, one)).map(({ id }) => id)
    return { approved, latest: latest.map((one) => ({ ...one, at: new Date(one.at) })), sampled }
  })
}
