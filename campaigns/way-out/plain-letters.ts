import type { Letters } from '../whatsapp/letters.ts'

/**
 * Texts by WhatsApp that no template stands behind, for the test of a way out: Meta takes one only from whom the reader wrote
 * to within 24 hours. Nothing of it goes into the books.
 */
export const plainLetters: Letters = {
  write: (messages) =>
    Promise.resolve(
      messages.map(({ text }) => ({
        kind: 'send',
        payload: { type: 'text', text: { body: text, preview_url: false } },
        otherwise: null,
      })),
    ),
  note: () => Promise.resolve(),
}
