import { block, type GuardContext, type Rule } from './rule.ts'

const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim()

type Required = NonNullable<GuardContext['required']>[number]

/** Whether it must stand in copy of a form; where no form is known, in any. */
export const isRequiredIn = ({ forms }: Required, form: string | undefined): boolean =>
  forms === undefined || form === undefined || forms.includes(form)

/** What law or the channel demands stands in the whole: how to leave, who writes, from where. */
export const required: Rule = {
  name: 'required',
  version: 2,
  what: 'The way to unsubscribe, who writes and where they are stand in the message',
  why: 'Mail without them is unlawful (ePrivacy art. 13, CAN-SPAM § 5) and is reported as spam',
  check: ({ copies, body, context }) => {
    const links = body.blocks.flatMap((item) => (item.kind === 'button' ? [item.url] : []))
    const whole = plain([...copies.map((copy) => copy.raw), ...links].join('\n'))
    return (context.required ?? [])
      .filter((item) => isRequiredIn(item, context.form?.name))
      .filter(({ words }) => !whole.includes(plain(words)))
      .map(({ what, words }) => block({ where: 'body' }, null, `${what} is missing`, `Add “${words}”`))
  },
}
