/** How many of `count` people answer, each with this chance. */
export const draws = (random: () => number, count: number, rate: number): number => {
  let hits = 0
  for (let n = 0; n < count; n++) if (random() < rate) hits++
  return hits
}
