import { block, type Rule } from './rule.ts'

const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim()

/** What law or the channel demands stands in the whole: how to leave, who writes, from where. */
export const required: Rule = {
  name: 'required',
  version: 1,
  what: 'The way to unsubscribe, who writes and where they are stand in the message',
  why: 'Mail without them is unlawful (ePrivacy art. 13, CAN-SPAM § 5) and is reported as spam',
  check: ({ copies, body, context }) => {
    const links = body.blocks.flatMap((item) => (item.kind === 'button' ? [item.url] : []))
    const whole = plain([...copies.map((copy) => copy.raw), ...links].join('\n'))
    return (context.required ?? [])
      .filter(({ words }) => !whole.includes(plain(words)))
      .map(({ what, words }) => block({ where: 'body' }, null, `${what} is missing`, `Add “${words}”`))
  },
}
