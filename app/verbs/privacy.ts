import { refusal, userByEmail } from '#governance/access.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { allowedHistory, allowKind, hiddenKinds, liveAllowed, type HiddenKind } from '#rag/redact/allowed.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const privacy: Verb = {
  name: 'privacy',
  about: 'What of people’s data the vendors of models may see: nothing, unless an owner allows a kind of it',
  usage: [
    'privacy show [--json]',
    'privacy allow KIND --as ADDRESS --reason WHY [--json]',
    'privacy deny KIND --as ADDRESS --reason WHY [--json]',
  ],
  takes: 2,
  options: { as: { type: 'string' }, reason: { type: 'string' } },
  explains: {
    as: 'the e-mail address of the owner whose word it is',
    reason: `why, for the record; a kind is one of ${hiddenKinds.join(', ')}`,
  },
  run: async (call) => {
    const [what, kind] = call.positionals
    if (what === 'show' && kind === undefined) return show(call)
    if (what === 'allow' || what === 'deny') return change(call, kindOf(kind), what === 'allow')
    throw new UsageError('Say: millrace privacy show, privacy allow KIND or privacy deny KIND')
  },
}

function kindOf(word: string | undefined): HiddenKind {
  const kind = hiddenKinds.find((known) => known === word?.toUpperCase())
  if (kind) return kind
  throw new UsageError(`Say which kind of people’s data: ${hiddenKinds.join(', ')}`)
}

const show = (call: Call): Promise<number> =>
  withHouse(call.config, async ({ db }) => {
    const { kinds } = await liveAllowed(db)
    const moves = await allowedHistory(db)
    answer(call, { allowed: kinds, hidden: hiddenKinds.filter((kind) => !kinds.includes(kind)), moves }, [
      `Vendors of models see as it is: ${kinds.join(', ') || 'nothing'}`,
      ...moves.map((move) => `  ${move.movedAt.toISOString()} ${move.hash.slice(0, 12)} by ${move.movedBy}: ${move.reason}`),
    ])
    return exit.done
  }) // prettier-ignore

function change(call: Call, kind: HiddenKind, allowed: boolean): Promise<number> {
  const [address, reason] = [call.text('as'), call.text('reason')]
  if (address === undefined || !reason)
    throw new UsageError(`Say whose word it is, and why: privacy ${allowed ? 'allow' : 'deny'} ${kind} --as ADDRESS --reason WHY`) // prettier-ignore
  return withHouse(call.config, async (house) => {
    const user = await userByEmail(house.db, address)
    if (!user) throw new RefusedError(`Nobody has the address ${address}: millrace sign-in ADDRESS --role owner adds an owner`) // prettier-ignore
    const refused = await refusal(house.db, user.id, 'privacy.allow')
    if (refused) throw new RefusedError(refused.why)
    const kinds = await allowKind(house, { kind, allowed, by: user.id, reason })
    if (!kinds) throw new RefusedError('Somebody else is changing what vendors see: try again')
    answer(call, { allowed: kinds }, [`Vendors of models see as it is, from now on: ${kinds.join(', ') || 'nothing'}`])
    return exit.done
  })
}
