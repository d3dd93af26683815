import { describe, expect, it } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { json, sql } from '#kernel/sql.ts'
import { problemLines, problemsOf } from '#campaigns/definition/soundness.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { spendingOf } from '#campaigns/journeys/spending.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { whyPerson } from '#campaigns/why.ts'
import { clock, db, deps, owner } from './house.ts'
import { aJourney, releaseJourney, send, standings, type Change } from './journey-world.ts'
import { addPeople, bought, campaign, enrol, memoryChannel, readers, states, workerOver, type Person } from './world.ts' // prettier-ignore

const members = () => Promise.resolve([])
const worker = () => workerOver(db, memoryChannel().channel, clock)
const follow = () => followJourneys({ db, clock, members, zone: 'Europe/Amsterdam', log: silentLog })
const later = [send('first'), { key: 'rest', kind: 'wait' as const, minutes: 600 }, send('second')]

async function started(
  count: number,
  change: Change,
  journey: Parameters<typeof releaseJourney>[2] = later,
): Promise<Person[]> {
  const people = await addPeople(db, clock, readers(count))
  await enrol(deps, await releaseJourney(deps, owner, journey, change), people)
  await tick(worker())
  return people
}

/** Readers who leave, as their unsubscribing is recorded. */
async function unsubscribed(people: readonly Person[]): Promise<void> {
  for (const { identifierId } of people) {
    const id = newId<'event'>(clock)
    await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, campaign_ref, properties)
      values (${id}, 'millrace', ${id}, 'message_unsubscribed', ${identifierId}, ${clock()}, ${clock()}, ${campaign},
        ${json({ deliveryId: id })}::jsonb)`)
  }
}

async function allEndedBy(why: string, person: Person): Promise<void> {
  const [followed] = await follow()
  expect(followed?.over).toBe(why)
  const ended = new Map((await standings(db)).map((one) => [one.address, one.ended]))
  expect(ended.get(person.address)).toBe(why)
  expect([...ended.values()].every((reason) => reason === why || reason === 'completed')).toBe(true)
  expect((await campaignProgress(deps, campaign)).over).toBe(why)
  expect((await whyPerson(db, campaign, person.personId)).words).toContain(why)
  clock.advance(24 * 3_600_000)
  await tick(worker())
  expect((await states(db))['planned']).toBeUndefined()
}

describe('a campaign ends for everybody in it', () => {
  it('when its date has come: no claim waits for the round that says so', async () => {
    const people = await started(3, { ends: { at: new Date(clock().getTime() + 11 * 3_600_000).toISOString() } })
    clock.advance(10 * 3_600_000)
    const slow = { ...worker(), claimSize: 1 }
    await tick(slow)
    clock.advance(2 * 3_600_000)
    expect((await tick(slow)).blocked).toMatchObject([{ rule: 'ended' }])
    // Two of three second messages have not left; whose did has come to the end.
    const waiting = await db.query<{ id: string }>(
      sql`select identifier_id as id from campaigns.deliveries where state = 'planned'`,
    )
    expect(waiting).toHaveLength(2)
    await allEndedBy(
      'the campaign is over: its end has come',
      people.find(({ identifierId }) => identifierId === waiting[0]!.id)!,
    )
  })

  it('when its readers are tired of it, and not before enough were asked', async () => {
    const people = await started(10, { ends: { fatigue: { unsubscribed: 0.15, afterSends: 10 } } })
    await unsubscribed(people.slice(0, 1))
    expect((await follow())[0]?.over).toBeNull()
    await unsubscribed(people.slice(1, 3))
    await allEndedBy('the campaign is over: 30.0 % of its messages made their readers unsubscribe', people[9]!)
  })

  it('when its budget is spent, on models too; no claim goes beyond it', async () => {
    const budget = { amountMinor: 5, currency: 'EUR', perMessageMicro: 10_000 }
    const people = await addPeople(db, clock, readers(8))
    const release = await releaseJourney(deps, owner, later, { ends: { budget } })
    await db.query(
      sql`insert into ingest.fx_rates (day, base, quote, rate, record_id) values ('2026-03-02', 'EUR', 'USD', 2, ${newId<'record'>(clock)})`,
    )
    const draftId = newId<'draft'>(clock)
    await db.query(sql`insert into rag.drafts (id, thread_id, state, brief, created_at, updated_at)
      values (${draftId}, ${draftId}, 'failed', ${json({ campaign })}::jsonb, ${clock()}, ${clock()})`)
    await db.query(sql`insert into rag.model_calls (id, decision_id, ordinal, purpose, subject, policy_hash, features, chain,
        reasons, model, vendor, attempt, outcome, cost_micro_usd, at)
      values (${newId<'call'>(clock)}, ${newId<'decision'>(clock)}, 0, 'draft', ${`draft:${draftId}`}, 'x', '{}', '{}', '{}', 'm',
        'groq', 'call', 'answer', 40000, ${clock()})`)
    await enrol(deps, release, people)
    await tick(worker())
    await tick(worker())
    // Five cents; two went to the model (four American ones), so that three messages are paid for.
    expect(await states(db)).toEqual({ planned: 5, sent: 3 })
    expect(await spendingOf(deps, await aJourney(deps, later, { ends: { budget } }))).toEqual({
      messages: 30_000,
      models: 20_000,
      left: 0,
    })
    await allEndedBy('the campaign is over: its budget of €0.05 is spent', people[7]!)
  })

  it('when its experiment is decided', async () => {
    const split = { key: 'tone', kind: 'split' as const, arms: [{ name: 'plain', weight: 1, to: 'plain' }, { name: 'warm', weight: 1, to: 'warm' }] } // prettier-ignore
    const wait = { key: 'rest', kind: 'wait' as const, minutes: 6_000, next: 'last' }
    const journey = [split, send('plain', { next: 'rest' }), send('warm', { next: 'rest' }), wait, send('last')]
    const change: Change = { goalReachedBy: { event: 'order_paid', withinDays: 30 }, ends: { decided: 'tone' } }
    const people = await started(120, change, journey)
    expect((await follow())[0]?.over).toBeNull()
    clock.advance(3_600_000)
    const warm = await db.query<{ id: string }>(sql`select e.identifier_id as id from campaigns.turns t
      join campaigns.enrolments e on e.id = t.enrolment_id where t.took = 'warm'`)
    const inWarm = (person: Person): boolean => warm.some(({ id }) => id === person.identifierId)
    const [liked, disliked] = [people.filter(inWarm), people.filter((person) => !inWarm(person))]
    for (const person of [...liked.slice(12), ...disliked.slice(0, 12)]) await bought(db, clock, person)
    await follow()
    const over = (await campaignProgress(deps, campaign)).over
    expect(over).toMatch(/^the campaign is over: its experiment is decided\. “warm” does better than “plain”/)
    expect((await standings(db)).every(({ dueAt }) => dueAt === null)).toBe(true)
  })

  it('only by what can come: an end without its goal or split is refused before anybody approves it', async () => {
    const lines = async (change: Change) => problemLines(problemsOf(await aJourney(deps, [send('one')], change)))
    expect(await lines({ ends: { goals: 5 } })).toEqual(['The campaign ends after so many goals, and says no goal: add goalReachedBy']) // prettier-ignore
    expect((await lines({ ends: { decided: 'one' } }))[0]).toContain('has this key')
  })
})
