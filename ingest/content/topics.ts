import { slug } from './markdown.ts'

export type TopicText = { title: string; body: string; tags: readonly string[] }

/** One mention in a heading or the title, or this many in the text, make a text be about a topic. */
const enough = 3
const mostTopics = 20

/**
 * What a text is about: the tags of its head, and of the topics of the catalogue (types and tags of what is sold) those that
 * the title or a heading names, or the text at least three times; whole words, whatever their case or plural. The
 * most often named first, at most twenty; a tag that is a topic of the catalogue is written as there.
 */
export function topicsOf(text: TopicText, catalogue: readonly string[]): string[] {
  const spelling = new Map(catalogue.map((topic) => [slug(topic), topic]))
  const own = text.tags.map((tag) => spelling.get(slug(tag)) ?? tag.trim()).filter((tag) => tag !== '')
  const headings = text.body.split('\n').filter((line) => /^ {0,3}#{1,6}\s/.test(line))
  const named = [text.title, ...headings].map(mentions)
  const inText = mentions(text.body)
  const found = catalogue
    .map((topic) => ({ topic, words: wordsOf(topic) }))
    .filter(({ words }) => words.join('').length > 2)
    .map(({ topic, words }) => ({
      topic,
      times: inText(words) + (named.some((times) => times(words) > 0) ? enough : 0),
    }))
    .filter(({ times }) => times >= enough)
    .toSorted((a, b) => b.times - a.times || (a.topic < b.topic ? -1 : 1))
  return [...new Set([...own, ...found.map(({ topic }) => topic)])].slice(0, mostTopics)
}

/** Words without case, accents and the ending of a plural. */
const wordsOf = (text: string): string[] =>
  slug(text)
    .split('-')
    .map((word) => (word.length > 3 ? word.replace(/(?:(?<=x|ch|sh|ss)es|(?<!s)s)$/, '') : word))

/** Counts how often words stand in a text one after the other. */
function mentions(text: string): (words: readonly string[]) => number {
  const all = wordsOf(text)
  const places = new Map<string, number[]>()
  all.forEach((word, index) => {
    const known = places.get(word)
    if (known) known.push(index)
    else places.set(word, [index])
  })
  return (words) =>
    (places.get(words[0] ?? '') ?? []).filter((start) => words.every((word, index) => all[start + index] === word))
      .length
}
