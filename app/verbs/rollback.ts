import { rollback as goBack } from '#governance/releases.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const rollback: Verb = {
  name: 'rollback',
  about: 'Bring a campaign back to the version before; every claim from then on uses it, and nobody is mailed twice',
  usage: ['rollback CAMPAIGN [--to VERSION] [--reason WORDS] [--json]'],
  takes: 1,
  options: { to: { type: 'string' }, reason: { type: 'string' } },
  explains: { to: 'the whole hash of a version that was live before', reason: 'kept in the audit chain' },
  run: async (call) => {
    const name = call.positionals[0]
    if (name === undefined) throw new UsageError('Which campaign? millrace rollback CAMPAIGN')
    return withHouse(call.config, async (house) => {
      const to = call.text('to')
      const reason = call.text('reason') ?? 'rolled back from the command line'
      const outcome = await goBack(house, {
        name,
        by: 'millrace',
        reason,
        ...(to === undefined ? {} : { to: to as Hash }),
      })
      if (outcome.kind === 'refused') throw new RefusedError(outcome.why)
      answer(call, outcome, [`${name} is back at ${outcome.to.slice(0, 12)}`])
      return exit.done
    })
  },
}
