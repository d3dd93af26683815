import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Clock } from '#kernel/clock.ts'
import { newId, type PersonId, type UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Outcome, TextChannel, TextMessage } from '#campaigns/channel.ts'
import { campaignDefinition, type CampaignDefinition } from '#campaigns/definition.ts'
import { compileDraft, pinsOf } from '#campaigns/launch/compile.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { approved, approveRelease } from '#governance/approvals.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { recordConsents } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import type { DraftBody } from '#rag/draft.ts'
import { aDraft, campaign, sender, workerOver } from './world.ts'

type Deps = { db: Db; clock: Clock; owner: UserId }
export type Channel = 'email' | 'whatsapp' | 'sms' | 'telegram'
type Reader = { email?: string; phone?: string; chat?: string; agreed: readonly Channel[]; givenName?: string }
const kindOf = { email: 'email', whatsapp: 'phone', sms: 'phone', telegram: 'telegram' } as const

/** People with the addresses they are told to have, and their word for each channel. */
async function addReaders({ db, clock }: Deps, specs: readonly Reader[]): Promise<PersonId[]> {
  return db.transaction(async (tx) => {
    const people: PersonId[] = []
    for (const { email, phone, chat, agreed, givenName = 'Ann' } of specs) {
      const personId = newId<'person'>(clock)
      const known = [['email', email], ['phone', phone], ['telegram', chat]].flatMap(([kind, value]) => (value ? [{ kind: kind!, value }] : [])) // prettier-ignore
      const ids = await identifierIds(tx, clock, known)
      await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
        select i, ${personId}, ${clock()}, 'test' from unnest(${ids}::uuid[]) as i`)
      await tx.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, updated_at)
        values (${ids[0]!}, 'shop', ${newId<'record'>(clock)}, ${givenName}, ${clock()})`)
      const word = { source: 'test', state: 'granted' as const, basis: 'form', occurredAt: clock() }
      await recordConsents(tx, clock, agreed.flatMap((channel) => {
        const at = known.findIndex(({ kind }) => kind === kindOf[channel])
        return at < 0 ? [] : [{ ...word, channel, identifierId: ids[at]!, externalId: `${channel} ${known[at]!.value}` }]
      })) // prettier-ignore
      people.push(personId)
    }
    return people
  })
}

export const body = (text: string): DraftBody => ({
  subject: { text: 'Beans', citations: [] },
  preheader: { text: '', citations: [] },
  blocks: [
    { kind: 'paragraph', sentences: [{ text, citations: [] }] },
    { kind: 'button', label: 'See them', url: 'https://shop.example/beans' },
  ],
  slots: [],
})

const words = 'Hello {{ person.given_name | default: "there" }}, the new beans are here.'
const copyBy = (channel: Channel) => {
  const content = body(words)
  return { channel, content, contentHash: hashOf(content) }
}

/** A live campaign of one step that goes by these channels, in this order; `more`: what else is said of the step. */
async function launchCampaign(
  { db, clock, owner }: Deps,
  people: readonly PersonId[],
  more: object,
  channels: readonly [Channel, ...Channel[]],
) {
  const compiled = await compileDraft({ db, clock }, aDraft(body(words)), {
    name: campaign,
    sender,
    channel: channels[0],
  })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const instead = channels.slice(1).map(copyBy)
  const definition: CampaignDefinition = campaignDefinition.parse({
    ...compiled.definition,
    journey: compiled.definition.journey.map((step) => (instead.length === 0 ? step : { ...step, instead, ...more })),
  })
  const hash = await createRelease(
    { db, clock },
    { name: campaign, pins: pinsOf(definition), definition, by: 'millrace' },
  )
  await approveRelease({ db, clock }, { releaseHash: hash, by: owner })
  await releaseCampaign({ db, clock }, { hash, by: owner, reason: 'test' })
  const release = (await approved(db, hash))!
  const plan = await planRelease({ db, clock, members: () => Promise.resolve(people) }, release)
  return { definition, release, plan }
}

/** A channel in memory that carries texts. */
export function memoryTexts(carries: TextChannel['carries'], change: Partial<TextChannel> = {}) {
  const given: TextMessage[] = []
  let answer: (message: TextMessage) => Outcome = ({ deliveryId }) => ({
    kind: 'sent',
    providerId: `${carries} ${deliveryId}`,
  })
  const channel: TextChannel = {
    name: `memory-${carries}`,
    carries,
    maxBatch: 50,
    idempotent: false,
    send: ({ messages }) => {
      given.push(...messages)
      return Promise.resolve(messages.map((message) => answer(message)))
    },
    close: () => Promise.resolve(),
    ...change,
  }
  return { channel, given, answers: (next: typeof answer) => void (answer = next) }
}

type Line = { channel: string; address: string; state: string; reason: string | null }

/** What tests of texts do with the house as it stands at the time. */
export function textWorld(db: Db, now: () => Omit<Deps, 'db'>) {
  const deps = (): Deps => ({ db, ...now() })
  type Channels = readonly [Channel, ...Channel[]]
  return {
    readers: (specs: readonly Reader[]) => addReaders(deps(), specs),
    launched: (people: readonly PersonId[], ...channels: Channels) => launchCampaign(deps(), people, {}, channels),
    launchedWith: (people: readonly PersonId[], more: object, ...channels: Channels) =>
      launchCampaign(deps(), people, more, channels),
    ledger: () =>
      db.query<Line>(sql`select d.channel, i.value as address, d.state, d.reason from campaigns.deliveries d
        join ingest.identifiers i on i.id = d.identifier_id order by i.value`),
    round: (channel: TextChannel) => tick(workerOver(db, channel, now().clock)),
  }
}
