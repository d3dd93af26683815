import type { Logistic } from '../../claims/logistic.ts'

// Fitted by `node bench/rag/guards.ts injection --weights` on sentences: 75 attack strings of BIPIA's training data beside
// three mails each, against all sentences of its 50 mails and of the clean mails of our tests. Both classes weigh the same.

/** What the signs of a sentence are worth. */
export const injectionWeights: Logistic = {
  bias: -1.9394,
  features: {
    task: { weight: 0.5968, mean: 0.1397, deviation: 0.3467 },
    change: { weight: 0.4225, mean: 0.3199, deviation: 0.4664 },
    question: { weight: 1.1545, mean: 0.0825, deviation: 0.2751 },
    asked: { weight: -0.4634, mean: 0.0118, deviation: 0.1079 },
    answer: { weight: 2.6037, mean: 0.2424, deviation: 0.4285 },
    form: { weight: 1.0592, mean: 0.1835, deviation: 0.3871 },
    kind: { weight: 0.5392, mean: 0.1616, deviation: 0.3681 },
    impersonal: { weight: 1.0229, mean: 0.1448, deviation: 0.3519 },
    leaning: { weight: -0.3393, mean: 0.0842, deviation: 0.2777 },
    dated: { weight: -0.5041, mean: 0.0724, deviation: 0.2591 },
    brief: { weight: -1.1786, mean: 0.2306, deviation: 0.4212 },
    sender: { weight: -0.7417, mean: 0.1498, deviation: 0.3569 },
    mail: { weight: -0.2465, mean: 0.178, deviation: 0.2812 },
    shared: { weight: -1.2293, mean: 0.2216, deviation: 0.3221 },
  },
}
