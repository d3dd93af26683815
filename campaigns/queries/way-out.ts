import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Checked } from '../deliverability/preflight.ts'

/** What stands in the second slot of a channel, and how far its proof is. */
export type CandidateRow = {
  hash: Hash
  proposedAt: Date
  proposedBy: string
  findings: Checked[] | null
  checkedAt: Date | null
  testId: DeliveryId | null
  testTo: string | null
  testCodeHash: Hash | null
  testSentAt: Date | null
  testAnswer: string | null
  provedAt: Date | null
  provedBy: 'code' | 'provider' | 'was-live' | null
}

const columns = sql`hash, proposed_at as "proposedAt", proposed_by as "proposedBy", findings, checked_at as "checkedAt",
  test_id as "testId", test_to as "testTo", test_code_hash as "testCodeHash", test_sent_at as "testSentAt",
  test_answer as "testAnswer", proved_at as "provedAt", proved_by as "provedBy"`

export async function selectCandidate(db: Queryable, channel: string): Promise<CandidateRow | null> {
  const rows = await db.query<CandidateRow>(
    sql`select ${columns} from campaigns.channel_candidates where channel = ${channel}`,
  )
  return rows[0] ?? null
}

/** The same, kept from others until the commit. */
export async function lockCandidate(tx: Tx, channel: string): Promise<CandidateRow | null> {
  const rows = await tx.query<CandidateRow>(
    sql`select ${columns} from campaigns.channel_candidates where channel = ${channel} for update`,
  )
  return rows[0] ?? null
}

/** Puts a configuration into the second slot; whatever stood there, and its proof, is gone from it. */
export async function putCandidate(
  tx: Tx,
  channel: string,
  candidate: { hash: Hash; at: Date; by: string; wasLive: boolean },
): Promise<void> {
  const { hash, at, by, wasLive } = candidate
  const provedBy = wasLive ? 'was-live' : null
  await tx.query(sql`delete from campaigns.channel_candidates where channel = ${channel}`)
  await tx.query(sql`insert into campaigns.channel_candidates (channel, hash, proposed_at, proposed_by, proved_at, proved_by)
    values (${channel}, ${hash}, ${at}, ${by}, ${wasLive ? at : null}, ${provedBy})`)
}

export async function dropCandidate(tx: Tx, channel: string): Promise<void> {
  await tx.query(sql`delete from campaigns.channel_candidates where channel = ${channel}`)
}

/** What its checks came to, where it is still the same that was checked. */
export async function updateChecked(
  db: Queryable,
  channel: string,
  checked: { hash: Hash; findings: readonly Checked[]; at: Date },
): Promise<void> {
  await db.query(sql`update campaigns.channel_candidates
    set findings = ${json(checked.findings)}::jsonb, checked_at = ${checked.at}
    where channel = ${channel} and hash = ${checked.hash}`)
}

export type TestSent = { hash: Hash; id: DeliveryId; to: string; codeHash: Hash; at: Date }

/** A test on its way: whatever an earlier one proved is forgotten. */
export async function updateTest(db: Queryable, channel: string, test: TestSent): Promise<void> {
  await db.query(sql`update campaigns.channel_candidates set test_id = ${test.id}, test_to = ${test.to},
    test_code_hash = ${test.codeHash}, test_sent_at = ${test.at}, test_answer = null, test_provider_id = null, proved_at = null, proved_by = null
    where channel = ${channel} and hash = ${test.hash}`)
}

/** Whose test is spoken of: by our own id, or by that which the provider gave it. */
export type TestRef = { deliveryId: DeliveryId } | { providerId: string }

const isTest = (test: TestRef): Sql =>
  'deliveryId' in test ? sql`test_id = ${test.deliveryId}` : sql`test_provider_id = ${test.providerId}`

/** What is known of a test that is not proved. Returns whether there is one. */
export async function updateAnswer(
  db: Queryable,
  test: TestRef,
  { answer, providerId = null }: { answer: string; providerId?: string | null },
): Promise<boolean> {
  const rows = await db.query(sql`update campaigns.channel_candidates
    set test_answer = ${answer}, test_provider_id = coalesce(${providerId}, test_provider_id)
    where ${isTest(test)} and proved_at is null returning channel`)
  return rows.length > 0
}

/** The test arrived: said once, it stays so. Returns whether it was news. */
export async function updateProved(
  db: Queryable,
  test: TestRef,
  { at, by }: { at: Date; by: 'code' | 'provider' },
): Promise<boolean> {
  const rows = await db.query(sql`update campaigns.channel_candidates set proved_at = ${at}, proved_by = ${by}
    where ${isTest(test)} and proved_at is null returning channel`)
  return rows.length > 0
}
