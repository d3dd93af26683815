import { block, warn, type Rule, type Trouble } from './rule.ts'
import { wordsOf } from './words.ts'

const limits = { subject: 60, preheader: 100, heading: 80, label: 30, words: 400, shouting: 2 }

/** What a phone shows and a reader reads: limits of length, and no shouting. */
export const length: Rule = {
  name: 'length',
  version: 1,
  what: 'Subject, preheader, headings, buttons and the whole are short enough; nothing shouts',
  why: 'What a phone cuts off is not read, and shouting is filtered',
  check: ({ copies, body }) => {
    const long = copies.flatMap((copy): Trouble[] => {
      const most = copy.kind === 'sentence' ? Number.POSITIVE_INFINITY : limits[copy.kind]
      const size = copy.text.replace(/\s+/g, ' ').trim().length
      const why = `${size} signs, of which a phone shows about ${most}`
      return size > most ? [warn(copy, null, why, `Cut it to ${most}`)] : []
    })
    const empty = copies.filter((copy) => copy.text.trim() === '' && copy.raw.trim() === '')
    const words = copies.reduce((sum, copy) => sum + wordsOf(copy.text).length, 0)
    const whole = { where: 'body' }
    return [
      ...long,
      ...empty.map((copy) => block(copy, null, 'This is empty', 'Write it, or remove it')),
      ...(words > limits.words
        ? [warn(whole, null, `${words} words is a long mail`, `Cut it to ${limits.words}`)]
        : []),
      ...(body.blocks.some((item) => item.kind === 'paragraph' || item.kind === 'list')
        ? []
        : [block(whole, null, 'The mail says nothing', 'Add a paragraph')]),
      ...copies.flatMap(shouting),
    ]
  },
}

function shouting(copy: { where: string; text: string }): Trouble[] {
  const capitals = wordsOf(copy.text).filter((word) => /^\p{Lu}{4,}$/u.test(word.text))
  const marks = copy.text.match(/!/g)?.length ?? 0
  if (capitals.length < limits.shouting && marks < limits.shouting) return []
  return [warn(copy, null, 'Capitals or exclamation marks shout, and mail filters mind', 'Say it calmly')]
}
