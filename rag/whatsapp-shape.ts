import { textsOf, type DraftBody } from './draft.ts'

/** The name a template is proposed under: what words of small letters, digits and underscores make of it. */
export const templateName = (words: string): string =>
  words
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60)
    .replace(/_+$/, '') || 'template'

/** A parameter of a template: its number, the slot it stands for, and what Meta is shown as a sample of it. */
export type Parameter = { number: number; slot: string; sample: string }

/** A text as WhatsApp wants a template: each slot a number, from {{1}} on, the same slot the same number. */
export function numbered(text: string): { text: string; parameters: Parameter[] } {
  const parameters: Parameter[] = []
  const known = (slot: string): Parameter => {
    const found = parameters.find((one) => one.slot === slot)
    if (found) return found
    const sample = /default:\s*["']([^"']*)["']/.exec(slot)?.[1] ?? 'Anna'
    const added = { number: parameters.length + 1, slot, sample }
    parameters.push(added)
    return added
  }
  const words = text.replace(/\{\{\s*(.+?)\s*\}\}/gs, (whole, slot: string) =>
    /^\d+$/.test(slot) ? whole : `{{${known(slot).number}}}`,
  )
  return { text: words, parameters }
}

/** The slots of a body as the parameters of its template. */
export const parametersOf = (body: DraftBody): Parameter[] => numbered(textsOf(body).join('\n')).parameters
