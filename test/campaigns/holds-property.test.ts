import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { claimBatch, type Claim } from '#campaigns/delivery/claim.ts'
import { deliver } from '#campaigns/delivery/deliver.ts'
import { holdCampaign, liftHold, openHolds } from '#campaigns/content/holds.ts'
import { recheckCampaigns } from '#campaigns/content/recheck.ts'
import type { DraftBody } from '#rag/draft.ts'
import type { FactId, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { testFolder } from '../ingest/ingest-support.ts'
import { brand } from '../rag/written-drafts.ts'
import { shopOver } from './held-world.ts'
import { aBody, aClock, addPeople, anOwner, enrol, memoryChannel, readers, releaseBody, workerOver, type Person } from './world.ts' // prettier-ignore

const db = testDatabase({ keep: true })
const folder = testFolder()
const clock = aClock()
const shop = shopOver(db, clock, folder.write)
let owner: UserId
let people: Person[] = []
beforeAll(async () => {
  owner = await anOwner(db, clock)
  people = await addPeople(db, clock, readers(12))
})

const steps = ['claim', 'deliver', 'costs 12.00', 'costs 13.00', 'costs 14.00', 'hold', 'race', 'lift', 'look'] as const

/** A mail about what the catalogue says now. */
async function bodyCiting(): Promise<DraftBody> {
  const [fact] = await db.query<{ id: FactId; statement: string }>(
    sql`select id, statement from ingest.facts where predicate = 'price' and valid_to is null`,
  )
  const citations = [{ kind: 'fact' as const, factId: fact!.id }]
  return aBody({ blocks: [{ kind: 'paragraph', sentences: [{ text: fact!.statement, citations }] }] })
}

/** What should be so: kept beside the database by somebody who never looks into it. */
type Model = { price: string; stated: number; accepted: number | null; byHand: boolean; found: boolean }

const isUntrue = ({ price, stated, accepted }: Model): boolean => price !== '12.00' && accepted !== stated
const mayLeave = (model: Model): boolean => !model.byHand && !model.found && !isUntrue(model)

describe('a hold', () => {
  it('binds every claim begun after it committed, however claims, changes of facts, holds and lifts follow each other (property)', async () => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 4, maxLength: 14 }), async (sequence) => {
        await play(`round-${(round += 1)}`, sequence)
      }),
      { numRuns: 20, examples: [[['look', 'costs 13.00', 'lift', 'claim', 'claim']]] },
    )
  }, 300_000)
})

async function play(campaign: string, sequence: readonly (typeof steps)[number][]): Promise<void> {
  clock.advance(60_000)
  await shop.costs('12.00')
  const release = await releaseBody({ db, clock }, owner, await bodyCiting(), { name: campaign })
  await enrol({ db, clock }, release, people)
  const memory = memoryChannel()
  const worker = workerOver(db, memory.channel, clock)
  const model: Model = { price: '12.00', stated: 0, accepted: null, byHand: false, found: false }
  const claims: Claim[] = []
  const claim = async () => {
    const claimed = await claimBatch(worker, { campaign, limit: 2 })
    if (claimed.kind === 'claimed') claims.push(claimed)
    return claimed.kind
  }
  for (const step of sequence) {
    clock.advance(1_000)
    if (step === 'claim') {
      const may = mayLeave(model)
      expect((await claim()) === 'blocked', `${campaign} ${sequence.join(', ')}`).toBe(!may)
      if (!model.byHand && isUntrue(model)) model.found = true
    } else if (step === 'deliver') {
      const [next] = claims.splice(0, 1)
      const before = memory.given.length
      if (next) await deliver(worker, next.approved, next, new AbortController().signal)
      if (!mayLeave(model)) expect(memory.given.length, `${campaign} ${sequence.join(', ')}`).toBe(before)
    } else if (step === 'hold' || step === 'race') {
      // Beside a hold a claim may or may not be in time; what it took is asked about again before it leaves.
      await Promise.all([holdCampaign({ db, clock }, { campaign, by: owner, reason: 'Wait' }), ...(step === 'race' ? [claim()] : [])])
      model.byHand = true
      if (step === 'race') model.found ||= (await openHolds({ db, clock }, campaign)).some(({ rule }) => rule === 'facts')
    } else if (step === 'lift') {
      for (const { id, rule, seen } of await openHolds({ db, clock }, campaign)) {
        expect(await liftHold({ db, clock }, { id, campaign, by: owner, reason: 'Go on', seen })).toMatchObject({ kind: 'lifted' })
        if (rule === 'by-hand') model.byHand = false
        else model.found = false
        // A hold of the guardrails says nothing of the price.
        if (rule === 'facts') model.accepted = model.stated
      }
    } else if (step === 'look') {
      await recheckCampaigns({ db, clock, brand: () => Promise.resolve({ ...brand, forbidden: [] }) })
      const open = await openHolds({ db, clock }, campaign)
      if (isUntrue(model)) expect(open.map(({ rule }) => rule)).toContain('facts')
      model.found = open.some(({ rule }) => rule !== 'by-hand')
    } else {
      const price = step.slice('costs '.length)
      if (price !== model.price) Object.assign(model, { price, stated: model.stated + 1 })
      await shop.costs(price)
    }
  }
  expect(new Set(memory.given.map(({ to }) => to)).size).toBe(memory.given.length)
} // prettier-ignore
