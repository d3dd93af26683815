import { languageOf } from '../language.ts'
import { changeVerbs, deedVerbs, taskVerbs } from './verbs.ts'

/** A sentence with its place. */
export type Placed = { text: string; start: number; end: number }

const capitalised = (verbs: string): string => verbs.replace(/(?<=^|\|)\w/g, (letter) => letter.toUpperCase())

/** Words with which a request or a question begins: it may be glued to what stands before it. */
const begins = `What|Who|Whose|Why|How|Where|When|Which|Can you|Could you|Would you|Please|In your (?:answer|response|reply)|${capitalised(taskVerbs)}|${capitalised(changeVerbs)}|${capitalised(deedVerbs)}`

const seams = [
  String.raw`(?<=[.!?…])\s+`, // a full stop
  String.raw`(?<=[.!?…]["'”’)]+)\s+(?!\p{Ll})`, // a full stop in a quotation, unless the sentence goes on
  String.raw`(?<=[!?])(?=\p{Lu})`, // a mark without a space behind it
  String.raw`(?<=\p{Ll}{2}\.)(?=\p{Lu}\p{Ll})`,
  String.raw`\s*\n\s*`,
  String.raw`(?<=\b(?:Subject|SUBJECT|Betreff|Onderwerp|Objet|Asunto):)\s+`, // what a mail calls itself
  String.raw`\s*\|\s*`,
  String.raw`\s{3,}(?=\p{Lu})`, // columns
  String.raw`(?<=[^\s"'“‘(])\s+(?=(?:${begins})\b)`, // a request glued on
]
const seam = new RegExp(seams.join('|'), 'gu')
/** In other languages the words that a request begins with are nouns: “Link”, “Mail”, “Test”. */
const foreignSeam = new RegExp(seams.slice(0, -1).join('|'), 'gu')

/** The sentences of a text as it stands, with their places: also where mails leave out full stops and spaces. */
export function sentencesIn(text: string): Placed[] {
  const isForeign = !['en', null].includes(languageOf(text))
  const cuts = [...text.matchAll(isForeign ? foreignSeam : seam)]
  const starts = [0, ...cuts.map((cut) => cut.index + cut[0].length)]
  const ends = [...cuts.map((cut) => cut.index), text.length]
  return starts.flatMap((from, at): Placed[] => {
    const raw = text.slice(from, ends[at])
    const lead = raw.length - raw.trimStart().length
    const said = raw.trim()
    return /\p{L}{2}/u.test(said) ? [{ text: said, start: from + lead, end: from + lead + said.length }] : []
  })
}
