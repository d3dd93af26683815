import { slotsOf } from '../draft.ts'
import { block, placesOf, spanOf, type Copy, type GuardContext, type Rule, type Subject, type Trouble } from './rule.ts'

const slotShape = /^([a-z_]+(?:\.[a-z_]+)*)\s*(?:\|\s*default:\s*("[^"{}<>]*"|'[^'{}<>]*')\s*)?$/

/** Copy is plain words: no markup, no scripts, and only merge slots that are known and have a fallback. */
export const markup: Rule = {
  name: 'markup',
  version: 1,
  what: 'No HTML or script, only known merge slots, each with a fallback',
  why: 'Markup in copy breaks the mail or runs in it; an unknown slot shows as code',
  check: (subject) => [
    ...subject.copies.flatMap((copy) => [...html(copy), ...slots(copy, subject.context)]),
    ...undeclared(subject),
  ],
}

function html(copy: Copy): Trouble[] {
  const pattern = /<\/?[a-z!?][^>]*>?|&(?:#x?[0-9a-f]+|[a-z]+);|\b(?:javascript|data|vbscript):\S|\{%|%\}/gi
  return [...copy.raw.matchAll(pattern)].map((match) =>
    block(copy, spanOf(match), `Copy is plain words; this is markup: “${match[0]}”`, 'Remove it'),
  )
}

function slots(copy: Copy, context: GuardContext): Trouble[] {
  const whole = [...copy.raw.matchAll(/\{\{(.*?)\}\}/gs)]
  const troubles = whole.flatMap((match) => {
    const [, name, fallback] = slotShape.exec(match[1]!.trim()) ?? []
    if (name === undefined)
      return [block(copy, spanOf(match), 'This merge slot cannot be read', 'Write {{ name | default: "…" }}')]
    if (!context.slots.includes(name)) {
      return [block(copy, spanOf(match), `Nothing fills the slot “${name}”`, `Use one of ${context.slots.join(', ')}`)]
    }
    const why = `The slot “${name}” has no fallback for readers of whom it is not known`
    return fallback === undefined ? [block(copy, spanOf(match), why, 'Add | default: "…"')] : []
  })
  const rest = /\{\{|\}\}/.exec(copy.raw.replace(/\{\{.*?\}\}/gs, ''))
  return rest
    ? [...troubles, block(copy, null, 'A merge slot is not closed', 'Write {{ name | default: "…" }}')]
    : troubles
}

/** The body lists its slots, for the renderer; the list must be true. */
function undeclared({ body }: Subject): Trouble[] {
  const used = new Set(placesOf(body).flatMap((place) => slotsOf(place.text)))
  const same = used.size === new Set(body.slots).size && body.slots.every((slot) => used.has(slot))
  return same
    ? []
    : [block({ where: 'body' }, null, 'The list of slots is not that of the text', 'Save the draft again')]
}
