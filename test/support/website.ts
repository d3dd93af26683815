import { starterSegments } from '#campaigns/launch/starter-segments.ts'
import { saveStarters } from '#graph/segments/registry.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { createUser } from '#governance/access.ts'
import { countDraft } from '#governance/agents/reviews.ts'
import { roles, type Role } from '#governance/permissions.ts'
import { figuresFollow } from '#governance/metrics/identity-changes.ts'
import { redeemSignIn, signInLink } from '#governance/sessions.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { whatsappWord } from '#campaigns/whatsapp/word.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { WhatsAppAccount } from '#campaigns/whatsapp/meta.ts'
import { openInbox, type LocalInbox } from '#app/demo/inbox.ts'
import { createWebsite, type Website } from '#dashboards/server.ts'
import type { Pages } from '#dashboards/pages.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { project } from '#graph/project.ts'
import { openCollect } from '#ingest/collect.ts'
import { parseMapping } from '#ingest/mapping.ts'
import type { IngestDeps } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { whatsappWebhook } from '#ingest/sources/whatsapp-webhook.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DraftId, UserId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import { runDraft, startDraft } from '#rag/agent/run.ts'
import { brandProfileSchema } from '#rag/brand/profile.ts'
import {
  addPeople,
  campaign,
  linksKey,
  memoryChannel,
  releaseBody,
  sender,
  workerOver,
  type Person,
} from '../campaigns/world.ts'
import { trying } from '../campaigns/deliverability/subject.ts'
import { addSales, addSpends } from '../governance/ledger.ts'
import { aRecord } from '../graph/canonical-rows.ts'
import { addEvidence, agentDeps, brief, mailSaying, scripted } from '../rag/written-drafts.ts'

export const host = 'desk.alder.example'
export const origin = `https://${host}`
/** The site of the business, whose pages tell what happens on them. */
export const shopOrigin = 'https://alder.example'
export const whatsAppSecrets = { appSecret: 'an app secret of Meta', verifyToken: 'the word agreed on' }
export const recordsKey = new Uint8Array(32).fill(7)

/** Somebody at the desk: what a browser with their session would send. */
export type Reader = {
  get: (path: string) => Promise<Response>
  text: (path: string) => Promise<string>
  post: (path: string, form?: Record<string, string>, headers?: Record<string, string>) => Promise<Response>
  csrf: () => Promise<string>
}

export type Site = Website & {
  pages: Pages
  users: Readonly<Record<Role, UserId>>
  /** A reader of a role, or a stranger. */
  as: (role: Role | null) => Promise<Reader>
  signInToken: (role: Role) => Promise<string>
  draftId: DraftId
  people: readonly Person[]
  campaign: string
  /** Paths of message links as they arrived: of the first reader. */
  messageLinks: { click: string; open: string; unsubscribe: string }
  factId: string
  documentId: string
  mailId: string
  close: () => Promise<void>
}

type Seed = {
  givenNames?: readonly string[]
  channel?: Pages['channel']
  whatsapp?: WhatsAppAccount
  bot?: Pages['bot']
  channels?: Pages['channels']
  ways?: Pages['ways']
}

/** A website over a small business that really happened: people, sales, costs, content, a draft, a sent campaign. */
export async function openSite(db: Db, clock: Clock, seed: Seed = {}): Promise<Site> {
  const { priceId } = await addEvidence(db)
  await aRecord(db)
  await db.query(sql`update ingest.facts set record_id = (select id from ingest.records) where id = ${priceId}`)
  const model = scripted((request) => mailSaying('€13.50', request))
  const agent: AgentDeps = {
    ...agentDeps(db, clock, model.callModel),
    onDecision: countDraft,
  }
  const draftId = await startDraft(agent, brief)
  await saveStarters({ db, clock }, { segments: starterSegments, by: 'millrace' })
  const users = await addUsers(db, clock)
  const people = await addReaders(db, clock, seed.givenNames ?? ['Reader'])
  const release = await releaseBody({ db, clock }, users.owner)
  await planRelease({ db, clock, members: () => Promise.resolve(people.map((one) => one.personId)) }, release)
  const sent = memoryChannel()
  await tick(workerOver(db, sent.channel, clock))
  const graph = postgresGraph(db)
  await project({ db, clock, store: graph })
  const { inbox, mailId, close } = await inboxWith(sent.given[0]?.html ?? '')
  const ingest: IngestDeps = { db, clock, recordsKey, business: { zone: 'Europe/Amsterdam', currency: 'EUR' }, log: silentLog } // prettier-ignore
  const take = openCollect(ingest, webEvents())
  const business = { name: 'Alder & Ash', zone: 'Europe/Amsterdam', currency: 'EUR' }
  const pages: Pages = {
    identity: { db, clock, onPeopleChanged: figuresFollow({ db, clock, business }) },
    db, clock, agent, graph, inbox, sender, linksKey, ingest,
    models: [{ id: 'scripted', vendor: 'offline' }],
    budget: { perDay: 5_000_000 },
    openSource: (name, mapping) => (name === 'orders' && mapping !== undefined ? [ordersCsv(parseMapping(mapping))] : []),
    members: () => Promise.resolve(people.map((one) => one.personId)),
    limits: {},
    preflight: trying(),
    log: silentLog,
    business,
    brandSettings: brandProfileSchema.parse({ voice: 'Warm and plain', forbidden: ['cheap'] }),
    publicUrl: origin,
    sessionsKey: new Uint8Array(32).fill(9),
    writeDraft: async (id) => void (await runDraft(agent, id)),
    webhooks: { whatsapp: whatsappWebhook(ingest, whatsAppSecrets, whatsappWord(clock)) },
    collect: { take, origins: [shopOrigin] },
    visits: take,
    channel: seed.channel ?? null,
    ways: seed.ways ?? waysWith(seed.whatsapp ?? null),
    bot: seed.bot ?? null,
    ...(seed.channels ? { channels: seed.channels } : {}),
    signUpsKey: new Uint8Array(32).fill(11),
    health: () => Promise.resolve({ database: '/secret/place' }),
  } // prettier-ignore
  const website = createWebsite(pages)
  const signInToken = (role: Role): Promise<string> => tokenFor(db, clock, users[role])
  const [{ id: documentId } = { id: '' }] = await db.query<{ id: string }>(sql`select id from ingest.documents limit 1`)
  return {
    ...website, pages, users, draftId, people, campaign, documentId, mailId, close, signInToken,
    factId: priceId,
    messageLinks: linksOf(sent.given[0]?.html ?? ''),
    as: async (role) => readerOf(website, role === null ? null : await sessionOf(db, clock, await signInToken(role))),
  } // prettier-ignore
}

/** No way out but that by a number of WhatsApp, where one is given. */
const waysWith = (whatsapp: WhatsAppAccount | null): Pages['ways'] => ({
  secrets: whatsapp ? ['WHATSAPP_NUMBER_ID'] : [],
  outlet: () => ({ kind: 'none' }),
  open: () => null,
  texts: {
    forTest: () => null,
    ask: () => Promise.resolve({ kind: 'refuses', words: 'nothing is set' }),
    number: () => whatsapp,
    bot: () => null,
  },
})

async function addUsers(db: Db, clock: Clock): Promise<Record<Role, UserId>> {
  const users: Partial<Record<Role, UserId>> = {}
  for (const role of roles) {
    const made = await createUser({ db, clock }, { email: `${role}@alder.example`, name: role, role, by: 'millrace' })
    if (made.kind !== 'created') throw new Error(made.why)
    users[role] = made.userId
  }
  return users as Record<Role, UserId>
}

/** People who agreed to mail; the first two bought something, and there were costs. */
async function addReaders(db: Db, clock: Clock, givenNames: readonly string[]): Promise<Person[]> {
  const specs = givenNames.map((givenName, n) => ({ address: `reader${n}@example.com`, givenName }))
  const people = await addPeople(db, clock, specs)
  const ids = new Map(people.map(({ address, identifierId }) => [address, identifierId as string]))
  const first = people[0]?.address ?? ''
  const later = people[1]?.address ?? first
  await addSales(db, ids, [
    { id: 's1', by: first, at: '2025-11-05T10:00Z', gross: 2420, tax: 420 },
    { id: 's2', by: first, at: '2025-12-06T10:00Z', gross: 1815, tax: 315 },
    { id: 's3', by: later, at: '2026-01-07T10:00Z', gross: 3630, tax: 630 },
  ])
  await addSpends(db, [
    { day: '2025-11-01', amount: 1000, channel: 'google-ads' },
    { day: '2026-01-01', amount: 700, channel: 'meta-ads' },
  ])
  return people
}

async function tokenFor(db: Db, clock: Clock, userId: UserId): Promise<string> {
  const link = await signInLink({ db, clock }, { userId })
  if (link.kind !== 'link') throw new Error(link.why)
  return link.token
}

async function sessionOf(db: Db, clock: Clock, token: string): Promise<string> {
  const session = await redeemSignIn({ db, clock }, token)
  if (session.kind !== 'session') throw new Error(session.why)
  return session.token
}

function readerOf({ app }: Website, session: string | null): Reader {
  const headers = { host, ...(session === null ? {} : { cookie: `millrace_session=${session}` }) }
  const get = async (path: string): Promise<Response> => app.request(path, { headers })
  const text = async (path: string): Promise<string> => (await get(path)).text()
  return {
    get,
    text,
    post: async (path, form = {}, more = {}) =>
      app.request(path, { method: 'POST', body: new URLSearchParams(form), headers: { ...headers, origin, ...more } }),
    // Every page of somebody signed in carries the token, in the form that signs out.
    csrf: async () => /name="csrf" value="([^"]+)"/.exec(await text('/report'))?.[1] ?? '',
  }
}

function linksOf(html: string): Site['messageLinks'] {
  const path = (letter: string): string =>
    new URL(new RegExp(`https://[^"]+/${letter}/[^"]+`).exec(html)?.[0] ?? '').pathname
  return { click: path('c'), open: path('o'), unsubscribe: path('u') }
}

/** The demo's inbox in a folder of its own, with one message that really came by SMTP. */
async function inboxWith(html: string): Promise<{ inbox: LocalInbox; mailId: string; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-inbox-'))
  const inbox = await openInbox(folder, () => Promise.resolve())
  const transport = createTransport(inbox.smtpUrl)
  await transport.sendMail({
    from: sender.from,
    to: 'reader0@example.com',
    subject: 'New beans',
    text: 'New beans',
    html,
  })
  transport.close()
  const [mail] = await inbox.list()
  const close = async (): Promise<void> => {
    await inbox.close()
    rmSync(folder, { recursive: true })
  }
  return { inbox, mailId: mail?.id ?? '', close }
}
