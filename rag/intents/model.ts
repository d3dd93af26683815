import type { Vocabulary } from './features.ts'
import type { Linear } from './softmax.ts'

/** How well the heads did on texts kept aside: shares of one. `ece`: how far confidence is from accuracy, on average. */
export type Measured = { texts: number; accuracy: number; ece: number }

/**
 * How scores become an answer: they are divided by `temperature` (Guo et al. 2017); an intent less sure than
 * `threshold` is no answer. `measured` on texts kept aside.
 */
export type Calibration = { temperature: number; threshold: number; measured: Measured }

/** The head that reads what a text means: it needs the embedder it was trained with. */
export type Meaning = { embedder: string; dimensions: number; linear: Linear }

/** Tells intents of messages. `words` alone is what answers where the embedder is missing. */
export type IntentModel = {
  intents: readonly string[]
  texts: number
  vocabulary: Vocabulary
  words: Linear
  meaning: Meaning | null
  calibration: { words: Calibration; both: Calibration | null }
}

/** `intent` is null for a message that is none of those trained; `nearest` is the intent that it resembles most. */
export type Prediction = { intent: string | null; nearest: string; confidence: number }
