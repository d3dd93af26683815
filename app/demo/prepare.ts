import { segmentByName } from '#graph/segments/registry.ts'
import { registerMetrics } from '#governance/metrics/register.ts'
import { followCanon } from '#graph/follow.ts'
import { sizeOf } from '#graph/project.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { liveLinkage } from '#ingest/identity/linkage.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { runSource } from '#ingest/run.ts'
import { RefusedError } from '#kernel/errors.ts'
import { createDraft, runDraft } from '#rag/agent/run.ts'
import { draftById, listDrafts, type Draft } from '#rag/drafts.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { addUser } from '../sign-in.ts'
import { type House } from '../wire.ts'
import { sources } from '../wire-sources.ts'
import { grossMarginPercent, writeSample } from './sample.ts'

type Say = (line: string) => void

export const marketer = 'mara@alderandash.example'
export const owner = 'ash@alderandash.example'

const brief = {
  segment: 'Regulars without a subscription',
  sentence:
    'Invite people who order now and then to try a coffee subscription, and say what it costs and how it works.',
}

/** From raw exports to a draft that waits at the desk. Every step finds what an earlier run did. */
export async function prepareSample(house: House, say: Say): Promise<{ draft: Draft; merges: number }> {
  say('1/6  Writing the exports of a sample coffee roaster, and reading them')
  for (const { source, path } of await writeSample(house.config.MILLRACE_HOME)) {
    const reader = sources[source]
    if (!reader) throw new Error(`The sample names a source that is not there: ${source}`)
    const { received, accepted, unchanged, quarantined } = await runSource(house.ingest, reader.open(undefined), {
      path,
    })
    say(
      `     ${source.padEnd(11)} ${received} received = ${accepted} accepted + ${unchanged} unchanged + ${quarantined} quarantined`,
    )
  }
  say('2/6  Resolving records into people')
  if (!(await liveLinkage(house.db))) await trainLinkage(house, { by: 'millrace' })
  const people = await resolveIdentities(house, { by: 'millrace' })
  say(
    `     ${people.people} people, ${people.merges} merges, ${people.refusals.reduce((sum, one) => sum + one.count, 0)} joins refused, ${people.reviews} pairs for a person to look at`,
  )
  say('3/6  Splitting texts, extracting facts, embedding')
  await indexContent(house)
  const index = await indexCorpus(house)
  say(`     ${index.embedded + index.already} passages embedded by ${house.embedder.id}`)
  say('4/6  Scoring people, projecting the graph, filling segments')
  const { projection: graph } = await followCanon({ ...house, store: house.graph })
  if (graph.kind === 'projected') {
    const { nodes, edges } = sizeOf(await house.graph.census(graph.generation))
    say(`     ${nodes} nodes, ${edges} edges`)
  }
  say('5/6  Setting up metrics and people who may sign in')
  await registerMetrics(house, { by: 'millrace', parameters: { grossMarginPercent } })
  await addUser(house, { email: marketer, name: 'Mara', role: 'marketer' })
  await addUser(house, { email: owner, name: 'Ash', role: 'owner' })
  say('6/6  Having the agent write a draft')
  return { draft: await writtenDraft(house), merges: people.merges }
}

async function writtenDraft(house: House): Promise<Draft> {
  const waiting = (await listDrafts(house.db, { limit: 10 })).find(
    (draft) => draft.state !== 'failed' && draft.state !== 'rejected',
  )
  const segment = await segmentByName(house.db, brief.segment)
  if (!segment) throw new Error(`The segment "${brief.segment}" is gone`)
  const id =
    waiting?.id ??
    (await createDraft(house, { segment, goal: 'orders', sentence: brief.sentence, channel: 'email', by: 'millrace' }))
  await runDraft(house.agent, id)
  const draft = await draftById(house.db, id)
  if (!draft?.body) throw new RefusedError(`The agent could not write a draft: ${draft?.problem ?? 'no reason given'}`)
  return draft
}
