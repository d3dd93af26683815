import { decide, decidedWords, undecided, wordsOn, type UndecidedState } from '#campaigns/delivery/undecided.ts'
import { releaseHistory } from '#governance/releases.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { parseId } from '#kernel/ids.ts'
import { answer, exit, type Call } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { personOf } from './campaign-documents.ts'

const shown = 100

/** The messages of a campaign that wait for a person, by reason; with --word what somebody says of one or of all of a reason. */
const onState =
  (state: UndecidedState) =>
  (call: Call, campaign: string): Promise<number> =>
    withHouse(call.config, (house) =>
      call.text('word') === undefined ? tell(call, house, { campaign, state }) : say(call, house, { campaign, state }),
    )

export const heldOf = onState('held')
export const unknownOf = onState('unknown')

type Of = { campaign: string; state: UndecidedState }

async function tell(call: Call, { db }: House, { campaign, state }: Of): Promise<number> {
  if ((await releaseHistory(db, campaign)).length === 0)
    throw new UsageError(`Nothing of a campaign "${campaign}" was ever live`)
  const asked = { campaign, state, reason: call.text('of') ?? null, limit: shown, offset: 0 }
  const waiting = await undecided(db, asked)
  const policy = waiting.ifUnknown === 'leave' ? 'left alone' : 'sent again once, after an hour'
  answer(call, waiting, [
    ...(state === 'unknown' ? [`What nobody knows the end of is ${policy}, as the campaign says`] : []),
    ...(waiting.reasons.length === 0 ? [`Nothing of ${campaign} waits for a word`] : []),
    ...waiting.reasons.map(({ reason, count }) => `${count}: ${reason}`),
    ...waiting.rows.map(({ id, address, stepKey, channel }) => `  ${id}  ${address}, ${stepKey} by ${channel}`),
  ])
  return exit.done
}

async function say(call: Call, house: House, { campaign, state }: Of): Promise<number> {
  const word = wordsOn[state].find((one) => one === call.text('word'))
  if (word === undefined) throw new UsageError(`--word is ${wordsOn[state].join(', ')}`)
  const [of, why] = [call.text('of'), call.text('reason')]
  if (of === undefined || why === undefined)
    throw new UsageError(`Of which, and why? millrace campaign ${state} NAME --word ${word} --of ID|REASON --reason WORDS --as ADDRESS`) // prettier-ignore
  const id = parseId<'delivery'>(of)
  const by = await personOf(house, call.text('as'))
  const done = await decide(house, { campaign, word, which: id ? { id } : { reason: of }, by, why })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [decidedWords(word, done)])
  return exit.done
}
