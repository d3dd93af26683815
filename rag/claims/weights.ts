import type { Logistic } from './logistic.ts'

// Fitted by `node bench/rag/guards.ts claims --weights` on the 349 development claims of WiCE (supported v rest): ridge 20,
// both classes weighing the same. Cross-validated there, and printed by the same command.

/** By words, names and numbers alone. */
export const byWords: Logistic = {
  bias: -0.4147,
  features: {
    window: { weight: 0.3561, mean: 0.572, deviation: 0.2034 },
    neighbours: { weight: 0.1452, mean: 0.3752, deviation: 0.2383 },
    weakestPart: { weight: 0.161, mean: 0.445, deviation: 0.2598 },
    aroundNames: { weight: 0.2225, mean: 0.4474, deviation: 0.369 },
    aNameMissing: { weight: -0.3808, mean: 0.2722, deviation: 0.4451 },
    wordsMissing: { weight: -0.2107, mean: 2.7192, deviation: 2.7381 },
    aValueMissing: { weight: -0.5421, mean: 0.2378, deviation: 0.4257 },
    valuesElsewhere: { weight: -0.2989, mean: 0.7393, deviation: 1.1521 },
    aValueElsewhere: { weight: -0.3273, mean: 0.4241, deviation: 0.4942 },
    values: { weight: 0.2378, mean: 1.6218, deviation: 1.6517 },
    words: { weight: 0.0297, mean: 11.8596, deviation: 5.2834 },
  },
}

/** The same with the cosines of all-MiniLM-L6-v2. */
export const byMeaning: Logistic = {
  bias: -0.4494,
  features: {
    window: { weight: 0.3097, mean: 0.572, deviation: 0.2034 },
    neighbours: { weight: 0.0569, mean: 0.3752, deviation: 0.2383 },
    weakestPart: { weight: 0.1012, mean: 0.445, deviation: 0.2598 },
    aroundNames: { weight: 0.2497, mean: 0.4474, deviation: 0.369 },
    aNameMissing: { weight: -0.3619, mean: 0.2722, deviation: 0.4451 },
    wordsMissing: { weight: -0.2079, mean: 2.7192, deviation: 2.7381 },
    aValueMissing: { weight: -0.5498, mean: 0.2378, deviation: 0.4257 },
    valuesElsewhere: { weight: -0.2973, mean: 0.7393, deviation: 1.1521 },
    aValueElsewhere: { weight: -0.3192, mean: 0.4241, deviation: 0.4942 },
    values: { weight: 0.2351, mean: 1.6218, deviation: 1.6517 },
    words: { weight: -0.0082, mean: 11.8596, deviation: 5.2834 },
    nearest: { weight: 0.2053, mean: 0.6436, deviation: 0.1448 },
    ofParts: { weight: 0.2517, mean: 0.5175, deviation: 0.121 },
  },
}
