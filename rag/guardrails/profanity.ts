import { folded } from './injection/readings.ts'
import { block, type Rule } from './rule.ts'
import { wordsOf } from './words.ts'

/** Stems of words that no business writes, of the languages that are told apart. Whole words only: Scunthorpe stays. */
const stems =
  /^(?:f+u+c+k\w*|motherfuck\w*|sh[i1]t+(?:s|ty|head|hole)?|bullshit|ass(?:hole|hat)s?|arse(?:hole)?s?|bitch(?:es|y)?|bastards?|cunts?|dick(?:head)?s?|pricks?|wank(?:er|ers|ing)?|twats?|sluts?|whores?|piss(?:ed|ing)?|cock(?:sucker)s?|goddamn|retard(?:ed|s)?|nigg(?:er|a)s?|fag(?:got)?s?|kut|klootzak\w*|godverdomme|hoer(?:en)?|scheiße|scheisse|arschloch|fotze\w*|hurensohn|wichser|putain|merde|connard|salope|encul[ée]\w*|mierda|joder|puta|cabr[oó]n|coño|cazzo|stronzo|puttana|vaffanculo)$/iu

/** No swearing, also where signs stand for letters: “sh*t”, “f.u.c.k”. */
export const profanity: Rule = {
  name: 'profanity',
  version: 1,
  what: 'No swearing and no slurs',
  why: 'It insults readers, and mail filters mind it too',
  check: ({ copies }) =>
    copies.flatMap((copy) => {
      const masked = [...copy.text.matchAll(/(?<![\p{L}\p{N}])\p{L}[\p{L}*@$!.#-]{2,}\p{L}(?![\p{L}\p{N}])/gu)].filter(
        (match) => masks(match[0]),
      )
      const plain = wordsOf(copy.text).filter((word) => stems.test(folded(word.text)))
      const places = [...plain, ...masked.map((match) => ({ start: match.index, end: match.index + match[0].length }))]
      return places.map(({ start, end }) => block(copy, { start, end }, 'A word that insults', 'Say it in another way'))
    }),
}

const masks = (word: string): boolean => {
  if (!/[*@$!.#-]/.test(word)) return false
  const letters = word.replaceAll('@', 'a').replaceAll('$', 's').replaceAll('!', 'i').replace(/[.#-]/g, '')
  return ['', 'u', 'i', 'a', 'o', 'uc', 'hi', 'un'].some((vowel) => stems.test(letters.replace(/\*+/, vowel)))
}
