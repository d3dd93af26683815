import { z } from 'zod'
import { newId } from '#kernel/ids.ts'
import type { Queryable } from '#kernel/db.ts'
import {
  decideBrandProposals,
  openBrandProposals,
  replaceBrandProposals,
  type BrandProposalId,
  type BrandProposalRow,
} from '../queries/brand-proposals.ts'
import { contactFacts, ownTexts, type ContactFact, type OwnText } from '../queries/brand-sources.ts'
import { gradeGoal, habitsOf } from './habits.ts'
import { addressOf, mainLanguage } from './languages.ts'
import { isSaid, learntSchema, profileWith, seenSchema, type Learnt } from './learnt.ts'
import { letterHabits } from './letters.ts'
import { liveBrand, releaseBrand, type BrandDeps, type BrandReleased } from './live-brand.ts'
import { proseOf, readOwn } from './own-sentences.ts'
import { ownWords } from './own-words.ts'
import { fieldWords } from './profile.ts'
import { toneExamples } from './tone-examples.ts'
import { whereabouts } from './whereabouts.ts'

/** Enough to know a hand by, and read within seconds. */
const most = { texts: 200, characters: 10_000 }

export type BrandProposal = Learnt & { id: BrandProposalId; proposedAt: Date }
export type BrandLearnt = { texts: number; passedOver: number; proposals: BrandProposal[] }

/**
 * Reads what the business has written and proposes how it speaks, each value with what shows it; a person accepts them
 * one by one, and nothing applies before. Counted by rules, without a model: the same texts give the same values. Text
 * that hides, or speaks to a model, is passed over, and is told of by `passedOver`, in blocks.
 */
export async function learnBrand(deps: BrandDeps): Promise<BrandLearnt> {
  const at = deps.clock()
  const texts = await ownTexts(deps.db, at, most)
  const { found, passedOver } = await learntFrom(texts, await contactFacts(deps.db, at))
  const { profile } = await liveBrand(deps)
  const rows = found
    .filter((learnt) => !isSaid(profile, learnt))
    .map((learnt, place) => ({ ...learnt, id: newId<'brand-proposal'>(deps.clock), place }))
  await deps.db.transaction((tx) => replaceBrandProposals(tx, at, rows))
  return { texts: texts.length, passedOver, proposals: await brandProposals(deps.db) }
} // prettier-ignore

/** What texts and facts show of a brand: no database, no clock. Others have their turn in between. */
export async function learntFrom(
  texts: readonly OwnText[],
  facts: readonly ContactFact[],
): Promise<{ found: Learnt[]; passedOver: number }> {
  const { sentences, passedOver } = await readOwn(texts)
  const prose = proseOf(sentences)
  const inLanguage = mainLanguage(prose)
  const language = inLanguage?.value ?? null
  const words = ownWords(prose, language)
  const found = [
    ...(inLanguage ? [inLanguage] : []),
    ...addressOf(prose, language),
    ...habitsOf(prose, language),
    ...gradeGoal(prose, language),
    ...toneExamples(prose, words.map(({ value }) => String(value)), language),
    ...words,
    ...letterHabits(sentences),
    ...whereabouts(facts, sentences),
  ] // prettier-ignore
  return { found, passedOver }
}

/** What was learnt and waits for a person. */
export const brandProposals = async (db: Queryable): Promise<BrandProposal[]> =>
  (await openBrandProposals(db)).map(proposalOf)

const proposalOf = ({ id, proposedAt, why, evidence, field, value }: BrandProposalRow): BrandProposal => ({
  ...learntSchema.parse({ field, value }),
  why,
  evidence: z.array(seenSchema).parse(evidence),
  id,
  proposedAt,
})

type Word = { ids: readonly BrandProposalId[]; by: string }
type Decided = BrandReleased | { kind: 'refused'; rule: 'decided'; why: string }

/** Takes proposed values into the brand, together one version. */
export async function acceptLearnt(deps: BrandDeps, { ids, by }: Word): Promise<Decided> {
  const chosen = (await brandProposals(deps.db)).filter(({ id }) => ids.includes(id))
  if (chosen.length === 0) return { kind: 'refused', rule: 'decided', why: 'It was decided before, or is proposed no more' }
  const { profile, hash: over } = await liveBrand(deps)
  const reason = `learnt: ${chosen.map(({ field, value }) => `${fieldWords[field].toLowerCase()} “${value}”`).join(', ')}`
  const done = await releaseBrand(deps, { profile: chosen.reduce(profileWith, profile), by, reason, over })
  const decided = chosen.map(({ id }) => id)
  if (done.kind !== 'refused') await decideBrandProposals(deps.db, decided, { decision: 'accepted', by, at: deps.clock() })
  return done
} // prettier-ignore

/** Leaves proposed values out for good; false when they were decided before. */
export const rejectLearnt = async ({ db, clock }: BrandDeps, { ids, by }: Word): Promise<boolean> =>
  (await decideBrandProposals(db, ids, { decision: 'rejected', by, at: clock() })) > 0
