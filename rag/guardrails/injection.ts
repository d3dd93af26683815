import { detect } from './injection/detect.ts'
import { answersTo, orderIn } from './injection/orders.ts'
import { disguised, folded } from './injection/readings.ts'
import { sentencesIn } from './injection/sentences.ts'
import { block, type Rule } from './rule.ts'

/**
 * Why a text of the corpus must not reach a model: it speaks to the model, openly or in disguise. Null when it does not.
 * Stricter than `detect`: pages of a shop ask and bid their readers ("How do I store beans?", "Grind them fresh"), so
 * only orders to a model and talk of its answer taint. Whatever is let through, no words of a source choose a tool,
 * a link, a recipient or a number: `links` and `figures-match` see to that.
 */
export function taint(text: string): string | null {
  const readings = [...sentencesIn(text).map((sentence) => sentence.text), text].map(folded)
  const coded = disguised(text).flatMap(({ says }) => sentencesIn(says).map((sentence) => sentence.text))
  for (const words of [...readings, ...coded]) {
    const order = orderIn(words) ?? answersTo(words)
    if (order !== null) return order
  }
  return null
}

/** Nothing the copy cites speaks to a model, nor does the copy. */
export const injection: Rule = {
  name: 'injection',
  version: 4,
  what: 'No instructions to a model in the evidence or the copy',
  why: 'Text that was taken in may have been written to steer the writer; it must be read, never obeyed',
  check: ({ copies, evidence: all }) => {
    const taints = new Map(all.map((item) => [item, taint(item.text)]))
    return copies.flatMap((copy) => {
      const order = taint(copy.raw)
      const evidence = copy.kind === 'heading' || copy.kind === 'label' ? [] : copy.support
      const tainted = evidence.flatMap((item) => taints.get(item) ?? [])
      return [
        ...(order === null
          ? []
          : [block(copy, placeOf(copy.raw), `This speaks to a model: “${order}”`, 'Rewrite the sentence')]),
        ...tainted.map((words) =>
          block(copy, null, `Its evidence speaks to a model: “${words}”`, 'Cite something else and clean the source'),
        ),
      ]
    })
  },
}

const placeOf = (text: string): { start: number; end: number } | null => {
  const span = detect(text).spans[0]
  return span ? { start: span.start, end: span.end } : null
}
