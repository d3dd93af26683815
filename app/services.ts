import { schedule, type ScheduledTask } from 'node-cron'
import { z } from 'zod'
import { runWorker } from '#campaigns/worker.ts'
import { project } from '#graph/project.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { messageOf } from '#kernel/errors.ts'
import type { DraftId } from '#kernel/ids.ts'
import { startJobs, type Jobs } from '#kernel/jobs.ts'
import { underLease } from '#kernel/leases.ts'
import { resumeUnfinished, runDraft } from '#rag/agent/run.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { recordModelCosts } from '#rag/router/model-costs.ts'
import { workerOf, type House } from './wire.ts'

export type Background = { jobs: Jobs; stop: () => Promise<void> }

const leaseMs = 5 * 60_000
const everyMinute = '* * * * *'

/**
 * What works while nobody watches, but for sending: drafting, and a round each minute that brings people, content and
 * graph up to date. Any number of processes may run it; the round has one leader by a leased row.
 */
export async function startBackground(house: House): Promise<Background> {
  const jobs = await startJobs(house, { 'write-draft': (data) => writeDraft(house, data) })
  const rounds: ScheduledTask = schedule(everyMinute, () => leadRound(house), { noOverlap: true })
  const resumed = resumeUnfinished(house.agent)
  return {
    jobs,
    stop: async () => {
      await rounds.destroy()
      await Promise.all([resumed, jobs.stop()])
    },
  }
}

/** Sends what is due, until stopped; the group that is leaving is finished first. Links in messages lead to `publicUrl`. */
export function startSending(house: House, publicUrl: string): () => Promise<void> {
  const settings = workerOf(house, publicUrl)
  if (!settings) return () => Promise.resolve()
  const stopping = new AbortController()
  const sending = runWorker(settings, stopping.signal)
  return () => {
    stopping.abort()
    return sending
  }
}

const draftJob = z.object({ draftId: z.string() })

async function writeDraft(house: House, data: unknown): Promise<void> {
  await runDraft(house.agent, draftJob.parse(data).draftId as DraftId)
}

async function leadRound(house: House): Promise<void> {
  try {
    await underLease(house, 'round', leaseMs, () => bringUpToDate(house))
  } catch (fault) {
    house.log.error({ fault: messageOf(fault) }, 'the round of this minute failed; the next one tries again')
  }
}

/** From records to people, facts, vectors and graph: whatever is new since the last time. */
export async function bringUpToDate(house: House): Promise<void> {
  await resolveIdentities(house, { by: 'millrace' })
  await indexContent(house)
  await indexCorpus(house)
  await project({ ...house, store: house.graph })
  await recordModelCosts({ ...house, currency: house.business.currency }, { at: house.clock() })
}
