import { campaignProgress } from '#campaigns/progress.ts'
import { whyPerson } from '#campaigns/why.ts'
import { listReleases } from '#governance/releases.ts'
import { parseId } from '#kernel/ids.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const campaign: Verb = {
  name: 'campaign',
  about: 'How campaigns stand; --why tells the story of one person',
  usage: ['campaign [NAME] [--json]', 'campaign NAME --why PERSON [--json]'],
  options: { why: { type: 'string' } },
  explains: { why: 'a person’s id: what was sent to them, what was not, by which rule' },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const name = call.positionals[0]
      if (name === undefined) {
        const names = [...new Set((await listReleases(house.db)).map((release) => release.name))]
        answer(call, names, names)
        return exit.done
      }
      const whom = call.text('why')
      if (whom !== undefined) {
        const personId = parseId<'person'>(whom)
        if (!personId) throw new UsageError('--why takes a person’s id, as the people pages show it')
        const story = await whyPerson(house.db, name, personId)
        answer(call, story, [story.words])
        return exit.done
      }
      const progress = await campaignProgress(house, name)
      answer(call, progress, [
        `${name}: ${progress.enrolled} enrolled; ${
          Object.entries(progress.states)
            .map(([state, n]) => `${n} ${state}`)
            .join(', ') || 'nothing planned'
        }`,
        ...progress.reasons.map((reason) => `  ${reason.count} ${reason.state}: ${reason.reason}`),
        ...progress.reactions.map(
          (reaction) => `  ${reaction.kind}: ${reaction.people} by people, ${reaction.machines} by machines only`,
        ),
      ])
      return exit.done
    }),
}
