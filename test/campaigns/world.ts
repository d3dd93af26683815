import { stoppedClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type Hash, type IdentifierId, type PersonId, type UserId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { json, sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import type { Order } from '#ingest/canon.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { upsertOrders } from '#ingest/queries/orders.ts'
import type { DraftBody } from '#rag/draft.ts'
import { createUser } from '#governance/access.ts'
import { approved, approveRelease, type Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import type { AnyChannel, Channel, Message, Outcome } from '#campaigns/channel.ts'
import { compileDraft, type CampaignChoices, type CompilableDraft } from '#campaigns/launch/compile.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { openVariants } from '#campaigns/render/variants.ts'
import type { WorkerSettings } from '#campaigns/delivery/worker.ts'

export const start = new Date('2026-03-02T10:00:00Z')
export const campaign = 'spring'

export const says = (text: string) => ({ text, citations: [] })

/** A content with a slot, a list and a button. */
export const aBody = (change: Partial<DraftBody> = {}): DraftBody => ({
  subject: says('New beans for {{ person.given_name | default: "you" }}'),
  preheader: says('Fresh this week'),
  blocks: [
    { kind: 'heading', text: 'From the roastery' },
    { kind: 'paragraph', sentences: [says('Hello {{ person.given_name | default: "there" }}.'), says('Try it.')] },
    { kind: 'list', items: [says('Kochere'), says('Huila')] },
    { kind: 'button', label: 'See the beans', url: 'https://shop.example/beans?size=250' },
  ],
  slots: ['person.given_name | default: "you"', 'person.given_name | default: "there"'],
  ...change,
})

/** Copy that states nothing, and so needs no evidence. */
export const asks = aBody({
  subject: says('Shall we talk?'),
  preheader: says('Would you like to?'),
  blocks: [{ kind: 'paragraph', sentences: [says('Would you like to try something new?')] }],
  slots: [],
})

export const aDraft = (body: DraftBody = aBody()): CompilableDraft => ({
  brief: { goal: 'Bring them back', segment: { name: 'lapsed', rule: { subscribed: true } } },
  body,
  findings: [],
  guardrailHash: null,
})

export const sender = {
  from: { name: 'Alder & Ash', address: 'hello@alder.example' },
  replyTo: null,
  businessName: 'Alder & Ash',
  postalAddress: '1 Mill Lane, Utrecht',
}

export type Person = { personId: PersonId; identifierId: IdentifierId; address: string }

type PersonSpec = { address: string; givenName?: string | null; zone?: string; consent?: boolean; tracking?: boolean }

/** People with an address, a profile and consent, unless told otherwise. */
export async function addPeople(db: Db, clock: () => Date, specs: readonly PersonSpec[]): Promise<Person[]> {
  return db.transaction(async (tx) => {
    const emails = await identifierIds(tx, clock, specs.map((spec) => ({ kind: 'email', value: spec.address }))) // prettier-ignore
    const vendor = await identifierIds(tx, clock, specs.map((spec) => ({ kind: 'hubspot', value: `hs-${spec.address}` }))) // prettier-ignore
    const people = specs.map((spec, at) => ({ ...spec, personId: newId<'person'>(clock), identifierId: emails[at]!, vendorId: vendor[at]!, recordId: newId<'record'>(clock) })) // prettier-ignore
    await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
      select unnest(array[p."identifierId", p."vendorId"]), p."personId", ${clock()}, 'test'
      from jsonb_to_recordset(${json(people)}::jsonb) as p ("identifierId" uuid, "vendorId" uuid, "personId" uuid)`)
    await tx.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, email, zone, updated_at)
      select p."vendorId", 'hubspot', p."recordId", p."givenName", p.address, p.zone, ${clock()}
      from jsonb_to_recordset(${json(people)}::jsonb)
        as p ("vendorId" uuid, "recordId" uuid, "givenName" text, address text, zone text)`)
    const consents = people.flatMap((person) => [
      ...(person.consent === false ? [] : [grant(person, 'email', clock())]),
      ...(person.tracking === false ? [] : [grant(person, 'tracking', clock())]),
    ])
    await recordConsents(tx, clock, consents)
    return people.map(({ personId, identifierId, address }) => ({ personId, identifierId, address }))
  })
}

const grant = (person: { identifierId: IdentifierId; address: string }, channel: string, occurredAt: Date) => ({
  source: 'test',
  externalId: `${channel}:${person.address}`,
  identifierId: person.identifierId,
  channel,
  state: 'granted' as const,
  basis: 'form',
  occurredAt,
})

/** An order of somebody's, as a shop tells of it; the same order again where it is named. */
export async function bought(
  db: Db,
  clock: () => Date,
  { identifierId }: Pick<Person, 'identifierId'>,
  { order = newId<'order'>(clock), at = clock(), status = 'paid' }: { order?: string; at?: Date; status?: Order['status'] } = {}, // prettier-ignore
): Promise<void> {
  const money = { currency: 'EUR', grossMinor: 2_400, taxMinor: 400, discountMinor: 0, shippingMinor: 0, rateMinor: 1 }
  const told = { kind: 'order', orderedAt: at, status, lines: [], refs: [], revision: 0, recordId: newId<'record'>(clock) } // prettier-ignore
  const row = { ...money, ...told, id: newId<'order'>(clock), externalId: order, identifierId }
  await db.transaction((tx) => upsertOrders(tx, 'shop', [row]))
}

export const readers = (count: number): PersonSpec[] =>
  Array.from({ length: count }, (_, n) => ({ address: `reader${n}@example.com`, givenName: `Reader ${n}` }))

export const oneReader = async (db: Db, clock: () => Date): Promise<Person> =>
  (await addPeople(db, clock, readers(1)))[0]!

/** An owner who may approve what `millrace` made. */
export async function anOwner(db: Db, clock: () => Date): Promise<UserId> {
  const made = await createUser(
    { db, clock },
    { email: 'owner@alder.example', name: 'O', role: 'owner', by: 'millrace' },
  )
  if (made.kind !== 'created') throw new Error(made.why)
  return made.userId
}

export async function makeRelease(
  deps: { db: Db; clock: () => Date },
  body: DraftBody = aBody(),
  choices: Partial<CampaignChoices> = {},
): Promise<Hash> {
  const compiled = await compileDraft(deps, aDraft(body), { name: campaign, sender, ...choices })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const { definition, pins } = compiled
  return createRelease(deps, { name: definition.name, pins, definition, by: 'millrace' })
}

/** Compiles, approves and releases a content; what the desk does. */
export async function releaseBody(
  deps: { db: Db; clock: () => Date },
  owner: UserId,
  body: DraftBody = aBody(),
  choices: Partial<CampaignChoices> = {},
): Promise<Approved<Release>> {
  const hash = await makeRelease(deps, body, choices)
  const approval = await approveRelease(deps, { releaseHash: hash, by: owner })
  const live = await releaseCampaign(deps, { hash, by: owner, reason: 'test' })
  if (approval.kind === 'refused' || live.kind === 'refused') throw new Error('the release was refused')
  return (await approved(deps.db, hash))!
}

export const enrol = (deps: { db: Db; clock: () => Date }, release: Approved<Release>, people: readonly Person[]) =>
  planRelease({ ...deps, members: () => Promise.resolve(people.map((person) => person.personId)) }, release)

/** A channel in memory: what it was given, and what it answers. */
export function memoryChannel(change: Partial<Channel> = {}) {
  const given: Message[] = []
  const batches: { key: string; to: string[] }[] = []
  let answer: (message: Message) => Outcome = (message) => ({ kind: 'sent', providerId: message.messageId })
  const channel: Channel = {
    name: 'memory',
    maxBatch: 50,
    idempotent: false,
    send: (batch) => {
      given.push(...batch.messages)
      batches.push({ key: batch.key, to: batch.messages.map((message) => message.to) })
      return Promise.resolve(batch.messages.map((message) => answer(message)))
    },
    close: () => Promise.resolve(),
    ...change,
  }
  return { channel, given, batches, answers: (next: (message: Message) => Outcome) => void (answer = next) }
}

export const linksKey = new Uint8Array(32).fill(7)

/** A worker's settings over a channel. */
export const workerOver = (
  db: Db,
  channel: AnyChannel,
  clock: () => Date,
  change: Partial<WorkerSettings> = {},
): WorkerSettings => ({
  db,
  clock,
  channel,
  zone: 'Europe/Amsterdam',
  worker: 'test',
  members: () => Promise.resolve([]),
  links: { publicUrl: 'https://mail.alder.example', key: linksKey },
  variants: openVariants(db),
  log: silentLog,
  ...change,
})

export type LedgerLine = { address: string; state: string; reason: string | null; releaseHash: string | null; attempts: number; dueAt: Date; stepKey: string } // prettier-ignore

/** The ledger by address. */
export async function ledger(db: Db): Promise<Map<string, LedgerLine>> {
  const rows = await db.query<LedgerLine>(sql`
    select i.value as address, d.state, d.reason, d.release_hash as "releaseHash", d.attempts, d.due_at as "dueAt",
      d.step_key as "stepKey"
    from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id order by d.planned_for, d.id`)
  return new Map(rows.map((row) => [row.address, row]))
}

export async function states(db: Db): Promise<Record<string, number>> {
  const rows = await db.query<{ state: string; n: number }>(
    sql`select state, count(*) as n from campaigns.deliveries group by 1 order by 1`,
  )
  return Object.fromEntries(rows.map((row) => [row.state, row.n]))
}

/** Rows that a worker of the kill tests claims. */
export const claimSize = 60

export const aClock = () => stoppedClock(start)
