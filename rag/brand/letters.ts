import { seenIn, type Learnt } from './learnt.ts'
import type { Sentence } from './own-sentences.ts'

/** The words that letters open with. What is proposed is always one of these, never a text's own. */
const greetings = [
  'Hi', 'Hello', 'Dear', 'Hey', 'Good morning', 'Good day', 'Hallo', 'Beste', 'Hoi', 'Dag', 'Geachte', 'Liebe', 'Lieber', 'Guten Tag',
  'Moin', 'Servus', 'Sehr geehrte', 'Bonjour', 'Cher', 'Chère', 'Hola', 'Estimado', 'Estimada', 'Ciao', 'Gentile', 'Buongiorno',
] // prettier-ignore

/** The same of those that they close with. */
const closings = [
  'With care', 'With love', 'Kind regards', 'Best regards', 'Warm regards', 'Warmly', 'Best wishes', 'All the best', 'Cheers', 'Yours sincerely',
  'Yours', 'See you soon', 'Met vriendelijke groet', 'Hartelijke groet', 'Vriendelijke groeten', 'Groetjes', 'Groeten', 'Tot snel', 'Liebe Grüße',
  'Herzliche Grüße', 'Viele Grüße', 'Mit freundlichen Grüßen', 'Beste Grüße', 'Cordialement', 'Bien à vous', 'À bientôt', 'Un saludo', 'Saludos',
  'Un abrazo', 'Hasta pronto', 'Cordiali saluti', 'Un caro saluto', 'A presto',
] // prettier-ignore

/** The longest first: "Best regards" is not "Best". */
const anyOf = (words: readonly string[]): string =>
  words.toSorted((a, b) => b.length - a.length).join('|').replaceAll(' ', String.raw`\s`) // prettier-ignore

const opens = new RegExp(String.raw`^(${anyOf(greetings)})\b[^.!?;:]{0,40},(?:\s|$)`, 'iu')
const closes = new RegExp(String.raw`^(${anyOf(closings)})(?:,|!)?(?:\s+(?:\p{Lu}|from|van|von|de)|$)`, 'iu')

/** How the business opens and closes what it writes, where its texts show it: the commonest way of each. */
export const letterHabits = (sentences: readonly Sentence[]): Learnt[] => [
  ...commonest('greeting', greetings, sentences, opens),
  ...commonest('closing', closings, sentences, closes),
]

function commonest(
  field: 'greeting' | 'closing',
  known: readonly string[],
  sentences: readonly Sentence[],
  pattern: RegExp,
): Learnt[] {
  const found = sentences.flatMap((sentence) => {
    const said = pattern.exec(sentence.text)?.[1]?.replaceAll(/\s+/g, ' ').toLowerCase()
    const value = known.find((words) => words.toLowerCase() === said)
    return value === undefined ? [] : [{ value, sentence }]
  })
  const [first] = [...Map.groupBy(found, ({ value }) => value)].toSorted((a, b) => b[1].length - a[1].length)
  if (!first) return []
  const shown = first[1].map(({ sentence }) => sentence)
  return [{ field, value: first[0], why: `${shown.length} of the letters in its texts do`, evidence: seenIn(shown) }]
}
