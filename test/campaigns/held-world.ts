import { launchDraft, type Launched } from '#campaigns/launch/launch.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { runSource } from '#ingest/run.ts'
import { productFeed } from '#ingest/sources/product-feed.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { UserId } from '#kernel/ids.ts'
import { startDraft } from '#rag/agent/run.ts'
import type { ComposedBody, DraftRequest } from '#rag/draft.ts'
import { draftById } from '#rag/drafts.ts'
import { deps as ingestDeps } from '../ingest/ingest-support.ts'
import { agentDeps, brief, mailSaying, scripted } from '../rag/written-drafts.ts'
import { trying } from './deliverability/subject.ts'
import { sender, type Person } from './world.ts'

/** The mail, of a catalogue that knows no weights. */
function mail(request: DraftRequest): ComposedBody {
  return JSON.parse(JSON.stringify(mailSaying('€12.00', request)).replaceAll(' for 250 g', '')) as ComposedBody
}

/** A shop whose catalogue says what coffee costs, and whose agent writes that. */
export function shopOver(db: Db, clock: Clock, write: (name: string, content: string) => string) {
  const agent = agentDeps(db, clock, scripted(mail).callModel)
  return {
    /** The feed of the shop says another price, and the house reads it. */
    async costs(price: string) {
      const feed = `id\ttitle\tdescription\tprice\tlink\nKOCH-250\tYirgacheffe Kochere\tA coffee\t${price} EUR\thttps://shop.example/KOCH-250\n`
      const content = ingestDeps(db, { clock })
      await runSource(content, productFeed(), { path: write('feed.tsv', feed) })
      await indexContent(content)
    },
    /** Has a mail written that says €12.00, and approves it for these people. */
    async launch(by: UserId, people: readonly Person[], meanwhile?: () => Promise<void>): Promise<Launched> {
      const deps = { db, clock, agent, sender, limits: {}, preflight: trying(), members: () => Promise.resolve(people.map(({ personId }) => personId)) } // prettier-ignore
      const draftId = await startDraft(deps.agent, brief)
      await meanwhile?.()
      const draft = await draftById(db, draftId)
      return launchDraft(deps, { draftId, contentHash: draft!.contentHash!, by, people: people.length })
    },
  }
}
