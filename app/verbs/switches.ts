import { moveSwitch, standingSwitches, type Standing } from '#campaigns/switches.ts'
import { isOn, setFlag } from '#governance/flags.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { personOf } from './campaign-documents.ts'

export const switches: Verb = {
  name: 'switches',
  about: 'What is switched on: everything, each channel, each campaign, or a share of people',
  usage: ['switches [--json]', 'switches NAME on|off|PERCENT --reason WORDS --as ADDRESS [--json]'],
  takes: 2,
  options: { reason: { type: 'string' }, as: { type: 'string' } },
  explains: {
    reason: 'why: whoever looks next reads it',
    as: 'the e-mail address of whoever says so; NAME is sending, channel.email, campaign.spring and the like',
  },
  run: (call) =>
    withHouse(call.config, (house) => (call.positionals.length === 0 ? tell(call, house) : move(call, house))),
}

async function tell(call: Call, { db }: House): Promise<number> {
  const sending = await isOn(db, 'sending')
  const standing = await standingSwitches(db)
  answer(call, { sending, switches: standing }, [`sending: ${sending ? 'on' : 'off'}`, ...standing.map(inWords)])
  return exit.done
}

const inWords = ({ name, percent, moved }: Standing): string =>
  `${name}: ${percent === 0 ? 'off' : percent === 100 ? 'on' : `on for ${percent} % of people`}${moved ? ` (${moved.reason})` : ''}`

async function move(call: Call, house: House): Promise<number> {
  const [name = '', to] = call.positionals
  const percent = to === 'on' ? 100 : to === 'off' ? 0 : Number(to)
  const reason = call.text('reason')
  if (to === undefined || reason === undefined) throw new UsageError('Which way, and why? millrace switches NAME on|off|PERCENT --reason WORDS --as ADDRESS') // prettier-ignore
  const by = await personOf(house, call.text('as'))
  if (name === 'sending' && percent > 0 && percent < 100) throw new UsageError('sending is on or off')
  const done =
    name === 'sending'
      ? await setFlag(house, { name, on: percent > 0, by, reason })
      : await moveSwitch(house, { name, percent, by, reason })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`${name}: ${to}, from the next claim on`])
  return exit.done
}
