import { forms, type Form, type FormName } from '../forms.ts'

/** What only one form asks of its author. */
const own: Partial<Record<FormName, readonly string[]>> = {
  email: ['60 to 180 words in all, the subject best up to 50 characters'],
  'landing-page': ['120 to 350 words in sections under headings, one way on: the same button'],
  'blog-post': ['250 to 700 words in sections under headings; it is useful to somebody who buys nothing'],
  x: ['One thought. At most one hashtag, of a word that the evidence has'],
  linkedin: ['80 to 180 words; the first line makes sense alone. At most two hashtags, of words that the evidence has'],
  facebook: ['40 to 90 words: what comes after about 470 characters is hidden'],
  instagram: [
    '50 to 120 words; the first line makes sense alone. At most three hashtags, of words that the evidence has',
  ],
  ad: ['Two descriptions: the preheader is the first, the one paragraph the second; each makes sense alone'],
  'whatsapp-template': [
    'It is proposed as a marketing template: no merge slot at its start or end, or beside another, and three words of text at the least for each',
  ],
  sms: [
    'Best up to 250 characters, links counted. Plain letters only: straight quotes, hyphens for dashes, no emoji. Who writes and how to stop are added when it is sent',
  ],
  telegram: ['30 to 120 words'],
}

/** The rules of a form in words: its parts, its limits, its blocks. They win over what is said of copy in general. */
export function formRules(name: FormName): string {
  const form: Form = forms[name]
  const lines = [
    form.headline === null
      ? 'subject: what the draft goes by at the desk, up to 60 characters; no reader sees it'
      : `subject: the ${name === 'email' ? 'subject line' : 'headline'}, ${upTo(form.headline, form)}`,
    form.summary === null ? 'preheader: an empty text' : `preheader: the line below it, ${upTo(form.summary, form)}`,
    `blocks: only ${form.blocks.join(', ')}; all of them together ${upTo(form.most, form)}${form.counted === 'x' ? ', a link counting as 23' : ''}`,
    form.link === null ? 'no links' : linkRule(form.link),
    form.personal
      ? 'one person reads it'
      : 'everybody reads it: no merge slots, no greeting by name, no “thank you for your order”',
    'no HTML, no Markdown',
    ...(own[name] ?? []),
  ]
  return `Form: ${form.words}. These rules win over any other on form:\n${lines.map((line) => `- ${line}`).join('\n')}`
}

const upTo = (most: number, { over }: Form): string => `${over === 'refused' ? 'at most' : 'up to'} ${most} characters`

function linkRule({ as, label }: NonNullable<Form['link']>): string {
  if (as === 'button') return `button labels at most ${label} characters`
  return as === 'text'
    ? 'at most one button, at the end: readers get it as “label: link” in the text, and it counts'
    : 'one button at the end: where the ad leads, its label is not shown'
}
