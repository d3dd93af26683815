import { formText } from '../form-text.ts'
import { beyondGsm, sizeOf } from '../form-size.ts'
import type { Form } from '../forms.ts'
import { block, formIn, warn, type Copy, type Rule, type Subject, type Trouble } from './rule.ts'
import { wordsOf } from './words.ts'

const limits = { heading: 80, shouting: 2, wordsOfMail: 400 }

/** What a platform takes and a reader reads: limits of length, and no shouting. */
export const length: Rule = {
  name: 'length',
  version: 2,
  what: 'Headline, summary, headings, buttons and the whole are as short as the form asks; nothing shouts',
  why: 'A platform refuses what is too long, what a phone cuts off is not read, and shouting is filtered',
  check: (subject) => {
    const { copies, body, context } = subject
    const form = formIn(context)
    const empty = copies.filter((copy) => copy.text.trim() === '' && copy.raw.trim() === '')
    return [
      ...copies.flatMap((copy) => part(copy, form)),
      ...empty.map((copy) => block(copy, null, 'This is empty', 'Write it, or remove it')),
      ...whole(subject, form),
      ...(body.blocks.some((item) => item.kind === 'paragraph' || item.kind === 'list')
        ? []
        : [block({ where: 'body' }, null, 'It says nothing', 'Add a paragraph')]),
      ...copies.flatMap(shouting),
    ]
  },
}

/** The most a part may have, and what becomes of more. */
function limitOf(kind: Copy['kind'], form: Form): number | null {
  if (kind === 'subject') return form.headline
  if (kind === 'preheader') return form.summary
  if (kind === 'heading') return limits.heading
  return kind === 'label' ? (form.link?.label ?? null) : null
}

function part(copy: Copy, form: Form): Trouble[] {
  const most = limitOf(copy.kind, form)
  const size = Array.from(copy.text.replace(/\s+/g, ' ').trim()).length
  if (most === null || size <= most) return []
  return form.over === 'refused'
    ? [block(copy, null, `${size} characters, of which ${most} fit (${form.words})`, `Cut it to ${most}`)]
    : [warn(copy, null, `${size} signs, of which a phone shows about ${most}`, `Cut it to ${most}`)]
}

function whole({ body, copies }: Subject, form: Form): Trouble[] {
  const at = { where: 'body' }
  const { text } = formText(body, form)
  const size = sizeOf(text, form)
  const words = form.name === 'email' ? copies.reduce((sum, copy) => sum + wordsOf(copy.text).length, 0) : 0
  const verdict = form.over === 'refused' ? block : warn
  const strange = form.counted === 'sms' ? beyondGsm(text) : []
  return [
    ...(size.isOver ? [verdict(at, null, `${size.words}: that is too long (${form.words})`, `Cut it to ${size.most}`)] : []),
    ...(strange.length > 0
      ? [warn(at, null, `${strange.slice(0, 5).map((sign) => `“${sign}”`).join(', ')} more than doubles what the SMS costs`, 'Write it with the letters of a plain phone')]
      : []),
    ...(words > limits.wordsOfMail ? [warn(at, null, `${words} words is a long mail`, `Cut it to ${limits.wordsOfMail}`)] : []),
  ] // prettier-ignore
}

function shouting(copy: { where: string; text: string }): Trouble[] {
  const capitals = wordsOf(copy.text).filter((word) => /^\p{Lu}{4,}$/u.test(word.text))
  const marks = copy.text.match(/!/g)?.length ?? 0
  if (capitals.length < limits.shouting && marks < limits.shouting) return []
  return [warn(copy, null, 'Capitals or exclamation marks shout, and mail filters mind', 'Say it calmly')]
}
