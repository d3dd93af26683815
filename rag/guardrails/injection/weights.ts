import type { Logistic } from '../../claims/logistic.ts'

// Fitted by `node bench/rag/guards.ts injection --weights` on sentences: attack strings of BIPIA's training data and of our
// tests in five languages (test/rag/injection-learning.ts), each beside three mails, against all sentences of BIPIA's 50
// mails and of the clean mails of our tests but for those that only judge. Both classes weigh the same.

/** What the signs of a sentence are worth. */
export const injectionWeights: Logistic = {
  bias: 0.1455,
  features: {
    task: { weight: 0.1889, mean: 0.2484, deviation: 0.4321 },
    change: { weight: 0.0305, mean: 0.2269, deviation: 0.4188 },
    question: { weight: 0.3706, mean: 0.0736, deviation: 0.2612 },
    asked: { weight: 0.0361, mean: 0.0172, deviation: 0.1302 },
    answer: { weight: 0.6856, mean: 0.1227, deviation: 0.3281 },
    form: { weight: -0.102, mean: 0.1403, deviation: 0.3473 },
    kind: { weight: 0.4743, mean: 0.2036, deviation: 0.4027 },
    impersonal: { weight: 0.4481, mean: 0.3012, deviation: 0.4588 },
    leaning: { weight: -0.1934, mean: 0.1088, deviation: 0.3114 },
    dated: { weight: -0.3077, mean: 0.0736, deviation: 0.2612 },
    brief: { weight: -0.7237, mean: 0.1469, deviation: 0.354 },
    sender: { weight: -0.0853, mean: 0.1138, deviation: 0.3175 },
    mail: { weight: -0.1433, mean: 0.0916, deviation: 0.1913 },
    shared: { weight: -0.9035, mean: 0.0772, deviation: 0.1948 },
    user: { weight: 0.7761, mean: 0.0511, deviation: 0.2202 },
    machine: { weight: 0.7079, mean: 0.0411, deviation: 0.1986 },
    output: { weight: 0.3388, mean: 0.1423, deviation: 0.3493 },
    before: { weight: 0.9095, mean: 0.0471, deviation: 0.2118 },
    becomes: { weight: 0.535, mean: 0.0245, deviation: 0.1547 },
    me: { weight: -0.1913, mean: 0.0932, deviation: 0.2907 },
    courteous: { weight: -0.512, mean: 0.0657, deviation: 0.2477 },
    reasons: { weight: -0.4371, mean: 0.0693, deviation: 0.254 },
    yours: { weight: -0.255, mean: 0.0982, deviation: 0.2976 },
    listed: { weight: -0.5548, mean: 0.0614, deviation: 0.24 },
    exclaims: { weight: -0.4337, mean: 0.0136, deviation: 0.1158 },
    stranger: { weight: -0.0978, mean: 0.2915, deviation: 0.4491 },
    greets: { weight: -1.2485, mean: 0.0587, deviation: 0.2351 },
    quoted: { weight: 0.4167, mean: 0.0657, deviation: 0.2477 },
    skill: { weight: 0.1893, mean: 0.0829, deviation: 0.2758 },
    shaped: { weight: 0.6224, mean: 0.1018, deviation: 0.3024 },
    world: { weight: 0.2483, mean: 0.0587, deviation: 0.2351 },
  },
}
