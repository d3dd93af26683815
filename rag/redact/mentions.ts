import { fullDate } from './birth-rules.ts'
import { capitalNames } from './capital-names.ts'
import { wholeAddress } from './address-extent.ts'
import { smallNames } from './small-names.ts'
import { inWindows } from './windows.ts'
import { titles } from './spoken-names.ts'
import { findByRules, findPersonal, freeParts, type Found, type Rule } from './patterns.ts'

const time = String.raw`(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?)?`
const weekdays = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const jobHeads = 'operator|clerk|manager|technologist|technician|engineer|analyst|repairer|drafter|platemaker|representative|scientist|tender|coordinator|assistant|supervisor|specialist|administrator|developer|designer|consultant|adviser|advisor|officer|inspector|mechanic|installer|assembler|teacher|instructor|professor|lecturer|nurse|therapist|physician|surgeon|dentist|pharmacist|counselor|worker|helper|attendant|cashier|salesperson|agent|broker|buyer|accountant|auditor|bookkeeper|lawyer|attorney|paralegal|secretary|receptionist|writer|editor|reporter|photographer|director|producer|driver|pilot|electrician|plumber|carpenter|painter|welder|machinist|setter|maker|cutter|packer|planner|programmer|architect|surveyor|economist|statistician|chemist|biologist|physicist|geologist|psychologist|sociologist|librarian|cook|baker|chef|waiter|butcher|farmer|gardener|guard|detective|firefighter|keeper|handler|trainer|coach|executive|owner|founder|president|interpreter|translator' // prettier-ignore

/** What texts say around a person: it identifies her together with other things. Found after what identifies alone. */
const rules: readonly Rule[] = [
  { kind: 'LINK', pattern: /\b(?:https?:\/\/|www\.)[^\s<>"'\])}]+/giu },
  { kind: 'DATE', pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])${fullDate}${time}`, 'giu') },
  { kind: 'DATE', pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${weekdays})(?![\p{L}\p{N}])`, 'giu') },
  { kind: 'PHONE', pattern: /(?<![\p{L}\p{N}.,€$£/-])(?:\(\d{1,4}\)[ -]?)?\d{2,5}(?:[ -]\d{2,4}){1,4}(?![\p{L}\p{N}]|[.,/-]\d)/gu, holds: isLong },
  { kind: 'AGE', pattern: /(?<![\p{L}\p{N}])(?:aged?\s+\d{1,3}|\d{1,3}[- ]years?[- ]old)(?![\p{L}\p{N}])/giu },
  { kind: 'PREFIX', pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${titles.replace('Sir|', '')})\b\.?(?=\s+[\p{L}])`, 'gu') },
  { kind: 'PREFIX', pattern: /(?<![\p{L}\p{N}])(?:mr|mrs|ms|dr|prof)\.(?=\s+\p{L})/giu },
  { kind: 'ADDRESS', pattern: /(?<=\b(?:zip|post|postal)[ -]?(?:code)?\b[^\d\n]{0,20}|(?<![\p{L}\p{N}])[A-Z]{2}[ ])\d{5}(?:-\d{4})?(?![\p{L}\p{N}])/giu },
  { kind: 'ADDRESS', pattern: /(?<![\p{L}\p{N}])(?:\p{Lu}[\p{L}\p{M}'’.-]*[ ]){1,4}(?:Street|Road|Avenue|Lane|Boulevard|Terrace|Crescent|Rd|Ave)(?![\p{L}\p{N}])/gu, holds: isStreet },
  { kind: 'ADDRESS', pattern: /(?<![\p{L}\p{N}])\d{1,5}[a-z]?[ ]+(?:[\p{L}\d][\p{L}\p{M}\d'’.-]*[ ]+){1,6}\d{1,5}[a-z]?(?=[ ]*(?:[,.\n]|$))/gu, holds: isStreet },
  { kind: 'ADDRESS', pattern: /(?<![\p{L}\p{N}])(?:\d{1,5}[a-z]?[ ]+)?\p{Lu}[\p{L}\p{M}'’.-]*[ ](?:\p{L}[\p{L}\p{M}'’.-]*[ ]){0,5}\d{1,4}[a-z]?(?=[ ]*(?:[,.\n?!]|$|\p{L}))/gu, holds: isStreet },
  { kind: 'JOB', pattern: new RegExp(String.raw`(?<=(?:^|\n)[ ]*|,[ ](?:the|a|an)[ ])\p{Lu}[\p{L} ,/-]{0,60}?(?:${jobHeads})(?=\s*(?:\n|,|$))`, 'giu') },
] // prettier-ignore

/** As many digits as a telephone has, and no span of years. */
function isLong(text: string): boolean {
  const count = text.replace(/\D/g, '').length
  return count >= 7 && count <= 13 && !/^(?:1[89]|20)\d\d[ -](?:(?:1[89]|20)\d\d|\d\d[ -]\d\d)$/.test(text)
}

/** Numbers and words with capitals that read as a street: no month, no measure, no word that begins a sentence. */
function isStreet(text: string): boolean {
  const [first = '', ...rest] = text.match(/\p{L}[\p{L}\p{M}'’.-]*/gu) ?? []
  if (notStreets.test(first) || rest.some((word) => notStreets.test(word))) return false
  return /^\p{Lu}/u.test(first) || rest.some((word) => /^\p{Lu}/u.test(word)) || /^\d.*\d$/su.test(text)
}

const notStreets = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|version|chapter|page|room|table|order|step|part|volume|top|about|until|only|than|over|nearly|between|from|in|at|is|are|was|were|has|had|my|number|card|for|to|with|on|by|his|her|kg|grams?|euros?|eur|usd|dollars?|percent|minutes?|hours?|days?|weeks?|months?|years?|people|item|items|bags?|cups?|what|how|why|when|who|where|which)$/iu // prettier-ignore

/**
 * All that says something of somebody in a text: what `findPersonal` finds, and beside it names without a cue,
 * organisations, places, dates, ages, jobs, forms of address and links. Meant for texts that leave the house for good
 * or are measured; of product copy it hides the countries and brands too.
 */
export const findMentioned = (text: string): Found[] => inWindows(text, mentionedIn)

function mentionedIn(text: string): Found[] {
  const ruled = wholeAddress(text, findByRules(text, rules, findPersonal(text)))
  const words = /\p{Lu}/u.test(text) ? capitalNames(text) : smallNames(text)
  const found = words.reduce((kept, one) => [...kept, ...freeParts(text, one, kept)], ruled)
  return [...found, ...postcodes(text, found)].toSorted((a, b) => a.start - b.start)
}

/** A number right after a place is its postcode. */
function postcodes(text: string, found: readonly Found[]): Found[] {
  const free = ({ start }: Found): boolean => !found.some((one) => one.start <= start && start < one.end)
  return found.flatMap(({ kind, end }) => {
    const digits = kind === 'PLACE' ? /^[ ](\d{4,6})(?![\p{L}\p{N}])/u.exec(text.slice(end, end + 8))?.[1] : undefined
    const code: Found = { kind: 'ADDRESS', start: end + 1, end: end + 1 + (digits?.length ?? 0) }
    return digits !== undefined && free(code) ? [code] : []
  })
}
