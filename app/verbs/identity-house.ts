import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse } from '../wire.ts'

/** `identity`: resolves all records of the house. */
export const resolveHouse = (call: Call): Promise<number> =>
  withHouse(call.config, async (house) => {
    const report = await resolveIdentities(house, { by: 'millrace' })
    answer(call, report, [
      `${report.people} people and ${report.visitors} visitors from ${report.identifiers} identifiers; ${report.merges} profiles joined to another`,
      ...report.refusals.map((refusal) => `  not joined ${refusal.count} times by ${refusal.rule}: ${refusal.why}`),
    ])
    return exit.done
  })

/** `identity train`: learns a model of likeness from the house's profiles and releases it. */
export const trainHouse = (call: Call): Promise<number> =>
  withHouse(call.config, async (house) => {
    const training = await trainLinkage(house, { by: 'millrace' })
    if (training.kind === 'too-little') {
      answer(call, training, [training.why])
      return exit.refused
    }
    answer(call, training, [
      `Learned from ${training.profiles} profiles and ${training.pairs} pairs, by ${training.fields.join(', ')}`,
      `Joined from ${training.bands.merge.toFixed(1)} bits on, asked from ${training.bands.review.toFixed(1)}. Resolve again to use it: millrace identity`,
    ])
    return exit.done
  })
