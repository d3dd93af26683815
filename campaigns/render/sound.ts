import { defaultTreeAdapter, parse, type DefaultTreeAdapterMap } from 'parse5'
import type { Message } from '../channel.ts'
import type { Sender } from '../definition.ts'

type Element = DefaultTreeAdapterMap['element']
type Node = DefaultTreeAdapterMap['node']

/** What is wrong with a rendered message, and what to do about it. Neither repeats what stands in it. */
export type Unsound = { what: string; fix: string }

const longestSubject = 250
/** Elements that run, load or ask something: no mail of ours has one. */
const forbidden = new Set(
  'script iframe frame object embed applet form input button textarea select base template svg math'.split(' '),
)
const leftOver = /\{\{|\{%|[\uE000\uE001]/
const lineBreak = /[\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * Whether a message may leave as it is: it says who writes and from where, can be left, leads only to web pages, runs
 * nothing, and nothing in it waits to be filled in.
 * @param outline the elements that such a message has, whoever it is for (`outlineOf`)
 */
export function unsound(message: Message, sender: Sender, outline: string): Unsound[] {
  const elements = elementsOf(message.html)
  return [
    ...inSubject(message),
    ...leftOvers(message),
    ...inFooter(message, sender),
    ...inHeaders(message),
    ...elements.flatMap(inElement),
    ...problem(outlineOfAll(elements) !== outline, 'a value of a person became markup', 'Take the slot out'),
  ]
}

/** The elements of a message in their order. */
export const outlineOf = (html: string): string => outlineOfAll(elementsOf(html))

const outlineOfAll = (elements: readonly Element[]): string => elements.map(({ tagName }) => tagName).join(' ')

const problem = (isSo: boolean, what: string, fix: string): Unsound[] => (isSo ? [{ what, fix }] : [])

const inSubject = ({ subject }: Message): Unsound[] => [
  ...problem(subject.trim() === '', 'the subject is empty', 'Give the slot in it a fallback, or words beside it'),
  ...problem(subject.length > longestSubject, `the subject is longer than ${longestSubject} characters`, 'Shorten it'),
  ...problem(lineBreak.test(subject), 'the subject holds a line break', 'Write it on one line'),
]

const leftOvers = ({ subject, html, text }: Message): Unsound[] =>
  problem(
    [subject, html, text].some((part) => leftOver.test(part)),
    'a slot was left unfilled',
    'Mend the slot, or take it out',
  )

function inFooter({ html, text, headers }: Message, sender: Sender): Unsound[] {
  const leave = /^<(https?:\/\/[^>\s]+)>(?:, <mailto:[^>\s]+>)?$/.exec(headers['List-Unsubscribe'] ?? '')?.[1]
  const shown = textOf(html)
  const isSaid = (words: string): boolean => [shown, text].every((part) => part.includes(words))
  return [
    ...problem(leave === undefined || !html.includes(leave) || !text.includes(leave),
      'it cannot be unsubscribed from', 'Put the way to unsubscribe back into the layout'),
    ...problem(!isSaid(sender.postalAddress), 'the postal address is missing', 'Put the address back into the layout'),
    ...problem(!isSaid(sender.businessName), 'it does not say who writes', 'Put the business’s name back into the layout'),
  ] // prettier-ignore
}

const inHeaders = ({ headers, from, to }: Message): Unsound[] => [
  ...problem(headers['List-Unsubscribe-Post'] === undefined, 'it cannot be left by one click', 'Keep the header'),
  ...problem(
    [from.name, from.address, to, ...Object.values(headers)].some((value) => lineBreak.test(value)),
    'a header holds a line break',
    'Take it out of the sender’s name',
  ),
]

function inElement({ tagName, attrs }: Element): Unsound[] {
  const links = attrs.filter(({ name }) => ['href', 'src', 'action', 'background'].includes(name))
  return [
    ...problem(forbidden.has(tagName), `it holds <${tagName}>`, 'Take it out of the layout'),
    ...problem(attrs.some(({ name }) => name.startsWith('on')), 'it holds a script', 'Take it out of the layout'),
    ...problem(links.some(({ value }) => !/^https?:$/.test(URL.parse(value)?.protocol ?? '')),
      'a link in it leads to no web page', 'Give the button an https address'),
  ] // prettier-ignore
}

const elementsOf = (html: string): Element[] => nodesOf(html).filter((node) => defaultTreeAdapter.isElementNode(node))

const textOf = (html: string): string =>
  nodesOf(html)
    .filter((node) => defaultTreeAdapter.isTextNode(node))
    .map(({ value }) => value)
    .join('')

function nodesOf(html: string): Node[] {
  const below = (node: Node): Node[] => ['childNodes' in node ? node.childNodes.flatMap(below) : [], node].flat()
  return below(parse(html)).toReversed()
}
