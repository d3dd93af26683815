import { textOfHtml } from '../cleanse/text.ts'
import { visibleText } from './visible-text.ts'

/** Questions as headings with their answers below; a pair of which either is empty says nothing. */
export const readFaq = (pairs: readonly { question: string; answer: string }[]): string =>
  pairs
    .map(({ question, answer }) => [visibleText(question).replaceAll(/\s+/g, ' ').trim(), plain(answer)])
    .filter(([question, answer]) => question !== '' && answer !== '')
    .map(([question, answer]) => `## ${question}\n\n${answer}`)
    .join('\n\n')

/** An answer as text; a line of it that would be a heading is none. */
const plain = (answer: string): string =>
  visibleText(/<[a-z][^<>]*>/i.test(answer) ? textOfHtml(answer) : answer)
    .trim()
    .replaceAll(/^(?=#{1,6}(?:\s|$))/gm, '\\')
