import { approvedCopy, campaignReleases } from '#campaigns/content/copy.ts'
import { namesOfContents } from '#governance/releases.ts'
import type { Queryable } from '#kernel/db.ts'
import { parseId, type Hash } from '#kernel/ids.ts'
import { liveBrand } from '#rag/brand/live-brand.ts'
import { pastEvaluations } from '#rag/evaluate/run.ts'
import { policyOf } from '#rag/router/live-policy.ts'
import { firstPolicy } from '#rag/router/policy.ts'
import { budgetLeft, callsMade, writingCosts } from '#rag/writer/costs.ts'
import { writerDrift } from '#rag/writer/drift.ts'
import { writerOutcomes } from '#rag/writer/outcomes.ts'
import { routingShares } from '#rag/writer/routing.ts'
import { versionsInUse } from '#rag/writer/versions.ts'
import { daysBefore, lastDays } from '#rag/writer/weeks.ts'
import type { Pages } from '../pages.ts'
import { writerView } from '../views/writer.ts'
import { callsView, costsView, type CameTo } from '../views/writer-costs.ts'
import type { Router } from './route.ts'

const [evaluationsShown, weeksShown, mostCalls, mostDays, mostCopies] = [30, 12, 1000, 3650, 1000]

type Query = (name: string) => string | undefined

/** What the writer writes with, how it does, what it costs, and how all that has changed. */
export function writerRoutes(router: Router, pages: Pages): void {
  const { db, clock, models, budget, business, brandSettings } = pages

  const windowOf = (query: Query): { from: Date; to: Date; days: number } => {
    const days = Math.min(mostDays, Math.max(1, Number.parseInt(query('days') ?? '30', 10) || 30))
    return { ...lastDays(clock(), days), days }
  }

  router.get('/writer', 'writer.view', async ({ page, query }) => {
    const window = windowOf(query)
    const { hash: brand } = await liveBrand({ db, clock, settings: brandSettings })
    const versions = await versionsInUse(db, { models: models.map(({ id }) => id), brand })
    const routing = versions.live.find(({ kind }) => kind === 'router')
    const policy = (routing && (await policyOf(db, routing.hash))) ?? firstPolicy
    const costs = await writingCosts(db, window)
    const data = {
      days: window.days,
      zone: business.zone,
      versions,
      evaluations: await pastEvaluations(db, evaluationsShown),
      outcomes: await writerOutcomes({ db, clock }, weeksShown),
      shares: routingShares(costs.days, policy, models.map(({ vendor }) => vendor)),
      strongShare: policy.strongShare,
      costs,
      budget: { perDay: budget.perDay, left: await budgetLeft(db, budget, clock()) },
      drift: await writerDrift({ db, clock }),
    } // prettier-ignore
    return page('Writer', writerView(data))
  })

  router.get('/writer/costs', 'writer.view', async ({ page, query }) => {
    const window = windowOf(query)
    const costs = await writingCosts(db, window)
    const cameTo = await placesOf(
      db,
      costs.drafts.flatMap(({ contentHash }) => contentHash ?? []),
    )
    return page('What writing cost', costsView({ costs, days: window.days, cameTo, zone: business.zone }))
  })

  router.get('/writer/calls', 'writer.view', async ({ page, query }) => {
    const day = dayOf(query('day'))
    const draft = parseId<'draft'>(query('draft'))
    const { days, ...window } = windowOf(query)
    const subject = draft === null ? null : `draft:${draft}`
    const calls = await callsMade(db, day ?? window, { subject, limit: mostCalls })
    const about = day ? `on ${query('day')}, UTC` : `in the last ${days} days`
    return page('Calls of models', callsView({ calls, about, draft, most: mostCalls, zone: business.zone }))
  })
}

/** Where contents came to; copy whose approval was taken back has a name, and no page. */
async function placesOf(db: Queryable, contents: readonly Hash[]): Promise<CameTo> {
  const [names, releases, copies] = [await namesOfContents(db, contents), await campaignReleases(db), await approvedCopy(db, mostCopies)] // prettier-ignore
  const campaigns = new Set(releases.map(({ name }) => name))
  const copyOf = new Map(copies.map(({ contentHash, releaseHash }) => [contentHash, releaseHash]))
  const hrefOf = (content: Hash, name: string): string | null => {
    if (campaigns.has(name)) return `/campaigns/${encodeURIComponent(name)}`
    const copy = copyOf.get(content)
    return copy === undefined ? null : `/copy/${copy}`
  }
  return new Map([...names].map(([content, name]) => [content, { name, href: hrefOf(content, name) }]))
}

function dayOf(text: string | undefined): { from: Date; to: Date } | null {
  const from = new Date(`${text}T00:00:00Z`)
  return Number.isNaN(from.getTime()) ? null : { from, to: daysBefore(from, -1) }
}
