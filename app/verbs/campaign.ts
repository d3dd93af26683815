import { campaignProgress } from '#campaigns/progress.ts'
import { whyPerson } from '#campaigns/why.ts'
import { listReleases } from '#governance/releases.ts'
import { parseId, type PersonId } from '#kernel/ids.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const campaign: Verb = {
  name: 'campaign',
  about: 'How campaigns stand; --why tells the story of one person',
  usage: ['campaign [NAME] [--json]', 'campaign NAME --why PERSON [--json]'],
  takes: 1,
  options: { why: { type: 'string' } },
  explains: { why: 'a person’s id: what was sent to them, what was not, by which rule' },
  run: async (call) => {
    const name = call.positionals[0]
    const whom = call.text('why')
    const personId = parseId<'person'>(whom)
    if (whom !== undefined && !personId) throw new UsageError('--why takes a person’s id, as the people pages show it')
    if (whom !== undefined && name === undefined)
      throw new UsageError('Why in which campaign? millrace campaign NAME --why PERSON')
    return withHouse(call.config, async (house) => {
      const names = [...new Set((await listReleases(house.db)).map((release) => release.name))]
      if (name === undefined) answer(call, names, names)
      else if (!names.includes(name))
        throw new UsageError(`There is no campaign "${name}". Campaigns: ${names.join(', ') || 'none yet'}`)
      else if (personId) await tellWhy(call, house, name, personId)
      else await tellProgress(call, house, name)
      return exit.done
    })
  },
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
    ...progress.reasons.map((reason) => `  ${reason.count} ${reason.state}: ${reason.reason}`),
    ...progress.reactions.map(
      (reaction) => `  ${reaction.kind}: ${reaction.people} by people, ${reaction.machines} by machines only`,
    ),
  ])
}
