import { indexContent } from '#ingest/content/index-content.ts'
import { UsageError } from '#kernel/errors.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { allowUses, sourceUses } from '#rag/source-uses.ts'
import { progressBar } from '../progress.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const corpus: Verb = {
  name: 'corpus',
  about: 'Split new texts, extract their facts, and embed what is new; say what sources may be used for',
  usage: ['corpus [--json]', 'corpus allow SOURCE --for marketing,support --reason WHY', 'corpus uses [--json]'],
  takes: 2,
  options: { for: { type: 'string' }, reason: { type: 'string' } },
  explains: {
    for: 'what texts of the source may be used for, separated by commas; "nothing" keeps them out',
    reason: 'why, such as what its writers agreed to',
  },
  run: async (call) => {
    const [asked, source] = call.positionals
    if (asked === undefined) return index(call)
    if (asked === 'uses' && source === undefined) return uses(call)
    if (asked === 'allow' && source !== undefined) return allow(call, source)
    throw new UsageError(
      'Say: millrace corpus, millrace corpus uses, or millrace corpus allow SOURCE --for USES --reason WHY',
    )
  },
}

const index = (call: Call): Promise<number> =>
  withHouse(call.config, async (house) => {
    const content = await indexContent(house)
    const bar = progressBar(call, 'embedding')
    const vectors = await indexCorpus(house, { onProgress: bar }).finally(bar.end)
    answer(call, { content, index: vectors, embedder: house.embedder.id }, [
      `content: ${JSON.stringify(content)}`,
      `index: ${JSON.stringify(vectors)}, vectors of ${house.embedder.id}`,
    ])
    return exit.done
  })

const uses = (call: Call): Promise<number> =>
  withHouse(call.config, async ({ db }) => {
    const known = await sourceUses(db)
    const lines = known.map((one) => `${one.source}: ${one.uses.join(', ') || 'nothing'} (${one.reason}; ${one.setBy})`)
    answer(call, known, [...lines, 'Other sources may be used for everything.'])
    return exit.done
  })

function allow(call: Call, source: string): Promise<number> {
  const [list, reason] = [call.text('for'), call.text('reason')]
  if (list === undefined || reason === undefined)
    throw new UsageError(`Say: millrace corpus allow ${source} --for marketing,support --reason WHY`)
  const allowed = list === 'nothing' ? [] : list.split(',').map((use) => use.trim()).filter(Boolean) // prettier-ignore
  return withHouse(call.config, async (house) => {
    await allowUses(house, { source, uses: allowed, reason, by: 'millrace' })
    answer(call, { source, uses: allowed, reason }, [`${source}: ${allowed.join(', ') || 'nothing'}`])
    return exit.done
  })
}
