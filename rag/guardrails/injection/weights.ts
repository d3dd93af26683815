import type { Logistic } from '../../claims/logistic.ts'

// Fitted by `node bench/rag/guards.ts injection --weights` on sentences: 75 attack strings of BIPIA's training data beside
// three mails each, against all sentences of its 50 mails and of the clean mails of our tests, also of those that ask for
// much. Both classes weigh the same.

/** What the signs of a sentence are worth. */
export const injectionWeights: Logistic = {
  bias: -4.2277,
  features: {
    task: { weight: 0.9355, mean: 0.1119, deviation: 0.3152 },
    change: { weight: 0.2912, mean: 0.248, deviation: 0.4318 },
    question: { weight: 1.2297, mean: 0.0685, deviation: 0.2527 },
    asked: { weight: -0.4776, mean: 0.0161, deviation: 0.126 },
    answer: { weight: 2.6251, mean: 0.1492, deviation: 0.3563 },
    form: { weight: 0.9792, mean: 0.1381, deviation: 0.345 },
    kind: { weight: 0.4508, mean: 0.1482, deviation: 0.3553 },
    impersonal: { weight: 0.8702, mean: 0.1381, deviation: 0.345 },
    leaning: { weight: -0.2454, mean: 0.1331, deviation: 0.3396 },
    dated: { weight: -0.9405, mean: 0.1018, deviation: 0.3024 },
    brief: { weight: -1.0913, mean: 0.2581, deviation: 0.4376 },
    sender: { weight: -0.964, mean: 0.1613, deviation: 0.3678 },
    mail: { weight: -0.6139, mean: 0.1549, deviation: 0.2524 },
    shared: { weight: -1.2383, mean: 0.1467, deviation: 0.2776 },
  },
}
