import type { Storm } from './storm.ts'

/** What a storm came to, as a table in Markdown. */
export function tableOf(seed: string, { kills, struck, verdicts, ownEnds, seconds }: Storm): string {
  const total = [...kills.values()].reduce((sum, count) => sum + count, 0)
  const killed = [...kills].toSorted(([, a], [, b]) => b - a).map(([victim, count]) => `| ${victim} | ${count} |`)
  const houses = [...verdicts].map(([name, one]) => `| ${name} | ${one.messages} | ${one.lost} | ${one.doubled} | ${one.unknown} | ${one.struck} | ${one.groups} | ${one.objections.length} |`) // prettier-ignore
  return [
    `Seed ${seed}: ${total} kills in ${Math.round(seconds)} s, ${struck} of them between the first byte of a message and its answer; ${ownEnds.length} processes ended by themselves.`,
    '', '| killed | times |', '|---|---|', ...killed,
    '', '| house | messages | lost | doubled | unknown | of these by a kill | groups under way at a kill | not as the oracle says |', '|---|---|---|---|---|---|---|---|', ...houses,
  ].join('\n') // prettier-ignore
}
