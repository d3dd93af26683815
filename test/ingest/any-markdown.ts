import fc from 'fast-check'

/** Texts such as people write them, and such as nobody does: every sign, headings, tables, long words. */
export const anyMarkdown = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('# ', '## Über uns', '\n', '\n\n', '\r\n', '| a | b |\n|---|---|\n| 1 | € |', '- ', '```', '👩‍👩‍👧 ', 'e\u0301', '\u{FEFF}', '. '),
      fc.string({ unit: 'grapheme', minLength: 900, maxLength: 2600 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join('')) // prettier-ignore
