import { firstPrompt } from '#rag/prompts/draft.ts'
import type { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { AgentDeps, CallModel } from '#rag/agent/deps.ts'
import type { Brand } from '#rag/brand.ts'
import { brandProfileSchema } from '#rag/brand/profile.ts'
import type { ComposedBody, DraftRequest, Evidence } from '#rag/draft.ts'
import type { Brief } from '#rag/drafts.ts'
import type { Embedder } from '#rag/embedder.ts'
import { addFact, addRoastery } from './corpus.ts'

/** A brand as its registry would have it, over a small profile. */
export const brandWith = (given: z.input<typeof brandProfileSchema>): Brand => {
  const profile = brandProfileSchema.parse(given)
  const business = { name: 'Alder & Ash', site: 'https://shop.example/' }
  return { ...profile, hash: hashOf(profile), business, slots: ['person.given_name'] }
}

export const brand = brandWith({
  voice: 'Warm and plain',
  forbidden: ['cheap'],
  links: [{ url: 'https://shop.example/subscribe', label: 'Subscribe' }],
  emails: ['hello@shop.example'],
})

export const brief: Brief = {
  segment: { name: 'Filter drinkers', description: 'People who bought Kochere', rule: { bought: { sku: 'KOCH-250' } } },
  goal: 'repeat purchase',
  sentence: 'Tell people who bought Yirgacheffe Kochere that it is back and what it costs',
  channel: 'email',
  by: 'marketer',
}

/** The roastery's corpus with a price; vectors would add nothing here. */
export async function addEvidence(db: Db): Promise<{ priceId: string }> {
  await addRoastery(db)
  const priceId = await addFact(db, {
    subject: 'product:KOCH-250',
    predicate: 'price',
    statement: 'Yirgacheffe Kochere costs €13.50 for 250 g.',
  })
  return { priceId }
}

const flat: Embedder = { id: 'flat', dimensions: 2, embed: (texts) => Promise.resolve(texts.map(() => [1, 0])) }

export const priceOf = (evidence: readonly Evidence[]): Evidence | undefined =>
  evidence.find((item) => item.predicate === 'price')

/** A mail that says one price. */
export const mailSaying = (amount: string, request: DraftRequest): ComposedBody => {
  const cites = [priceOf(request.evidence)?.id ?? 'F99']
  return {
    subject: { text: `Yirgacheffe Kochere for ${amount}`, cites },
    preheader: { text: 'A note from Alder & Ash', cites: [] },
    blocks: [
      {
        kind: 'paragraph',
        sentences: [
          { text: 'Hi {{ person.given_name | default: "there" }},', cites: [] },
          { text: `Yirgacheffe Kochere costs ${amount} for 250 g.`, cites },
        ],
      },
      { kind: 'button', label: 'See Kochere', url: 'https://shop.example/KOCH-250' },
    ],
  }
}

export type Scripted = { callModel: CallModel; requests: DraftRequest[]; prompts: string[] }

/** A model that says one thing each time it is asked, the last of them again and again. */
export function scripted(...says: ((request: DraftRequest) => ComposedBody | { failed: string })[]): Scripted {
  const requests: DraftRequest[] = []
  const prompts: string[] = []
  return {
    requests,
    prompts,
    callModel: (request) => {
      const { draft } = request
      if (!draft) throw new Error('No draft was asked for')
      const say = says[Math.min(requests.length, says.length - 1)]!
      requests.push(draft)
      prompts.push([request.prompt, request.revision ?? ''].join('\n\n'))
      const said = say(draft)
      if ('failed' in said)
        return Promise.resolve({ kind: 'failed', reason: 'unavailable', why: said.failed, spentMicroUsd: 7 })
      const usage = { inputTokens: 10, outputTokens: 20, costMicroUsd: 30 }
      return Promise.resolve({ kind: 'answer', value: said, usage, model: 'scripted', spentMicroUsd: 30 })
    },
  }
}

export const agentDeps = (db: Db, clock: Clock, callModel: CallModel): AgentDeps => ({
  db,
  clock,
  brand: () => Promise.resolve(brand),
  embedder: flat,
  callModel,
  prompt: () => Promise.resolve(firstPrompt),
  audienceOf: () => Promise.resolve(0),
})
