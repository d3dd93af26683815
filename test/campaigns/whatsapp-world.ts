import type { Db } from '#kernel/db.ts'
import { hashOf } from '#kernel/crypto.ts'
import { newId, type Hash, type IdentifierId, type PersonId, type UserId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import type { DraftBody } from '#rag/draft.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import type { TextChannel } from '#campaigns/channel.ts'
import { metaGraph } from '#campaigns/channels/whatsapp-graph.ts'
import { whatsappChannel } from '#campaigns/channels/whatsapp.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { openLetters } from '#campaigns/whatsapp/letters.ts'
import type { WhatsAppAccount } from '#campaigns/whatsapp/meta.ts'
import { whatsappRoom } from '#campaigns/whatsapp/number.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { proposeTemplate } from '#campaigns/whatsapp/templates.ts'
import type { FakeWhatsApp } from '../support/fake-whatsapp.ts'
import { releaseBody } from './world.ts'

export const zone = 'Europe/Amsterdam'
type Deps = { db: Db; clock: () => Date }

const says = (text: string) => ({ text, citations: [] })

/** Copy of a WhatsApp template with a slot and a button. */
export const aTemplateBody = (more = ''): DraftBody => ({
  subject: says('New beans'),
  preheader: says(''),
  blocks: [
    { kind: 'paragraph', sentences: [says(`Good morning {{ person.given_name | default: "there" }}, try the Kochere.${more}`)] },
    { kind: 'button', label: 'See the beans', url: 'https://shop.example/beans' },
  ],
  slots: ['person.given_name | default: "there"'],
}) // prettier-ignore

export type Reader = { personId: PersonId; identifierId: IdentifierId; number: string }

export const phones = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `+316123${String(45_000 + from + n)}`)

/** People with a number who agreed to WhatsApp. */
export const addReaders = ({ db, clock }: Deps, numbers: readonly string[]): Promise<Reader[]> =>
  db.transaction(async (tx) => {
    const ids = await identifierIds(tx, clock, numbers.map((value) => ({ kind: 'phone', value }))) // prettier-ignore
    const people = numbers.map((number, at) => ({ number, identifierId: ids[at]!, personId: newId<'person'>(clock) }))
    await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
      select p."identifierId", p."personId", ${clock()}, 'test'
      from jsonb_to_recordset(${json(people)}::jsonb) as p ("identifierId" uuid, "personId" uuid)`)
    const consents = people.map(({ identifierId, number }) => ({ source: 'test', externalId: `whatsapp:${number}`, identifierId, channel: 'whatsapp', state: 'granted' as const, basis: 'form', occurredAt: clock() })) // prettier-ignore
    await recordConsents(tx, clock, consents)
    return people
  })

/** Somebody wrote to our number. */
export const wrote = ({ db, clock }: Deps, { identifierId, number }: Reader, to: string, at = clock()): Promise<unknown> =>
  db.transaction((tx) =>
    recordEvents(tx, clock, [
      { source: 'whatsapp', externalId: `in:${number}:${at.getTime()}`, kind: 'message_received', identifierId, occurredAt: at, properties: { ownNumberId: to } },
    ]),
  ) // prettier-ignore

export const accountOf = (meta: FakeWhatsApp, clock: () => Date, number = meta.number): WhatsAppAccount => {
  const { account, token, baseUrl } = meta
  return {
    account,
    number,
    meta: metaGraph({ account, number, token, baseUrl, clock, pause: () => Promise.resolve() }),
  }
}

/** The channel as the house wires it. */
export function channelOver({ db, clock }: Deps, meta: FakeWhatsApp, number = meta.number): TextChannel {
  const whatsapp = { account: meta.account, number }
  return whatsappChannel({
    token: meta.token, baseUrl: meta.baseUrl, number, perSecond: 1_000, random: () => 0,
    letters: openLetters({ db, clock, whatsapp }),
    room: (tx, asked) => whatsappRoom(tx, whatsapp, { ...asked, zone }),
  }) // prettier-ignore
}

/** An approved campaign over WhatsApp, its template with Meta and approved there. */
export async function aCampaign(
  deps: Deps,
  meta: FakeWhatsApp,
  { owner, readers, name = 'spring', category = 'marketing' }: { owner: UserId; readers: readonly Reader[]; name?: string; category?: string },
): Promise<{ release: Approved<Release>; contentHash: Hash }> {
  const body = aTemplateBody(name === 'spring' ? '' : ` ${name}`)
  const release = await releaseBody(deps, owner, body, { name, channel: 'whatsapp' })
  await planRelease({ ...deps, members: () => Promise.resolve(readers.map(({ personId }) => personId)) }, release)
  const whatsapp = accountOf(meta, deps.clock)
  const contentHash = hashOf(body)
  const done = await proposeTemplate({ ...deps, whatsapp, publicUrl: 'https://desk.alder.example' }, { contentHash, category, language: 'en', by: owner })
  if (done.kind === 'refused') throw new Error(done.why)
  await approveTemplates(deps, meta)
  return { release, contentHash }
} // prettier-ignore

/** Meta approves what waits, and the house hears of it. */
export async function approveTemplates(deps: Deps, meta: FakeWhatsApp): Promise<void> {
  for (const template of meta.templates) if (template.status === 'PENDING') template.status = 'APPROVED'
  await syncWhatsApp({ ...deps, zone, whatsapp: accountOf(meta, deps.clock) })
}
