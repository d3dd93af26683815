import { createRandom, type Random } from '#examples/roastery/random.ts'
import {
  cities,
  femaleNames,
  givenEnds,
  givenStarts,
  maleNames,
  streetKinds,
  streetNames,
  surnameEnds,
  surnameMiddles,
  surnames,
  surnameStarts,
} from './words.ts'

/** Draws a word as often as a nation has it. */
export type Pool = (random: Random) => string

/** Words by Zipf–Mandelbrot: the r-th is drawn in proportion to 1/(r + flat)^steep. */
export function zipfPool(words: readonly string[], steep: number, flat: number): Pool {
  const upTo = new Float64Array(words.length)
  let sum = 0
  for (let rank = 0; rank < words.length; rank += 1) {
    sum += 1 / (rank + 1 + flat) ** steep
    upTo[rank] = sum
  }
  return (random) => {
    const drawn = random.next() * sum
    let [low, high] = [0, words.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo[middle]! > drawn) high = middle
      else low = middle + 1
    }
    return words[low]!
  }
}

/** The known words first, then composed ones in an order of their own, until there are `count`. */
function extended(known: readonly string[], parts: readonly (readonly string[])[], count: number): string[] {
  const random = createRandom(`words ${known[0] ?? ''} ${count}`)
  const all = new Set(known)
  for (let tries = 0; all.size < count && tries < count * 20; tries += 1) {
    all.add(parts.map((list) => random.pick(list)).join(''))
  }
  return [...all]
}

const surnameParts = [surnameStarts, [...surnameMiddles, ...Array.from({ length: 20 }, () => '')], surnameEnds]

/** Shares after national lists: the first surname about 0.7 % of all people, the first given name about 3 %. */
export const surnamesOf = (count: number): string[] => extended(surnames, surnameParts, count)
export const surnamePool = zipfPool(surnamesOf(40_000), 0.9, 10)
export const malePool = zipfPool(extended(maleNames, [givenStarts, givenEnds], 700), 1, 5)
export const femalePool = zipfPool(extended(femaleNames, [givenStarts, givenEnds], 700), 1, 5)

export const townsOf = (count: number): string[] => extended(cities, [surnameStarts, surnameEnds], count)

/** `Church Lane`, in the frequencies of a country where every town has one. */
export const streetPool: Pool = zipfPool(
  extended(
    streetNames.slice(0, 30).flatMap((name) => streetKinds.slice(0, 3).map(([kind]) => `${name} ${kind}`)),
    [[...streetNames, ...surnames.map(titled)], streetKinds.map(([kind]) => ` ${kind}`)],
    1800,
  ),
  0.8,
  8,
)

/** With a capital. */
export function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
