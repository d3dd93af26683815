import { formText, type FormText } from './form-text.ts'
import { forms, type FormName } from './forms.ts'

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

/**
 * A text as WhatsApp wants a template: each slot a number, from {{1}} on, the same slot the same number.
 * @param before the parameters of what it is a part of, which keep their numbers
 */
export function numbered(text: string, before: readonly Parameter[] = []): { text: string; parameters: Parameter[] } {
  const parameters = [...before]
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

/**
 * Copy as it is shown, pasted and exported: that of a WhatsApp template with its slots numbered through the whole piece,
 * headline first; any other as its form publishes it, without parameters.
 */
export function publishedText(
  body: Parameters<typeof formText>[0],
  form: FormName,
): FormText & { parameters: Parameter[] } {
  const plain = formText(body, forms[form])
  if (form !== 'whatsapp-template') return { ...plain, parameters: [] }
  const { parameters } = numbered(`${plain.headline ?? ''}\n${plain.text}`)
  const inNumbers = (text: string): string => numbered(text, parameters).text
  return { ...plain, headline: plain.headline && inNumbers(plain.headline), text: inNumbers(plain.text), parameters }
}
