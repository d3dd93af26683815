import { listSegments } from '#graph/segments/registry.ts'
import { userByEmail } from '#governance/access.ts'
import { listDelegations, standing, workOf, type GivenDelegation, type Work } from '#governance/agents/decide.ts'
import { agentNamed, agentNames, firstReviewed, type DeclaredAgent } from '#governance/agents/declared.ts'
import { delegate as give, takeBack as take } from '#governance/agents/delegate.ts'
import type { AskedScope } from '#governance/agents/delegation.ts'
import { agentStanding, type Standing } from '#governance/agents/reviews.ts'
import { setFlag } from '#governance/flags.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import type { UserId } from '#kernel/ids.ts'
import { formNames } from '#rag/forms.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const shownDelegations = 20

type Act = (call: Call, house: House) => Promise<number>
const acts: Readonly<Record<string, Act>> = {
  list,
  on: (call, house) => move(call, house, true),
  off: (call, house) => move(call, house, false),
  delegate,
  'take-back': takeBack,
}

export const agents: Verb = {
  name: 'agents',
  about: 'Agents behind their switches: how far their first hundred are, what is left to them, and taking it back',
  usage: [
    'agents [--json]',
    'agents on|off AGENT --as ADDRESS --reason WORDS',
    'agents delegate AGENT --forms sms,x --segments "Regulars,Bought once" --people 500 --as ADDRESS --reason WORDS',
    'agents take-back DELEGATION --as ADDRESS --reason WORDS',
  ],
  takes: 2,
  options: {
    as: { type: 'string' },
    reason: { type: 'string' },
    forms: { type: 'string' },
    segments: { type: 'string' },
    people: { type: 'string' },
    cost: { type: 'string' },
    sample: { type: 'string' },
    days: { type: 'string' },
  },
  explains: {
    as: 'the e-mail address of whoever says so; only an owner may delegate',
    reason: 'kept beside it, for whoever asks later',
    forms: `what may be left to the agent: ${formNames.join(', ')}`,
    segments: 'for whom: names of saved segments, as `millrace segments` lists them',
    people: 'to how many people at most',
    cost: 'what writing one may cost, in US dollars; 0.10 unless told',
    sample: 'how many of a hundred a person still reviews: 5 at least, 10 unless told',
    days: 'for how long: 30 unless told, 365 at most',
  },
  run: async (call) => {
    const act = acts[call.positionals[0] ?? 'list']
    if (!act)
      throw new UsageError(`agents cannot do that: say ${Object.keys(acts).join(', ')}, or nothing to list them`)
    return withHouse(call.config, (house) => act(call, house))
  },
}

async function list(call: Call, { db, clock }: House): Promise<number> {
  const all = []
  for (const name of agentNames) {
    const delegations = await listDelegations(db, name, shownDelegations)
    const work = await workOf(db, name, delegations)
    all.push({ ...(await agentStanding(db, name)), delegations: delegations.map((one, at) => ({ ...one, work: work[at]! })) }) // prettier-ignore
  }
  answer(call, all, all.flatMap((one) => [standingLine(one), ...one.delegations.map((given) => `  ${givenLine(given, clock())}`)])) // prettier-ignore
  return exit.done
}

const standingLine = ({ agent, flag, reviewed, approved }: Standing): string =>
  `${agent} is ${flag.isOn ? 'on' : 'off'}: ${Math.min(reviewed, firstReviewed)} of ${firstReviewed} reviewed${approved ? `, ${Math.round(approved.share * 100)} % approved` : ''}`

function givenLine({ hash, delegation, expiresAt, takenBackAt, work }: GivenDelegation & { work: Work }, now: Date) {
  const { forms, segments, mostPeople, sampleShare } = delegation.scope
  const fate = takenBackAt ? 'taken back' : expiresAt <= now ? 'ended' : `until ${expiresAt.toISOString()}`
  const to = segments.map(({ name }) => name).join(', ')
  return `${hash.slice(0, 12)} ${fate}: ${forms.join(', ')} for ${to}, at most ${mostPeople} people, ${Math.round(sampleShare * 100)} % reviewed; ${work.approved} approved`
}

function agentIn(call: Call): DeclaredAgent {
  const agent = agentNamed(call.positionals[1] ?? '')
  if (!agent) throw new UsageError(`Which agent? ${agentNames.join(', ')}`)
  return agent
}

/** Who says so, and why: nothing of an agent is moved without. */
async function sayer(call: Call, { db }: House): Promise<{ by: UserId; reason: string }> {
  const [address, reason] = [call.text('as'), call.text('reason')?.trim()]
  if (address === undefined || !reason) throw new UsageError('Say who and why: --as ADDRESS --reason WORDS')
  const user = await userByEmail(db, address)
  if (!user) throw new RefusedError('Nobody of this address may do this: add them with millrace sign-in ADDRESS --role owner') // prettier-ignore
  return { by: user.id, reason }
}

async function move(call: Call, house: House, on: boolean): Promise<number> {
  const agent = agentIn(call)
  const done = await setFlag(house, { name: `agent.${agent}`, on, ...(await sayer(call, house)) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`${agent} is ${on ? 'on' : 'off: it starts nothing more, and nothing is left to it'}`])
  return exit.done
}

async function delegate(call: Call, house: House): Promise<number> {
  const agent = agentIn(call)
  const scope = await scopeIn(call, house)
  const given = await give(house, { agent, scope, ...(await sayer(call, house)) })
  if (given.kind === 'refused') throw new RefusedError(given.why)
  answer(call, given, [`Delegated until ${given.until.toISOString()}: millrace agents take-back ${given.hash} ends it`])
  return exit.done
}

const listIn = (text: string | undefined): string[] =>
  (text ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '') // prettier-ignore

async function scopeIn(call: Call, { db }: House): Promise<AskedScope> {
  const saved = await listSegments(db)
  const segments = listIn(call.text('segments')).map((name) => {
    const found = saved.find((one) => one.name === name)
    if (!found) throw new UsageError(`There is no segment "${name}": millrace segments lists them`)
    return { name, rule: found.rule }
  })
  const forms = listIn(call.text('forms')).map((name) => {
    const found = formNames.find((one) => one === name)
    if (!found) throw new UsageError(`There is no form "${name}": ${formNames.join(', ')}`)
    return found
  })
  return {
    forms,
    segments,
    mostPeople: Number(call.text('people')),
    mostCostMicroUsd: Math.round(Number(call.text('cost') ?? '0.10') * 1e6),
    samplePercent: Number(call.text('sample') ?? '10'),
    days: Number(call.text('days') ?? '30'),
  }
}

async function takeBack(call: Call, house: House): Promise<number> {
  const start = call.positionals[1] ?? ''
  const live = await Promise.all(agentNames.map((name) => standing(house.db, name, house.clock())))
  const found = live.flat().filter(({ hash }) => start.length >= 12 && hash.startsWith(start))
  const [one] = found
  if (!one || found.length > 1)
    throw new UsageError('Which delegation that stands? The first 12 signs at least, as millrace agents prints them')
  const done = await take(house, { hash: one.hash, ...(await sayer(call, house)) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, ['Taken back: from now on a person decides'])
  return exit.done
}
