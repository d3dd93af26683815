import { fit, type Logistic } from '../claims/logistic.ts'
import { lexemes, likelihood, type WordWeights } from '../guardrails/injection/odds.ts'
import { folded } from '../guardrails/injection/readings.ts'
import { sentencesIn } from '../guardrails/injection/sentences.ts'
import { signsOf, wordCounts, type Signs } from '../guardrails/injection/signs.ts'

/** Attack strings by their kind, and mails to hide them in. */
export type InjectionData = {
  attacks: ReadonlyMap<string, readonly string[]>
  mails: readonly string[]
  /** Kinds that are learnt from more often: those where nothing but what is asked tells an attack. */
  stressed?: ReadonlySet<string>
}

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

/** A sentence to learn from; of an attack or of a mail. */
type Lesson = { text: string; values: Signs; is: boolean }

const lessonOf = (text: string, whole: ReadonlyMap<string, number>, is: boolean): Lesson => ({
  text,
  values: signsOf(folded(text), whole),
  is,
})

/** What was learnt: of the signs of a sentence, and of its words. */
export type Learnt = { signs: Logistic; words: WordWeights }

/** Every attack beside some of the mails, and every sentence of a mail beside the rest of it. */
export function injectionLessons({ attacks, mails, stressed }: InjectionData): Lesson[] {
  const all = [...attacks].flatMap(([kind, list]) =>
    list.map((attack) => ({ attack, besides: stressed?.has(kind) ? 5 : 3 })),
  )
  const bad = all.flatMap(({ attack, besides }, at) =>
    Array.from({ length: besides }, (_, step) => {
      const whole = wordCounts(`${mails[(at * 7 + step * 11) % mails.length] ?? ''}\n${attack}`)
      return sentencesIn(attack).map(({ text }) => lessonOf(text, whole, true))
    }).flat(),
  )
  const seen = new Set<string>()
  const good = mails.flatMap((mail) => {
    const whole = wordCounts(mail)
    return sentencesIn(mail).flatMap(({ text }): Lesson[] => {
      if (seen.has(text)) return []
      seen.add(text)
      return [lessonOf(text, whole, false)]
    })
  })
  return [...bad, ...good]
}

/** Words that fewer sentences have teach nothing; how often all are gone through, how fast, and how strongly they are held. */
const words = { fewest: 4, rounds: 40, rate: 0.2, ridge: 1, least: 0.2 }

export function fitInjection(data: InjectionData): Learnt {
  const lessons = injectionLessons(data)
  const signs = fit(lessons, Object.keys(lessons[0]?.values ?? {}), ridge)
  return { signs, words: fitWords(signs, lessons) }
}

/**
 * What words add to the signs: logistic regression with the odds of the signs as given, by AdaGrad (Duchi, Hazan & Singer
 * 2011), both classes weighing the same. In the order of the lessons: the same lessons give the same weights.
 */
function fitWords(signs: Logistic, lessons: readonly Lesson[]): WordWeights {
  const known = lessons.map((lesson) => ({ ...lesson, lexemes: lexemes(lesson.text) }))
  const counts = new Map<string, number>()
  for (const { lexemes: all } of known) for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1)
  const attacks = known.filter(({ is }) => is).length
  const rows = known.map(({ text, values, is, lexemes: all }) => {
    const base = likelihood(text, values, { signs, words: {} })
    const share = known.length / 2 / (is ? attacks : known.length - attacks)
    return { odds: Math.log(base / (1 - base)), is: Number(is), share, lexemes: all.filter((one) => counts.get(one)! >= words.fewest) } // prettier-ignore
  })
  const weights = new Map<string, number>()
  const slopes = new Map<string, number>()
  for (let round = 0; round < words.rounds; round += 1) {
    for (const row of rows) {
      const odds = row.lexemes.reduce((sum, one) => sum + (weights.get(one) ?? 0), row.odds)
      const error = (row.is - 1 / (1 + Math.exp(-odds))) * row.share
      for (const one of row.lexemes) {
        const weight = weights.get(one) ?? 0
        const slope = error - (words.ridge / counts.get(one)!) * weight
        const sum = (slopes.get(one) ?? 0) + slope ** 2
        slopes.set(one, sum)
        weights.set(one, weight + (words.rate * slope) / Math.sqrt(sum + 1e-3))
      }
    }
  }
  return Object.fromEntries([...weights].filter(([, weight]) => Math.abs(weight) >= words.least).toSorted(([a], [b]) => (a < b ? -1 : 1))) // prettier-ignore
}

/** The share of the attacks of each kind that weights find which never saw that kind, nor the mails; `enough` as in `detect`. */
export function withoutKind(data: InjectionData, enough: number): Map<string, number> {
  const half = data.mails.filter((_, at) => at % 2 === 0)
  const rests = data.mails.filter((_, at) => at % 2 === 1)
  return new Map(
    [...data.attacks].map(([kind, own]) => {
      const others = new Map([...data.attacks].filter(([name]) => name !== kind))
      const learnt = fitInjection({ attacks: others, mails: half })
      const lessons = injectionLessons({ attacks: new Map([[kind, own]]), mails: rests })
      const found = lessons.filter(({ is }) => is).map(({ text, values }) => likelihood(text, values, learnt) >= enough)
      return [kind, found.filter(Boolean).length / found.length] as const
    }),
  )
}
