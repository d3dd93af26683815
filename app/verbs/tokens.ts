import { listTokens, makeToken, takeTokenBack, type EntryToken } from '#campaigns/entries/tokens.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { parseId } from '#kernel/ids.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'
import { personOf } from './campaign-documents.ts'

export const tokens: Verb = {
  name: 'tokens',
  about: 'What lets programs put people into campaigns: make one, take one back',
  usage: [
    'tokens [--json]',
    'tokens make PROGRAM --as ADDRESS [--campaign NAME] [--json]',
    'tokens revoke ID --as ADDRESS [--json]',
  ],
  takes: 2,
  options: { as: { type: 'string' }, campaign: { type: 'string' } },
  explains: {
    as: 'the e-mail address of an owner',
    campaign: 'the only campaign it is for; every one that takes people by program unless told',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const [first, second] = call.positionals
      if (first === undefined) return tell(call, house)
      if (second === undefined || (first !== 'make' && first !== 'revoke')) throw new UsageError('tokens make PROGRAM, or tokens revoke ID') // prettier-ignore
      return first === 'make' ? make(call, house, second) : revoke(call, house, second)
    }),
}

async function tell(call: Call, { db }: House): Promise<number> {
  const all = await listTokens(db)
  answer(call, all, all.length === 0 ? ['There is none'] : all.map(inWords))
  return exit.done
}

const inWords = ({ id, name, campaign, revokedAt }: EntryToken): string =>
  `${id}  ${name}, for ${campaign ?? 'every campaign'}${revokedAt ? ', taken back' : ''}`

async function make(call: Call, house: House, name: string): Promise<number> {
  const by = await personOf(house, call.text('as'))
  const made = await makeToken(house, { name, campaign: call.text('campaign') ?? null, by })
  if (made.kind === 'refused') throw new RefusedError(made.why)
  answer(call, { id: made.id, token: made.token }, [made.token])
  call.say('It is not shown again: only its digest is kept.')
  return exit.done
}

async function revoke(call: Call, house: House, text: string): Promise<number> {
  const id = parseId<'token'>(text)
  if (!id) throw new UsageError('Which token? Its id, as millrace tokens prints it')
  const done = await takeTokenBack(house, { id, by: await personOf(house, call.text('as')) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, ['Taken back'])
  return exit.done
}
