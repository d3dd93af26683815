import { reviewQueue, type ReviewSide } from '#ingest/identity/review.ts'
import { resolveIdentities, type IdentityReport } from '#ingest/identity/resolve.ts'
import { identityModels, rollBackIdentity } from '#ingest/identity/roll-back.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { answer, exit, type Call } from '../verb.ts'
import { identityOf, withHouse } from '../wire.ts'

/** `identity`: resolves all records of the house. */
export const resolveHouse = (call: Call): Promise<number> =>
  withHouse(call.config, async (house) => {
    const report = await resolveIdentities(identityOf(house), { by: 'millrace' })
    answer(call, report, linesOf(report))
    return exit.done
  })

function linesOf(report: IdentityReport): string[] {
  const { people, visitors, identifiers, merges, refusals, reviews, impact } = report
  return [
    `${people} people and ${visitors} visitors from ${identifiers} identifiers; ${merges} profiles joined to another`,
    ...refusals.map((refusal) => `  not joined ${refusal.count} times by ${refusal.rule}: ${refusal.why}`),
    ...(reviews > 0 ? [`${reviews} pairs wait for a person’s word: millrace identity review`] : []),
    ...impact,
  ]
}

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

const shown = 20

/** `identity review`: the pairs that wait for a person's word, the most likely first. */
export const reviewHouse = (call: Call): Promise<number> =>
  withHouse(call.config, async (house) => {
    const queue = await reviewQueue(house.db, { limit: shown })
    const { open, putOff, reviews } = queue
    const lines = reviews.map(
      ({ probability, sides: [one, other], left, right }) =>
        `  ${`${(probability * 100).toFixed(1)} %`.padStart(7)}  ${calledOf(one)}  and  ${calledOf(other)}   ${house.publicUrl}/identity/pair/${left}/${right}`,
    )
    answer(call, queue, [`${open} pairs wait, ${putOff} were put off`, ...lines])
    return exit.done
  })

function calledOf({ golden: { givenName, familyName, email, city } }: ReviewSide): string {
  const name = [givenName?.value, familyName?.value].filter(Boolean).join(' ')
  return [name, email?.value, city?.value].filter(Boolean).join(', ') || 'somebody without a name'
}

/** `identity rollback`: brings a model back to the version before, and people to what it says of them. */
export const rollBackHouse = (call: Call): Promise<number> => {
  const name = identityModels.find((one) => one === call.positionals[1])
  if (!name) throw new UsageError(`Which model? ${identityModels.join(', ')}`)
  const to = call.text('to')
  const reason = call.text('reason') ?? 'rolled back from the command line'
  const input = { name, by: 'millrace', reason, ...(to === undefined ? {} : { to: to as Hash }) }
  return withHouse(call.config, async (house) => {
    const outcome = await rollBackIdentity(house, input)
    if (outcome.kind === 'refused') throw new RefusedError(outcome.why)
    const report = await resolveIdentities(identityOf(house), { by: 'millrace' })
    answer(call, { ...outcome, report }, [`${name} is back at ${outcome.to.slice(0, 12)}`, ...linesOf(report)])
    return exit.done
  })
}
