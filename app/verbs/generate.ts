import { listSegments, segmentByName } from '#graph/segments/registry.ts'
import { UsageError } from '#kernel/errors.ts'
import { startDraft } from '#rag/agent/run.ts'
import { draftById, listDrafts, type Draft } from '#rag/drafts.ts'
import { textsOf } from '#rag/draft.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const generate: Verb = {
  name: 'generate',
  about: 'Have the agent write a cited draft for a segment; it then waits at the desk',
  usage: ['generate --segment NAME --goal SENTENCE [--json]', 'generate --list [--json]'],
  options: { segment: { type: 'string' }, goal: { type: 'string' }, list: { type: 'boolean' } },
  explains: {
    segment: 'for whom: the name of a saved segment, as `millrace segments` lists them',
    goal: 'in one sentence, what the mail should achieve',
    list: 'the drafts there are',
  },
  run: async (call) => {
    if (call.flag('list')) return withHouse(call.config, (house) => list(call, house))
    return withHouse(call.config, async (house) => {
      const segment = await segmentByName(house.db, call.text('segment') ?? '')
      const sentence = call.text('goal')?.trim()
      if (!segment || !sentence || sentence.length > 500) throw new UsageError(await howToAsk(house))
      const id = await startDraft(house.agent, { segment, goal: 'orders', sentence, channel: 'email', by: 'millrace' })
      const draft = await draftById(house.db, id)
      if (!draft) throw new Error(`Draft ${id} is gone`)
      answer(call, draft, [
        line(draft),
        ...(draft.body ? textsOf(draft.body).map((text) => `  ${text}`) : []),
        ...draft.findings.filter(({ verdict }) => verdict !== 'pass').map(({ verdict, why }) => `  ${verdict}: ${why}`),
      ])
      return draft.state === 'failed' ? exit.fault : exit.done
    })
  },
}

async function howToAsk({ db }: House): Promise<string> {
  const names = (await listSegments(db)).map(({ name }) => `"${name}"`).join(', ')
  return `Say for whom and what for: millrace generate --segment NAME --goal SENTENCE. Segments: ${names}`
}

async function list(call: Call, house: House): Promise<number> {
  const drafts = await listDrafts(house.db, { limit: 100 })
  answer(call, drafts, drafts.map(line))
  return exit.done
}

const line = (draft: Draft): string =>
  `${draft.id} version ${draft.contentHash?.slice(0, 12) ?? 'none'} ${draft.state}${draft.state === 'waiting' && !draft.approvable ? ', a guardrail objects' : ''}: ${draft.problem ?? draft.body?.subject.text ?? ''}`
