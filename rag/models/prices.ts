import type { Price } from '../chat-model.ts'

type Facts = { price: Price; contextTokens: number; thinkingTokens: number }
type Known = Facts & { starts: string }

const known = (starts: string, input: number, output: number, contextTokens: number, thinkingTokens = 0): Known => ({
  starts,
  price: { input: Math.round(input * 1e6), output: Math.round(output * 1e6) },
  contextTokens,
  thinkingTokens,
})

/** Room to think at low effort, beside the answer: it is billed as output and counts to the limit of tokens. */
const thinking = 4000

/**
 * Published prices in US dollars for a million tokens, and the room a model takes; by the start of a model's name, the
 * first that fits. An adapter's settings may say otherwise. The context of Haiku 5.5 ends where its price rises.
 */
const tables = {
  groq: [
    known('openai/gpt-oss-120b', 0.15, 0.6, 131_072, thinking),
    known('openai/gpt-oss-20b', 0.1, 0.5, 131_072, thinking),
    known('meta-llama/llama-4', 0.2, 0.6, 131_072),
    known('llama-3.1-8b', 0.05, 0.08, 131_072),
  ],
  claude: [
    known('claude-sonnet-5', 2, 10, 1_000_000, thinking),
    known('claude-haiku-5', 0.1, 0.5, 100_000, thinking),
    known('claude-opus-5-5', 4, 20, 1_000_000, thinking),
    known('claude-opus-5', 5, 25, 1_000_000, thinking),
    known('claude-fable-5', 10, 50, 1_000_000, thinking),
    known('claude-haiku-4', 1, 5, 200_000),
    known('claude-sonnet-4', 3, 15, 200_000),
    known('claude-opus-4-0', 15, 75, 200_000),
    known('claude-opus-4-1', 15, 75, 200_000),
    known('claude-opus-4-2025', 15, 75, 200_000),
    known('claude-opus-4', 5, 25, 200_000),
  ],
}

/**
 * What a vendor's cache serves and stores, as multiples of the price of input. Claude: a tenth, and a quarter more for
 * the five minutes that we ask for. Groq: half where a model has a cache, and nothing more for storing.
 */
const caches: Record<keyof typeof tables, NonNullable<Price['cache']>> = {
  groq: { read: 0.5, write: 1 },
  claude: { read: 0.1, write: 1.25 },
}

/** For a name that is not above: so dear that a budget stops too early, never too late. */
const unknown: Record<keyof typeof tables, Facts> = {
  groq: { price: { input: 1_000_000, output: 3_000_000 }, contextTokens: 131_072, thinkingTokens: thinking },
  claude: { price: { input: 15_000_000, output: 75_000_000 }, contextTokens: 200_000, thinkingTokens: thinking },
}

/** What is known of a model; `price`, where the settings say one, comes before the published. */
export function modelFacts(vendor: keyof typeof tables, model: string, price?: Price): Facts {
  const facts = tables[vendor].find(({ starts }) => model.startsWith(starts)) ?? unknown[vendor]
  return { ...facts, price: { cache: caches[vendor], ...(price ?? facts.price) } }
}
