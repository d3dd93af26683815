import { campaignProgress, type Progress } from '#campaigns/progress.ts'
import { announceSends } from '#campaigns/delivery/outbox.ts'
import type { Figure } from '#governance/metrics/figure.ts'
import { ownerReport } from '#governance/metrics/owner-report.ts'
import { recordedPeriod } from '#governance/metrics/recorded-period.ts'
import { followCanon } from '#graph/follow.ts'
import { peopleCount } from '#ingest/identity/people.ts'
import { formatMoney } from '#kernel/money.ts'
import { listDrafts, type Draft } from '#rag/drafts.ts'
import { linkFor } from '../sign-in.ts'
import type { House } from '../wire.ts'
import type { LocalInbox } from './inbox.ts'
import { owner } from './prepare.ts'
import { asReader, hiddenField, linkIn, signedIn, until, type Visit } from './scripted-visit.ts'

export type Summary = {
  people: number
  merges: number
  drafts: number
  sent: number
  unknown: number
  opened: number
  clicked: number
  replied: number
  newCustomers: string
  blendedCac: string
  ltv: string
  payback: string
}

const patienceMs = 90_000

/** Does what a person would do at the demo: approve, read, click, answer; then tells how it ended. */
export async function actItOut(
  house: House,
  given: { site: string; draft: Draft; merges: number; inbox: LocalInbox },
): Promise<Summary> {
  const { site, draft, merges, inbox } = given
  const visit = await signedIn(await linkFor(house, owner, site))
  const campaign = await approved(visit, draft)
  const progress = await until('the campaign to be sent', patienceMs, async () =>
    settled(await campaignProgress(house, campaign)),
  )
  await readAndAnswer(visit, inbox)
  await announceSends(house)
  await followCanon({ ...house, store: house.graph })
  await visit.get('/report')
  return { ...(await summed(house, campaign, progress)), merges }
}

async function approved(visit: Visit, draft: Draft): Promise<string> {
  const page = await visit.get(`/desk/${draft.id}`)
  if (draft.state === 'approved') return campaignOf(linkIn(await visit.get('/campaigns'), '/campaigns/') ?? '')
  const fields = { csrf: hiddenField(page, 'csrf'), contentHash: hiddenField(page, 'contentHash') }
  const where = await visit.post(`/desk/${draft.id}/approve`, fields)
  if (!where.startsWith('/campaigns/')) throw new Error(`The approval was refused: ${decodeURIComponent(where)}`)
  return campaignOf(where)
}

const campaignOf = (path: string): string => decodeURIComponent(path.split('?')[0]?.split('/')[2] ?? '')

function settled(progress: Progress): Progress | null {
  const moving = ['planned', 'claimed', 'sending'].reduce((sum, state) => sum + (progress.states[state] ?? 0), 0)
  return progress.enrolled > 0 && moving === 0 ? progress : null
}

const pixelIn = /<img[^>]+src="([^"]+\/o\/[^"]+)"/
const clickIn = /href="([^"]+\/c\/[^"]+)"/

/** Opens a message whose reader agreed to be followed, follows its first link, and writes back. */
async function readAndAnswer(visit: Visit, inbox: LocalInbox): Promise<void> {
  const { id, html } = await until('a message that may be followed', patienceMs, () => followable(inbox))
  const page = await visit.get(`/inbox/${id}`)
  for (const found of [pixelIn.exec(html), clickIn.exec(html)]) if (found?.[1]) await asReader(found[1])
  await visit.post(`/inbox/${id}/reply`, {
    csrf: hiddenField(page, 'csrf'),
    text: 'Thank you. Which one suits a moka pot?',
  })
}

async function followable(inbox: LocalInbox): Promise<{ id: string; html: string } | null> {
  for (const { id } of await inbox.list()) {
    const mail = await inbox.read(id)
    if (mail && clickIn.test(mail.html)) return { id, html: mail.html }
  }
  return null
}

async function summed(house: House, campaign: string, progress: Progress): Promise<Omit<Summary, 'merges'>> {
  const { zone, currency } = house.business
  const report = await ownerReport(house, { zone, currency, ...(await recordedPeriod(house, zone)) })
  const figure = (name: string): string => wordsOf(report.figures.find((one) => one.metric.name === name))
  const reactions = new Map((await campaignProgress(house, campaign)).reactions.map((one) => [one.kind, one.people]))
  return {
    people: (await peopleCount(house.db)).people,
    drafts: (await listDrafts(house.db, { limit: 1000 })).length,
    sent: ['sent', 'delivered'].reduce((sum, state) => sum + (progress.states[state] ?? 0), 0),
    unknown: progress.states['unknown'] ?? 0,
    opened: reactions.get('message_opened') ?? 0,
    clicked: reactions.get('message_clicked') ?? 0,
    replied: reactions.get('message_replied') ?? 0,
    newCustomers: figure('new-customers'),
    blendedCac: figure('blended-cac'),
    ltv: figure('ltv-historic'),
    payback: figure('payback-months'),
  }
}

function wordsOf(figure: Figure | undefined): string {
  if (!figure) return 'not on the report'
  if (figure.value === null) return `none (${figure.why ?? ''})`
  return typeof figure.value === 'object' ? formatMoney(figure.value) : String(figure.value)
}
