import type { Form } from '../forms.ts'
import { slotsOf } from '../draft.ts'
import { block, formIn, type Rule, type Subject, type Trouble } from './rule.ts'

/** A piece of copy has the parts that its form has, and speaks of one person only where one person reads it. */
export const form: Rule = {
  name: 'form',
  version: 1,
  what: 'It has the parts its form has, and names a person only where that person alone reads it',
  why: 'A post has no button, and “Hello there” on a page that everybody reads is a slip',
  check: (subject) => {
    const asked = formIn(subject.context)
    return [...parts(subject, asked), ...personal(subject, asked)]
  },
}

function parts({ body }: Subject, asked: Form): Trouble[] {
  const buttons = body.blocks.filter(({ kind }) => kind === 'button').length
  const strangers = body.blocks.flatMap(({ kind }, index) =>
    asked.blocks.includes(kind)
      ? []
      : [
          block(
            { where: `blocks.${index}${{ button: '.label', heading: '.text', paragraph: '', list: '' }[kind]}` },
            null,
            `There is no place for a ${kind} in this form (${asked.words})`,
            kind === 'list' || kind === 'heading' ? 'Say it in sentences' : 'Leave it out',
          ),
        ],
  )
  const tooMany = asked.link !== null && asked.link.as !== 'button' && buttons > 1
  return tooMany
    ? [...strangers, block({ where: 'body' }, null, 'It has more links than one', 'Keep the one that matters')]
    : strangers
}

function personal({ copies }: Subject, asked: Form): Trouble[] {
  if (asked.personal) return []
  return copies
    .filter((copy) => slotsOf(copy.raw).length > 0)
    .map((copy) => block(copy, null, 'Everybody reads this: no words of a person can stand in it', 'Speak to all'))
}
