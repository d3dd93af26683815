/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const consonants = 'bdfgklmnprtvz'
const vowels = 'aiou'
const vocabulary = 40_000

/** A word of its own for each number, such as `dobifu`. */
function word(number: number): string {
  let rest = number + consonants.length * vowels.length
  let letters = ''
  while (rest > 0) {
    const syllable = rest % (consonants.length * vowels.length)
    letters += `${consonants[syllable % consonants.length]}${vowels[Math.floor(syllable / consonants.length)]}`
    rest = Math.floor(rest / (consonants.length * vowels.length))
  }
  return letters
}

/** Words as often as words are: the nth most common has 1/n of the first's share (Zipf). */
export function zipfWords(random: () => number): () => string {
  const sums = new Float64Array(vocabulary)
  let sum = 0
  for (let rank = 0; rank < vocabulary; rank += 1) sums[rank] = sum += 1 / (rank + 1)
  return () => {
    const wanted = random() * sum
    let [low, high] = [0, vocabulary - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return word(low)
  }
}

/** Passages of 60 to 160 words. */
export function generatedPassages(count: number): string[] {
  const random = seeded(1)
  const next = zipfWords(random)
  return Array.from({ length: count }, () => Array.from({ length: 60 + Math.floor(random() * 100) }, next).join(' '))
}

/** Half are twelve words of one passage, half are five words as they come, common ones more often. */
export function generatedQueries(passages: readonly string[], count: number): string[] {
  const random = seeded(2)
  const next = zipfWords(random)
  return Array.from({ length: count }, (_, index) => {
    if (index % 2 === 1) return Array.from({ length: 5 }, next).join(' ')
    const words = passages[Math.floor(random() * passages.length)]?.split(' ') ?? []
    return Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)]).join(' ')
  })
}
