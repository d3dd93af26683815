import { recheckCampaigns } from '#campaigns/content/recheck.ts'
import { followCanon } from '#graph/follow.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { resolveNew } from '#ingest/identity/resolve-new.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { recordModelCosts } from '#rag/router/model-costs.ts'
import { logged } from './logged.ts'
import { identityOf, type House } from './wire.ts'

/** Resolves what is new, where nobody waits for it. */
export const learnWhoIsWho = (house: House): Promise<void> =>
  logged(house, 'who is who could not be brought up to date; the next round tries again', resolvePeople(house))

/** Resolves what is new; while another process is at it, that is left for the next time. */
async function resolvePeople(house: House): Promise<void> {
  const done = await resolveNew(identityOf(house), { by: 'millrace' })
  const impact = done.kind === 'new' ? done.impact : done.kind === 'all' ? done.report.impact : []
  if (impact.length > 0) house.log.info({ impact }, 'merges and unmerges changed figures')
}

/** Campaigns whose copy may no longer be sent are held, and somebody hears of it. */
async function recheck(house: House): Promise<void> {
  const { db, clock, agent, log } = house
  for (const { campaign, ...found } of await recheckCampaigns({ db, clock, brand: agent.brand })) {
    if (found.kind === 'fault') log.error({ campaign, fault: found.why }, 'a campaign could not be checked again')
    else if (found.held !== null) log.warn({ campaign, held: found.held }, 'a campaign is held: see its page')
  }
}

/**
 * From records to people, facts, scores, graph, segments and vectors: whatever is new since the last time. A step that
 * fails (an embedding server is away) is told, and holds up none that can do without it.
 */
export async function bringUpToDate(house: House): Promise<void> {
  await learnWhoIsWho(house)
  await logged(house, 'texts could not be read into facts', indexContent(house))
  await logged(house, 'the graph could not be brought up to date', followCanon({ ...house, store: house.graph }))
  await logged(house, 'texts could not be embedded', indexCorpus(house))
  await logged(house, 'campaigns under way could not be checked again', recheck(house))
  const currency = house.business.currency
  await logged(house, 'what models cost could not be recorded', recordModelCosts({ ...house, currency }, { at: house.clock() })) // prettier-ignore
}
