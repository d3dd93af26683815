import { contentWords } from '../guardrails/words.ts'

/** Where a statement may be cut so that each side says something of its own. */
const seam =
  /[;:—–()]|,\s|\s(?=(?:and|but|while|whereas|although|though|because|after|before|when|where|which|who|whose|with|including|until|since|following|as well as|despite)\s)/i

/**
 * The parts of a statement: clauses, appositions, things said in one breath. A part of fewer than two words that say
 * something belongs to the one before it. All of them must be supported, so the weakest decides.
 */
export function partsOf(statement: string): string[] {
  const parts: string[] = []
  for (const piece of statement
    .split(seam)
    .map((part) => part.trim())
    .filter(Boolean)) {
    const last = parts.at(-1)
    if (last !== undefined && contentWords(piece).length < 2) parts[parts.length - 1] = `${last} ${piece}`
    else parts.push(piece)
  }
  return parts
}
