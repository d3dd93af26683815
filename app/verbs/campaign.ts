import { isCopy } from '#campaigns/copy.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { whyPerson } from '#campaigns/why.ts'
import { listReleases } from '#governance/releases.ts'
import { parseId, type PersonId } from '#kernel/ids.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { holdByHand, liftHolds, tellHolds } from './campaign-holds.ts'

const byHand = { hold: holdByHand, lift: liftHolds } as const

export const campaign: Verb = {
  name: 'campaign',
  about: 'How campaigns stand and what holds them; --why tells the story of one person',
  usage: [
    'campaign [NAME] [--json]',
    'campaign NAME --why PERSON [--json]',
    'campaign holds [NAME] [--json]',
    'campaign hold NAME --reason WORDS [--json]',
    'campaign lift NAME --reason WORDS --as ADDRESS [--json]',
  ],
  takes: 2,
  options: { why: { type: 'string' }, reason: { type: 'string' }, as: { type: 'string' } },
  explains: {
    why: 'a person’s id: what was sent to them, what was not, by which rule',
    reason: 'why it is held, or may go on; kept in its history',
    as: 'the e-mail address of whoever lifts a hold: they must be one who may approve',
  },
  run: (call) => {
    const [first, second] = call.positionals
    if (first === 'holds') return tellHolds(call, second ?? null)
    if (first === 'hold' || first === 'lift') {
      if (second === undefined) throw new UsageError(`Which campaign? millrace campaign ${first} NAME --reason WORDS`)
      return byHand[first](call, second)
    }
    if (second !== undefined) throw new UsageError(`campaign takes one name, or holds, hold or lift before it`)
    return tellCampaign(call, first)
  },
}

async function tellCampaign(call: Call, name: string | undefined): Promise<number> {
  const whom = call.text('why')
  const personId = parseId<'person'>(whom)
  if (whom !== undefined && !personId) throw new UsageError('--why takes a person’s id, as the people pages show it')
  if (whom !== undefined && name === undefined)
    throw new UsageError('Why in which campaign? millrace campaign NAME --why PERSON')
  return withHouse(call.config, async (house) => {
    const names = await campaignNames(house)
    if (name === undefined) answer(call, names, names)
    else if (!names.includes(name))
      throw new UsageError(`There is no campaign "${name}". Campaigns: ${names.join(', ') || 'none yet'}`)
    else if (personId) await tellWhy(call, house, name, personId)
    else await tellProgress(call, house, name)
    return exit.done
  })
}

async function campaignNames({ db }: House): Promise<string[]> {
  const campaigns = (await listReleases(db)).filter((release) => !isCopy(release))
  return [...new Set(campaigns.map((release) => release.name))]
}

async function tellWhy(call: Call, house: House, name: string, personId: PersonId): Promise<void> {
  const story = await whyPerson(house.db, name, personId)
  answer(call, story, [story.words])
}

async function tellProgress(call: Call, house: House, name: string): Promise<void> {
  const progress = await campaignProgress(house, name)
  const states = Object.entries(progress.states).map(([state, n]) => `${n} ${state}`)
  answer(call, progress, [
    `${name}: ${progress.enrolled} enrolled; ${states.join(', ') || 'nothing planned'}`,
    ...(progress.sending.kind === 'stopped' ? [`  ${progress.sending.why}`] : []),
    ...progress.reasons.map((reason) => `  ${reason.count} ${reason.state}: ${reason.reason}`),
    ...progress.reactions.map(
      (reaction) => `  ${reaction.kind}: ${reaction.people} by people, ${reaction.machines} by machines only`,
    ),
  ])
}
