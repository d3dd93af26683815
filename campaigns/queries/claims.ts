import { instants, texts, uuids } from '#kernel/columns.ts'
import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash, Id, IdentifierId, PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { hasLeft } from './enrolments.ts'
import { isReached, type Sharing } from './switches.ts'

export type ClaimId = Id<'claim'>

/** States in which a message may have reached the address. */
const reached = sql`('claimed', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'unknown')`

/**
 * Locks a row of the day's counters until the commit and says how much of it is used. Whoever claims for the same
 * scope waits here, so that caps are exact and a step cannot take one address twice: also who claims on the day before yet.
 */
export async function lockBucket(tx: Tx, scope: string, day: string): Promise<number> {
  const rows = await tx.query<{ used: number }>(sql`
    insert into campaigns.buckets as held (scope, day) values (${scope}, ${day}::date - 1), (${scope}, ${day}::date)
    on conflict (scope, day) do update set used = held.used returning used`)
  return rows[1]?.used ?? 0
}

/** What the mail of all campaigns used of a day: their daily counters, without what was claimed for other channels. */
export async function mailUsedOn(tx: Tx, day: string): Promise<number> {
  const [row] = await tx.query<{ used: number }>(sql`
    select coalesce((select sum(used) from campaigns.buckets where day = ${day} and scope <> '*'), 0)
      - (select count(*) from campaigns.deliveries where cap_day = ${day} and claim_id = any(array(
        select id from campaigns.claims where channel <> 'email' and claimed_at >= ${day}::date - interval '1 day'))) as used`)
  return row?.used ?? 0
}

export async function addToBucket(tx: Tx, scope: string, day: string, count: number): Promise<void> {
  await tx.query(sql`update campaigns.buckets set used = used + ${count} where scope = ${scope} and day = ${day}`)
}

/**
 * Campaigns that have something due by a channel: what answers its readers first, then the more important, so that a person who may not have all has that of it. One
 * look into an index for each, however long their ledgers are.
 */
export async function selectWaitingCampaigns(
  db: Queryable,
  at: Date,
  channel = 'email',
  only?: 'transactional',
): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select name from (select distinct name from governance.releases) as known
    left join lateral (
      select v.body -> 'definition' ->> 'kind' as kind, (v.body #>> '{definition,limits,priority}')::integer as priority
      from kernel.pointers p join kernel.versions v using (kind, name, hash)
      where p.kind = 'campaign' and p.name = known.name order by p.seq desc limit 1) as live on true
    where (${only ?? null}::text is null or live.kind = ${only ?? null}) and (exists (select from campaigns.deliveries
        where campaign = name and waiting and due_at <= ${at} and channel = ${channel})
      or exists (select from campaigns.enrolments where campaign = name and next_due_at <= ${at}))
    order by coalesce(live.kind = 'transactional', false) desc, coalesce(live.priority, 5) desc, name`)
  return rows.map((row) => row.name)
}

/** A ledger row that is due, with what the gate asks about it. */
export type Candidate = {
  id: DeliveryId
  personId: PersonId
  currentPersonId: PersonId | null
  identifierId: IdentifierId
  stepKey: string
  occurrence: number
  /** Why nothing more is for them, though the message is planned: it came back from a worker meanwhile. */
  left: string | null
  /** How often a worker stopped while it held this row. */
  stops: number
  plannedFor: Date
  zone: string | null
  /** ISO 3166; what a source said last. */
  country: string | null
  /** Another message of this step and occurrence may have reached the same address, or the same person elsewhere. */
  sameAddress: boolean
  samePerson: boolean
  /** Messages of any campaign to this person since the start of the day before, and of the week before. */
  today: number
  recent: number
}

/**
 * Takes due rows of a campaign within the rollout, of people its switches reach; rows another worker holds are skipped, as are, while there are others, those whose workers stopped. `placedAt` is the mark of the
 * places that this claim gave under the limits of its sending domain: without one of them a row waits; null: no limits.
 */
export async function takeDue(
  tx: Tx,
  input: {
    campaign: string
    channel: string
    /** Steps that the channel does not take now. */
    held: readonly string[]
    at: Date
    percent: number
    shares: readonly Sharing[]
    limit: number
    placedAt: Date | null
  },
): Promise<DeliveryId[]> {
  const due = (stops: Sql, limit: number): Promise<{ id: DeliveryId }[]> =>
    tx.query(sql`
    select id from campaigns.deliveries
    where ${stops} and campaign = ${input.campaign} and waiting and due_at <= ${input.at} and bucket < ${input.percent}
      and ${isReached(sql`identifier_id`, input.shares)}
      and channel = ${input.channel} and step_key <> all (${[...input.held]}::text[])
      and (${input.placedAt}::timestamptz is null or exists (
        select from campaigns.places p where p.delivery_id = id and p.placed_at = ${input.placedAt}))
    order by due_at, id limit ${limit} for update skip locked`)
  const rows = await due(sql`stops < ${suspectStops}`, input.limit)
  return (rows.length > 0 ? rows : await due(sql`stops >= ${suspectStops}`, 1)).map(({ id }) => id)
}

/** Held by so many workers that stopped, a row is taken alone, when no others are left, to find the one that stops them. */
const suspectStops = 3
/** And by so many, it is given up. */
export const mostStops = 6

/**
 * What the gate needs to know of rows: who they are for now (a person may have been merged or come apart since they
 * were enrolled), their zone, and what already went to them. The state is asked so that what went to somebody is found
 * by their addresses and not among all that went.
 */
export const selectCandidates = (
  tx: Queryable,
  ids: readonly DeliveryId[],
  { dayAgo, weekAgo }: { dayAgo: Date; weekAgo: Date },
): Promise<Candidate[]> =>
  tx.query<Candidate>(sql`
    with wanted as materialized (
      select d.*, coalesce(
        (select p.person_id from ingest.people p where p.person_id = d.person_id limit 1),
        (select p.person_id from ingest.people p where p.identifier_id = d.identifier_id)) as current_id
      from campaigns.deliveries d where d.id = any(${uuids(ids)}::uuid[]))
    select w.id, w.person_id as "personId", w.current_id as "currentPersonId", w.identifier_id as "identifierId",
      w.step_key as "stepKey", w.occurrence, w.stops,
      (select e.ended_reason from campaigns.enrolments e where e.id = w.enrolment_id and ${hasLeft}) as "left",
      w.planned_for as "plannedFor", k.zone, k.country,
      coalesce(e.same_address, false) as "sameAddress", coalesce(e.same_person, false) as "samePerson", e.today, e.recent
    from wanted w
    cross join lateral (
      select array_agg(n.identifier_id) as identifiers, (array_agg(n.zone) filter (where n.zone is not null))[1] as zone,
        (array_agg(n.country) filter (where n.country is not null))[1] as country
      from (select p.identifier_id, r.zone, r.country from ingest.people p
        left join ingest.profiles r on r.identifier_id = p.identifier_id
        where p.person_id = w.current_id order by r.updated_at desc) n) k
    cross join lateral (
      select bool_or(o.identifier_id = w.identifier_id and o.campaign = w.campaign and o.step_key = w.step_key
          and o.occurrence = w.occurrence) as same_address,
        bool_or(o.identifier_id <> w.identifier_id and o.campaign = w.campaign and o.step_key = w.step_key
          and o.occurrence = w.occurrence) as same_person,
        count(*) filter (where coalesce(o.sent_at, o.sending_at, ${dayAgo}) >= ${dayAgo}) as today,
        count(*) filter (where coalesce(o.sent_at, o.sending_at, ${weekAgo}) >= ${weekAgo}) as recent
      from campaigns.deliveries o
      where o.identifier_id = any(array_append(k.identifiers, w.identifier_id))
        and o.id <> w.id and (o.state in ${reached}) is true) e
    order by w.due_at, w.id`)

export async function insertClaim(
  tx: Tx,
  claim: {
    id: ClaimId
    campaign: string
    channel: string
    releaseHash: Hash
    worker: string
    at: Date
    expiresAt: Date
  },
): Promise<void> {
  await tx.query(sql`insert into campaigns.claims (id, campaign, channel, release_hash, worker, claimed_at, expires_at)
    values (${claim.id}, ${claim.campaign}, ${claim.channel}, ${claim.releaseHash}, ${claim.worker}, ${claim.at}, ${claim.expiresAt})`)
}

/** What the gate says of a row. `planned` with a later `dueAt` waits; the others but `claimed` are ends. */
export type Verdict = {
  id: DeliveryId
  state: 'claimed' | 'planned' | 'suppressed' | 'capped' | 'expired' | 'held' | 'failed'
  reason: string | null
  dueAt: Date | null
  tracked: boolean
  /** They may not be written to by this channel; by another one of the step perhaps. */
  unreached?: true
}

/** Writes what the gate said of a batch, in one statement. */
export async function applyVerdicts(
  tx: Tx,
  input: { claimId: ClaimId; releaseHash: Hash; capDay: string; at: Date; verdicts: readonly Verdict[] },
): Promise<void> {
  const { claimId, releaseHash, capDay, at, verdicts } = input
  await tx.query(sql`
    update campaigns.deliveries d set state = v.state, reason = v.reason, due_at = coalesce(v.due_at, d.due_at),
      tracked = v.tracked,
      claim_id = case when v.state = 'claimed' then ${claimId}::uuid end,
      release_hash = case when v.state = 'claimed' then ${releaseHash} else d.release_hash end,
      cap_day = case when v.state = 'claimed' then ${capDay}::date end,
      settled_at = case when v.state not in ('claimed', 'planned') then ${at}::timestamptz end
    from unnest(${uuids(verdicts.map((verdict) => verdict.id))}::uuid[],
      ${texts(verdicts.map((verdict) => verdict.state))}::text[],
      ${texts(verdicts.map((verdict) => verdict.reason))}::text[],
      ${instants(verdicts.map((verdict) => verdict.dueAt))}::timestamptz[],
      ${verdicts.map((verdict) => verdict.tracked)}::boolean[]) as v (id, state, reason, due_at, tracked)
    where d.id = v.id`)
}
