import { indexContent } from '#ingest/content/index-content.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const corpus: Verb = {
  name: 'corpus',
  about: 'Split new texts, extract their facts, and embed what is new',
  usage: ['corpus [--json]'],
  options: {},
  explains: {},
  run: (call) =>
    withHouse(call.config, async (house) => {
      const content = await indexContent(house)
      const index = await indexCorpus(house)
      answer(call, { content, index }, [`content: ${JSON.stringify(content)}`, `index: ${JSON.stringify(index)}`])
      return exit.done
    }),
}
