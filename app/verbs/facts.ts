import { openContradictions } from '#ingest/content/contradictions.ts'
import { acceptProposal, openProposals, rejectProposal } from '#ingest/content/proposals.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { parseId } from '#kernel/ids.ts'
import { proposeFacts } from '#rag/propose-facts.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const most = 200
const by = 'millrace'

export const facts: Verb = {
  name: 'facts',
  about:
    'What texts state: a model may propose facts, a person accepts or rejects them; where sources contradict each other',
  usage: [
    'facts [--json]',
    'facts propose PATH [--json]',
    'facts accept ID [--json]',
    'facts reject ID --reason WORDS [--json]',
  ],
  takes: 2,
  options: { reason: { type: 'string' } },
  explains: { reason: 'why it is none; the same is not proposed again of the same words' },
  run: async (call) => {
    const verbs: Readonly<Record<string, (call: Call, house: House) => Promise<number>>> = {
      list,
      propose,
      accept,
      reject,
    }
    const run = verbs[call.positionals[0] ?? 'list']
    if (!run) throw new UsageError('Say: millrace facts, facts propose PATH, facts accept ID, or facts reject ID')
    return withHouse(call.config, (house) => run(call, house))
  },
}

async function list(call: Call, { db }: House): Promise<number> {
  const [proposals, contradictions] = [await openProposals(db, most), await openContradictions(db, most)]
  answer(call, { proposals, contradictions }, [
    ...proposals.map((one) => `${one.id} ${one.statement} (${one.uri}: “${one.quote}”, proposed by ${one.proposedBy})`),
    ...contradictions.map((one) => `${one.subject} ${one.predicate}: ${one.uri ?? 'the catalogue'} says otherwise: ${one.statement}`), // prettier-ignore
    ...(proposals.length + contradictions.length === 0 ? ['Nothing waits, and no source contradicts another'] : []),
  ])
  return exit.done
}

async function propose(call: Call, house: House): Promise<number> {
  const uri = call.positionals[1]
  if (uri === undefined)
    throw new UsageError('Name the text by its path, as it was read: millrace facts propose about.md')
  const done = await proposeFacts(house, { uri })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [
    `${done.passages} passages read, ${done.passedOver} passed over because they speak to a model; ${done.proposed} facts proposed`,
    ...done.refused.map((why) => `  not taken: ${why}`),
  ])
  return exit.done
}

function idOf(call: Call) {
  const id = parseId<'proposal'>(call.positionals[1] ?? '')
  if (!id) throw new UsageError('Name the proposal by its id: millrace facts lists them')
  return id
}

async function accept(call: Call, house: House): Promise<number> {
  const done = await acceptProposal(house, { id: idOf(call), by })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [done.kind === 'accepted' ? 'It is a fact now' : done.why])
  return exit.done
}

async function reject(call: Call, house: House): Promise<number> {
  const reason = call.text('reason')
  if (!reason) throw new UsageError('Say why: --reason WORDS')
  const done = await rejectProposal(house, { id: idOf(call), by, reason })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, ['Rejected. It is not proposed again of the same words'])
  return exit.done
}
