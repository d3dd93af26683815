import { z } from 'zod'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { guardrailHash } from '../guardrails/version.ts'
import { promptHash, promptSchema, type Prompt } from '../prompts/live-prompt.ts'
import { policyHash, routerPolicySchema, type RouterPolicy } from '../router/policy.ts'
import { scopeHash } from '../scopes.ts'

/**
 * Everything of ours that decides what an author writes: what is evaluated, and released only when it is no worse.
 * `models` are those that may be asked, by id; all that are set up where it is left out.
 */
export type Setup = { prompt: Prompt; policy: RouterPolicy; models?: readonly string[] }

/** A change to the live setup, of any part of it. */
export const candidateSchema = z
  .strictObject({
    prompt: promptSchema.optional(),
    policy: routerPolicySchema.optional(),
    models: z.array(z.string()).min(1).optional(),
  })
  .refine((parts) => Object.values(parts).some((part) => part !== undefined), 'must hold a prompt, a policy or models')
export type Candidate = z.infer<typeof candidateSchema>

/** The live setup with a change to it. */
export const changed = (live: Setup, { prompt, policy, models }: Candidate): Setup => ({
  prompt: prompt ?? live.prompt,
  policy: policy ?? live.policy,
  ...(models && { models }),
})

/** A setup as it is kept: the versions it is made of, what the writer may know, and the models that stood behind it. */
export type SetupVersion = {
  prompt: Hash
  policy: Hash
  guardrails: Hash
  brand: Hash | null
  scope: Hash
  models: readonly string[]
}

/** What stands around a setup and is not changed with it: the brand, and the models that are set up. */
export type Surroundings = { brand: Hash | null; models: readonly string[] }

export const setupVersion = ({ prompt, policy, models }: Setup, around: Surroundings): SetupVersion => ({
  prompt: promptHash(prompt),
  policy: policyHash(policy),
  guardrails: guardrailHash,
  brand: around.brand,
  scope: scopeHash('copywriter'),
  models: models ?? around.models,
})
export const setupHash = (version: SetupVersion): Hash => hashOf(version)
