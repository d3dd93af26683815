import { cleanText } from '../cleanse/text.ts'
import { headingOf, linesOf } from './markdown.ts'
import type { ReadText } from './read-text.ts'
import { visibleMarkdown } from './visible-text.ts'

/**
 * Reads Markdown or plain text. Front matter is optional (`key: value` between two lines of `---`): title, language, date or
 * updated, tags or keywords are read, the rest is left alone; the body begins after it. Comments and characters that nobody
 * sees are no part of the body.
 */
export function readMarkdown(text: string): ReadText {
  const { front, body: written } = parted(text)
  const body = visibleMarkdown(written)
  const tags = [front.get('tags'), front.get('keywords'), front.get('topics')].flatMap(listed)
  return {
    kind: 'text',
    title: cleanText(front.get('title')) ?? cleanText(titleOf(body)),
    language: front.get('language') ?? front.get('lang'),
    date: front.get('updated') ?? front.get('date'),
    tags: [...new Set(tags)].slice(0, mostTags),
    body,
  }
}

const mostTags = 20

/** The first heading of the first level. */
const titleOf = (body: string): string | undefined =>
  linesOf(body)
    .filter(({ text }) => text.startsWith('# '))
    .map(({ text }) => headingOf(text)?.text)
    .find((title) => title !== undefined && title !== '')

/** The `key: value` lines of the front matter, a list as `a, b` whichever way YAML writes it; and what follows it. */
function parted(text: string): { front: Map<string, string>; body: string } {
  const found = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*\r?\n?/.exec(text)
  if (!found) return { front: new Map(), body: text }
  const front = new Map<string, string>()
  let last = ''
  for (const line of (found[1] ?? '').split(/\r?\n/)) {
    const pair = /^([\w-]+)\s*:\s*(.*)$/.exec(line)
    const item = /^\s*-\s+(.*)$/.exec(line)
    if (pair) {
      last = pair[1]!.toLowerCase()
      front.set(last, unquoted(pair[2]!))
    } else if (item) front.set(last, [front.get(last) ?? '', unquoted(item[1]!)].filter((part) => part !== '').join(', ')) // prettier-ignore
  }
  return { front, body: text.slice(found[0].length) }
}

const unquoted = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2')

const listed = (text: string | undefined): string[] =>
  (text ?? '')
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .flatMap((tag) => cleanText(unquoted(tag)) ?? [])
    .filter((tag) => tag.length <= 60)
