import { contentWords, denies, wordsOf } from '../guardrails/words.ts'

/** Words that turn a statement round: evidence for one is evidence against the other. */
const opposites: readonly [RegExp, RegExp][] = [
  [/\b(?:open|opens|opened)\b/i, /\b(?:closed|closes|shut)\b/i],
  [/\bin stock\b|\bavailable\b/i, /\bout of stock\b|\bsold out\b|\bunavailable\b/i],
  [/\bcaffeinated\b/i, /\bdecaf(?:feinated)?\b/i],
  [/\bincluded\b/i, /\bexcluded\b|\bnot included\b/i],
  [/\bmore than\b|\bat least\b|\bover\b/i, /\bless than\b|\bat most\b|\bup to\b|\bunder\b/i],
  [/\bbefore\b/i, /\bafter\b/i],
  [/\b(?:increase|rise|grow)(?:s|d|n)?\b|\brose\b|\bgrew\b/i, /\b(?:decrease|decline|drop)(?:s|d|ped)?\b|\bfell\b/i],
  [/\b(?:higher|larger|more expensive|longer|older) than\b/i, /\b(?:lower|smaller|cheaper|shorter|younger) than\b/i],
  [/\b(?:must|have to|required)\b/i, /\b(?:may|optional|can choose)\b/i],
]

/**
 * The sentence of the evidence that says the opposite of a statement, or null: the nearest one denies, or turns it round.
 * @param same the share of common words, but for those that are opposites, from which two sentences speak of the same
 */
export function contradiction(statement: string, sentences: readonly string[], same: number): string | null {
  const rest = opposites.flat().reduce((text, word) => text.replace(word, ' '), statement)
  const said = new Set(contentWords(rest).map((word) => word.stem))
  let nearest = ''
  let reached = same
  for (const sentence of sentences) {
    const known = new Set(wordsOf(sentence).map((word) => word.stem))
    const share = said.size === 0 ? 1 : said.intersection(known).size / said.size
    if (share > reached || (share === reached && nearest === '')) [nearest, reached] = [sentence, share]
  }
  if (nearest === '') return null
  const turned = denies(statement) !== denies(nearest) || opposites.some((pair) => opposed(pair, statement, nearest))
  return turned ? nearest.trim() : null
}

function opposed([one, other]: readonly [RegExp, RegExp], said: string, known: string): boolean {
  const [a, b] = [one.test(said), other.test(said)]
  const [knownA, knownB] = [one.test(known), other.test(known)]
  return (a && !b && knownB && !knownA) || (b && !a && knownA && !knownB)
}
