import { figuresOf } from '../guardrails/figures.ts'

/** A number, day, month or time that a text states, in a form that can be compared: `n1996`, `m4` (April), `t540` (9:00). */
export type Value = { key: string; text: string }

const ordinals: Record<string, number> = {
  first: 1, second: 2, third: 3, fourth: 4, fifth: 5, sixth: 6, seventh: 7, eighth: 8, ninth: 9, tenth: 10,  twice: 2,
} // prettier-ignore
const ordinal = new RegExp(String.raw`\b(?:${Object.keys(ordinals).join('|')})\b`, 'gi')
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const month =
  /\b(?:January|February|March|April|June|July|August|September|October|November|December)\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\b(?=\.?,?\s*\d)|(?<=\d\s|\b(?:in|of|since|until|by|early|late|mid) )(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\b/gi
const scales: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 }
/** A text without any of these has no value: most sentences of a page are passed over at once. */
const maybe =
  /\d|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|twelve|eleven|\w+ty|hundred|thousand|dozen|half|first|second|third|\w+th|single|once|twice|noon|midday|midnight)\b/i
const scaled = /(\d+(?:[.,]\d+)*)[\s-]?(thousand|million|billion|trillion)/gi

/** The values of a text, a date by its parts; each once. What is written in words counts like what is written in digits. */
export function valuesOf(text: string): Value[] {
  if (!maybe.test(text)) return []
  const found: Value[] = []
  const add = (key: string, said: string) => found.push({ key, text: said })
  const plain = text
    .replace(scaled, (said: string, number: string, scale: string) => {
      add(`n${Number(number.replaceAll(',', '')) * scales[scale.toLowerCase()]!}`, said)
      return ' '.repeat(said.length)
    })
    .replace(/(?<=\b(?:1[0-9]|20)\d\d)[-–/]\d\d(?!\d)/g, '   ')
  for (const figure of figuresOf(plain)) {
    if (figure.kind === 'date') {
      add(`m${figure.month}`, figure.text)
      if (figure.year !== null) add(`n${figure.year}`, figure.text)
      if (figure.day !== null) add(`n${figure.day}`, figure.text)
    }
    if (figure.kind === 'quantity' || figure.kind === 'percent') add(`n${figure.value}`, figure.text)
    if (figure.kind === 'money') add(`n${figure.amountMinor / 100}`, figure.text)
    if (figure.kind === 'time') add(`t${figure.minutes}`, figure.text)
  }
  for (const match of plain.matchAll(/\b(\d+)(?:st|nd|rd|th|s)\b/g)) add(`n${match[1]}`, match[0])
  for (const match of plain.matchAll(/\b(?:1[0-9]|20)\d\d(?!\d)/g)) add(`n${match[0]}`, match[0])
  for (const match of plain.matchAll(ordinal)) add(`n${ordinals[match[0].toLowerCase()]}`, match[0])
  for (const match of plain.matchAll(month)) add(`m${months.indexOf(match[0].slice(0, 3).toLowerCase()) + 1}`, match[0])
  return [...new Map(found.map((value) => [value.key, value])).values()]
}
