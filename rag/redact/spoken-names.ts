import { isCommon } from './common-words.ts'
import { isGivenName, isPlace, looksLikeSurname } from './name-words.ts'
import type { Found } from './patterns.ts'

const proper = String.raw`\p{Lu}(?:[\p{L}\p{M}'’-]*\p{L}|\.)?`
const joined = String.raw`(?:(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ben|ter|ten|zu|af|y)[ ]+){0,3}`
/** A run of words with capitals, and the small words names have between them. */
const run = String.raw`${proper}(?:[ ]+${joined}${proper}){0,4}`

/** How people are addressed; `Dr.` and the like stay where they are: they name nobody. */
export const titles = 'Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Herr|Frau|Mevrouw|Mevr|Mw|Meneer|Dhr|Señora|Señor|Sra|Sr|Srta|Mme|Mlle|Madame|Monsieur|Signora|Signor|Sig|Sig\\.ra|Dott|Dott\\.ssa' // prettier-ignore

const titled = new RegExp(String.raw`(?<=(?<![\p{L}\p{N}])(?:${titles})\.?[ ]+)${run}`, 'gu')
const greeted = new RegExp(
  String.raw`(?<=(?<![\p{L}\p{N}])(?:[Dd]ear|[Bb]este|[Gg]eachte|[Ll]iebe[rs]?|[Cc]her|[Cc]hère|[Qq]uerid[oa]|[Ee]stimad[oa]|[Cc]ar[oa]|[Gg]entile|HI|[Hh]i|[Hh]ello|[Hh]ey|[Hh]allo|[Hh]oi|[Ss]alut|[Bb]onjour|[Hh]ola|[Cc]iao)[ ]+)${run}(?=\s*(?:[,!:.–—-]|$|\n))`,
  'gu',
) // prettier-ignore
const told = new RegExp(
  String.raw`(?<=(?<![\p{L}\p{N}])(?:[Mm]y (?:\p{L}+ )?name is|[Mm]y name['’]s|[Hh](?:is|er) (?:\p{L}+ )?name is|[Nn]ame:|[Nn]aam:|[Nn]om:|[Nn]ombre:|[Nn]ome:|(?:calls?|called) me|[Mm]ijn naam is|[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|[Jj]e m['’]appelle|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|[Ss]igned by|[Yy]ours(?: \p{L}+)?,|[Ss]incerely,|[Rr]egards,|[Gg]roeten?,|[Gg]rüßen?,|[Cc]ordialement,|[Ss]aludos,)\s+)${run}`,
  'gu',
) // prettier-ignore
const anyRun = new RegExp(String.raw`(?<![\p{L}\p{N}'’-])${run}`, 'gu')

/** What a run of capitals has before and after the name it holds: everyday words. */
function trimmed(text: string, start: number): Found[] {
  const words = [...text.matchAll(/\S+/g)]
  const isName = (word: string, at: number): boolean => !isCommon(word) || (at === 0 && words.length > 1 && isGivenName(word, true))
  const first = words.findIndex(([word], at) => isName(word, at))
  const last = words.findLastIndex(([word], at) => isName(word, at) && !/^\p{Ll}/u.test(word))
  const from = words[first]
  const to = words[last]
  if (!from || !to || last < first) return []
  return [{ kind: 'NAME', start: start + from.index, end: start + to.index + to[0].length }]
} // prettier-ignore

/**
 * Names told by what stands around them, without a dictionary: after a title, a greeting or "my name is", and a
 * known given name with a word after it that may be a family name. Text in capitals alone, and places, are none.
 */
export function spokenNames(text: string): Found[] {
  const cued = [titled, greeted, told].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => (isPlace(match[0]) ? [] : trimmed(match[0], match.index))),
  )
  const full = [...text.matchAll(anyRun)].flatMap((match) => fullNames(match[0], match.index))
  return [...cued, ...full]
}

function fullNames(text: string, start: number): Found[] {
  const words = [...text.matchAll(/\S+/g)]
  return words.flatMap((first, at): Found[] => {
    const rest = words.slice(at + 1)
    const next = rest.find(([word]) => /^\p{Lu}/u.test(word))
    if (!next || !isGivenName(first[0]) || isPlace(`${first[0]} ${next[0]}`)) return []
    const family = next[0].replace(/['’]s$/u, '')
    if (family.length < 3 || (isCommon(family) && !/^\p{Lu}\.$/u.test(family)) || isPlace(family)) return []
    if (!looksLikeSurname(family) && !isGivenName(family) && rest.length > 1 && rest[0] === next) return []
    return [{ kind: 'NAME', start: start + first.index, end: start + next.index + family.length }]
  })
}
