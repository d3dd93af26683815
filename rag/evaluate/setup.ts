import { z } from 'zod'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { guardrailHash } from '../guardrails/version.ts'
import { promptHash, promptSchema, type Prompt } from '../prompts/live-prompt.ts'
import { policyHash, routerPolicySchema, type RouterPolicy } from '../router/policy.ts'

/** Everything of ours that decides what an author writes: what is evaluated, and released only when it is no worse. */
export type Setup = { prompt: Prompt; policy: RouterPolicy }

/** A change to the live setup: one part of it, or both. */
export const candidateSchema = z
  .strictObject({ prompt: promptSchema.optional(), policy: routerPolicySchema.optional() })
  .refine(({ prompt, policy }) => prompt !== undefined || policy !== undefined, 'must hold a prompt or a policy')
export type Candidate = z.infer<typeof candidateSchema>

/** A setup as it is kept: the versions it is made of, and the models that stood behind it. */
export type SetupVersion = { prompt: Hash; policy: Hash; guardrails: Hash; models: readonly string[] }

export const setupVersion = ({ prompt, policy }: Setup, models: readonly string[]): SetupVersion => ({
  prompt: promptHash(prompt),
  policy: policyHash(policy),
  guardrails: guardrailHash,
  models,
})
export const setupHash = (version: SetupVersion): Hash => hashOf(version)
