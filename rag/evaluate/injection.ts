import { fit, probability, type Example, type Logistic } from '../claims/logistic.ts'
import { sentencesIn } from '../guardrails/injection/sentences.ts'
import { signsOf, wordCounts } from '../guardrails/injection/signs.ts'

/** Attack strings by their kind, and mails to hide them in. */
export type InjectionData = { attacks: ReadonlyMap<string, readonly string[]>; mails: readonly string[] }

/** How strongly weights are held down. */
const ridge = 2

/** A mail with an attack at its start, in its middle (between two sentences) or at its end. */
export function hidden(attack: string, mail: string, where: 'start' | 'middle' | 'end'): string {
  if (where === 'start') return `${attack}\n${mail}`
  if (where === 'end') return `${mail}\n${attack}`
  const sentences = sentencesIn(mail)
  const at = sentences[Math.floor(sentences.length / 2)]?.start ?? mail.length
  return `${mail.slice(0, at).trimEnd()} ${attack} ${mail.slice(at)}`
}

/** Sentences to learn from: every attack beside some of the mails, and every sentence of a mail beside the rest of it. */
export function injectionExamples({ attacks, mails }: InjectionData): Example[] {
  const bad = [...attacks.values()].flat().flatMap((attack, at) =>
    [0, 1, 2].flatMap((step) => {
      const rest = mails[(at * 7 + step * 11) % mails.length] ?? ''
      return sentencesIn(attack).map(({ text }): Example => ({
        values: signsOf(text, wordCounts(`${rest}\n${attack}`)),
        is: true,
      }))
    }),
  )
  const seen = new Set<string>()
  const good = mails.flatMap((mail) => {
    const whole = wordCounts(mail)
    return sentencesIn(mail).flatMap(({ text }): Example[] => {
      if (seen.has(text)) return []
      seen.add(text)
      return [{ values: signsOf(text, whole), is: false }]
    })
  })
  return [...bad, ...good]
}

export function fitInjection(data: InjectionData): Logistic {
  const examples = injectionExamples(data)
  return fit(examples, Object.keys(examples[0]?.values ?? {}), ridge)
}

/** The share of the sentences of attacks of each kind that weights find which never saw that kind, nor the mails. */
export function withoutKind(data: InjectionData): Map<string, number> {
  return new Map(
    [...data.attacks.keys()].map((kind) => {
      const others = new Map([...data.attacks].filter(([name]) => name !== kind))
      const half = data.mails.filter((_, at) => at % 2 === 0)
      const model = fitInjection({ attacks: others, mails: half })
      const rests = data.mails.filter((_, at) => at % 2 === 1)
      const examples = injectionExamples({ attacks: new Map([[kind, data.attacks.get(kind) ?? []]]), mails: rests })
      const found = examples.filter(({ is }) => is).map(({ values }) => probability(model, values) >= 0.5)
      return [kind, found.filter(Boolean).length / found.length] as const
    }),
  )
}
