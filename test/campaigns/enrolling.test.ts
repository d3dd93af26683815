import { describe, expect, it } from 'vitest'
import type { Db, Tx } from '#kernel/db.ts'
import { codeOf } from '#kernel/errors.ts'
import { newId, type PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { holdOutOfAll } from '#campaigns/experiments/holdout.ts'
import { bucketOf } from '#campaigns/journeys/advance.ts'
import { selectPersonCampaigns, selectPersonRows } from '#campaigns/queries/progress.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send, standings } from './journey-world.ts'
import { addPeople, campaign, enrol, readers, releaseBody, start, states } from './world.ts'

const hour = 3_600_000

/** More people than several transactions take, by straight SQL. */
async function aTown(count: number): Promise<PersonId[]> {
  await db.query(sql`
    with made as (insert into ingest.identifiers (id, kind, value, first_seen_at)
      select gen_random_uuid(), 'email', 'person' || n || '@example.com', ${start} from generate_series(1, ${count}::integer) n
      returning id)
    insert into ingest.memberships (identifier_id, person_id, since, reason)
    select id, gen_random_uuid(), ${start}, 'test' from made`)
  const rows = await db.query<{ id: PersonId }>(sql`select person_id as id from ingest.people order by 1`)
  return rows.map(({ id }) => id)
}

const counts = async () =>
  (
    await db.query<{ enrolments: number; people: number; planned: number; without: number }>(sql`
    select count(*) as enrolments, count(distinct e.person_id) as people, count(d.id) as planned,
      count(*) filter (where d.id is null or e.ended_reason is distinct from 'completed') as without
    from campaigns.enrolments e left join campaigns.deliveries d on d.enrolment_id = e.id`)
  )[0]!

/** A database whose n-th transaction breaks off when all its work is done. */
const breakingOff = (nth: number): Db => {
  let begun = 0
  const broken = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const mine = ++begun
    return db.transaction(async (tx) => {
      const done = await work(tx)
      if (mine === nth) throw new Error('the power went')
      return done
    })
  }
  return { ...db, transaction: broken }
}

describe('enrolling a town', () => {
  it('goes on after a kill with those who are missing, and nobody ever stands without their message', async () => {
    const people = await aTown(11_000)
    const members = () => Promise.resolve(people)
    const release = await releaseBody(deps, owner)
    await expect(planRelease({ db: breakingOff(2), clock, members }, release)).rejects.toThrow('the power went')
    const halfway = await counts()
    expect(halfway.enrolments).toBeLessThan(11_000)
    expect(halfway).toMatchObject({ planned: halfway.enrolments, without: 0 })
    const again = await planRelease({ db, clock, members }, release)
    expect(again).toEqual({ members: 11_000, enrolled: 11_000 - halfway.enrolments, planned: 11_000 - halfway.enrolments }) // prettier-ignore
    expect(await counts()).toEqual({ enrolments: 11_000, people: 11_000, planned: 11_000, without: 0 })
  })

  it('lets everybody in once, though two do it at once and in opposite orders', async () => {
    const people = await aTown(6_000)
    const release = await releaseBody(deps, owner)
    const plans = await Promise.all(
      [people, people.toReversed()].map((all) =>
        planRelease({ db, clock, members: () => Promise.resolve(all) }, release),
      ),
    )
    expect(plans.reduce((sum, { enrolled }) => sum + enrolled, 0)).toBe(6_000)
    expect(await counts()).toEqual({ enrolments: 6_000, people: 6_000, planned: 6_000, without: 0 })
  })
})

describe('where people stand when they are in', () => {
  const day = 24 * 60
  const wait = { key: 'rest', kind: 'wait' as const, minutes: day }
  const later = new Date(start.getTime() + 48 * hour)
  const tomorrow = new Date(start.getTime() + 24 * hour)

  it.each([
    ['one message', [send('one')], {}, { stepKey: 'one', dueAt: null, ended: 'completed' }, { planned: 2 }],
    ['a message, and another a day later', [send('one'), wait, send('two')], {}, { stepKey: 'two', dueAt: tomorrow, ended: null }, { planned: 2 }],
    ['a day before the first', [wait, send('one')], {}, { stepKey: 'one', dueAt: tomorrow, ended: null }, {}],
    ['a campaign that starts later', [send('one')], { startAt: later.toISOString() }, { stepKey: 'one', dueAt: later, ended: null }, {}],
  ] as const)('%s', async (_, journey, change, stands, planned) => {
    const people = await addPeople(db, clock, readers(2))
    const release = await releaseJourney(deps, owner, [...journey], change)
    await enrol(deps, release, people)
    expect(await standings(db)).toMatchObject([stands, stands])
    expect(await states(db)).toEqual(planned)
    const rows = await db.query<{ personId: PersonId; bucket: number; dueAt: Date }>(sql`select person_id as "personId", bucket, due_at as "dueAt" from campaigns.deliveries`) // prettier-ignore
    for (const { personId, bucket, dueAt } of rows) expect({ bucket, dueAt }).toEqual({ bucket: bucketOf(campaign, personId), dueAt: start }) // prettier-ignore
  }) // prettier-ignore

  it('is at the end for whoever is held out, before anything is planned for them', async () => {
    const people = await addPeople(db, clock, readers(40))
    await holdOutOfAll(deps, { share: 0.5, by: owner, reason: 'to know' })
    expect(await enrol(deps, await releaseBody(deps, owner), people)).toMatchObject({ enrolled: 40 })
    const held = (await standings(db)).filter(({ ended }) => ended === 'holdout').length
    expect(held).toBeGreaterThan(5)
    expect(await states(db)).toEqual({ planned: 40 - held })
  })
})

describe('what a row names', () => {
  const refusal = (statement: Sql): Promise<string | undefined> => db.query(statement).then(() => undefined, codeOf)
  const refused = '23503'
  const nobody = () => newId<'identifier'>(clock)

  it('is there, and stays while it is named', async () => {
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, owner), people)
    expect(await refusal(sql`insert into campaigns.enrolments (id, campaign, person_id, identifier_id, occurrence, release_hash,
      step_key, ended_reason, enrolled_at) select ${nobody()}, campaign, person_id, ${nobody()}, 2, release_hash, step_key, ended_reason,
      enrolled_at from campaigns.enrolments`)).toBe(refused) // prettier-ignore
    expect(await refusal(sql`insert into campaigns.deliveries (id, enrolment_id, campaign, person_id, step_key, occurrence, identifier_id,
      channel, bucket, state, planned_for, due_at) select ${nobody()}, ${nobody()}, campaign, person_id, step_key, 2, identifier_id, channel,
      bucket, state, planned_for, due_at from campaigns.deliveries`)).toBe(refused) // prettier-ignore
    expect(await refusal(sql`delete from campaigns.enrolments`)).toBe(refused)
    expect(await refusal(sql`delete from ingest.identifiers where id = ${people[0]!.identifierId}`)).toBe(refused)
  })
})

describe('which rows somebody has', () => {
  /** How the database answers a question of one person among thousands. */
  const planOf = (ask: (explaining: Db) => Promise<unknown>): Promise<string> =>
    db.transaction(async (tx) => {
      // Every table is filled and counted: what the tests before left behind, counted or not, must not decide.
      await tx.query(sql`set local session_replication_role = replica`)
      await tx.query(sql`truncate campaigns.deliveries, campaigns.enrolments cascade`)
      await tx.query(sql`insert into campaigns.enrolments (id, campaign, person_id, identifier_id, occurrence, release_hash,
          step_key, ended_reason, enrolled_at)
        select gen_random_uuid(), ${campaign}, person_id, identifier_id, 1, '', 'mail-1', 'completed', ${clock()} from ingest.people`)
      await tx.query(sql`insert into campaigns.deliveries (id, enrolment_id, campaign, person_id, step_key, occurrence,
          identifier_id, channel, bucket, state, planned_for, due_at)
        select gen_random_uuid(), id, campaign, person_id, step_key, 1, identifier_id, 'email', 0, 'planned', ${clock()}, ${clock()}
        from campaigns.enrolments`)
      await tx.query(sql`analyze campaigns.deliveries, campaigns.enrolments, ingest.identifiers, ingest.memberships`)
      await tx.query(
        sql`select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
      )
      let plan = ''
      const query = async ({ text, values }: Sql) => {
        plan = JSON.stringify(await tx.query({ text: `explain (costs off) ${text}`, values }))
        return []
      }
      await ask({ ...db, query })
      return plan
    })

  it('is known from indexes alone', async () => {
    const someone = (await aTown(5000))[0]!
    const ofCampaign = await planOf((explaining) => selectPersonRows(explaining, campaign, someone))
    expect(ofCampaign).toContain('Index Only Scan using deliveries_once')
    expect(ofCampaign).toContain('Index Only Scan using deliveries_identifier')
    expect(ofCampaign).toContain('Index Scan using deliveries_pkey')
    const ofAll = await planOf((explaining) => selectPersonCampaigns(explaining, someone))
    expect(ofAll).toContain('Index Only Scan using enrolments_person')
    expect(ofAll).toContain('Index Only Scan using enrolments_identifier')
  })
})
