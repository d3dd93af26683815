import { hiddenSigns, hiddenWords } from './injection/readings.ts'
import { block, type Copy, type Rule, type Trouble } from './rule.ts'

/** What a person approves is what a machine reads: no invisible signs, no words hidden by markup. */
export const hiddenText: Rule = {
  name: 'hidden-text',
  version: 2,
  what: 'No invisible signs and no words hidden in markup, in the copy or its evidence',
  why: 'Whoever approves must see all that is sent, and all that a model was told',
  check: ({ copies }) => copies.flatMap((copy) => [...inCopy(copy), ...inEvidence(copy)]),
}

function inCopy(copy: Copy): Trouble[] {
  const signs = [...copy.raw.matchAll(hiddenSigns)]
    .slice(0, 1)
    .map((match) =>
      block(
        copy,
        { start: match.index, end: match.index + match[0].length },
        'A sign that no reader sees',
        'Remove it',
      ),
    )
  const words = hiddenWords(copy.raw).map((hidden) => {
    const start = copy.raw.indexOf(hidden)
    const span = start < 0 ? null : { start, end: start + hidden.length }
    return block(copy, span, `Words that no reader sees: “${hidden}”`, 'Remove them, or show them')
  })
  return [...signs, ...words]
}

const inEvidence = (copy: Copy): Trouble[] =>
  copy.kind === 'heading' || copy.kind === 'label'
    ? []
    : copy.support
        .flatMap((item) => hiddenWords(item.text))
        .map((hidden) =>
          block(copy, null, `Its evidence hides words: “${hidden}”`, 'Cite something else and clean the source'),
        )
