import { rolloutsOf, type Rollout } from '#campaigns/canary/story.ts'
import { liveRelease, setRollout } from '#governance/releases.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const rollout: Verb = {
  name: 'rollout',
  about: 'How far releases have gone, what their guards say, and going further or back by hand',
  usage: ['rollout [CAMPAIGN] [--json]', 'rollout CAMPAIGN --percent N [--reason WORDS] [--json]'],
  takes: 1,
  options: { percent: { type: 'string' }, reason: { type: 'string' } },
  explains: { percent: 'of the audience, 0 to 100; 0 pauses', reason: 'kept with the move' },
  run: async (call) => {
    const campaign = call.positionals[0] ?? null
    const percent = call.text('percent')
    return withHouse(call.config, async (house) => {
      if (percent !== undefined) {
        if (campaign === null) throw new UsageError('Which campaign? millrace rollout CAMPAIGN --percent N')
        if (!/^(\d{1,2}|100)$/.test(percent)) throw new UsageError('--percent is a whole number from 0 to 100')
        const live = await liveRelease(house.db, campaign)
        if (!live) throw new RefusedError(`Nothing of "${campaign}" is live`)
        const reason = call.text('reason') ?? 'set from the command line'
        const set = await setRollout(house, { hash: live.hash, percent: Number(percent), by: 'millrace', reason })
        if (set.kind === 'refused') throw new RefusedError(set.why)
        answer(call, set, [`${campaign} goes to ${set.percent} % of its audience`])
        return exit.done
      }
      const rollouts = await rolloutsOf(house.db, campaign)
      answer(call, rollouts, rollouts.length === 0 ? ['No release declares a rollout'] : rollouts.flatMap(lines))
      return exit.done
    })
  },
}

const lines = ({ campaign, releaseHash, percent, state, why, readings }: Rollout): string[] => [
  `${campaign} ${releaseHash.slice(0, 12)}: ${state} at ${percent} %: ${why}`,
  ...readings.map(({ words }) => `  ${words}`),
]
