/** How files write that there is no value, in lower case and trimmed: for SQL, `lower(trim(x)) in (...)`. */
export const missingSpellings: readonly string[] = [
  '', '-', '--', '---', '_', '.', '..', '...', '?', '??', '???', '*', '/', '#', '\\n', 'null', '(null)', '<null>', '[null]', 'nil',
  'none', '(none)', 'nan', 'na', 'n/a', '#n/a', 'n.a.', 'n.a', '<na>', 'nat', 'undefined', 'unknown', 'unk', 'not known',
  'not available', 'not applicable', 'not provided', 'not given', 'missing', '(missing)', 'blank', '(blank)', 'empty', 'no data',
  'tbd', 'xxx', 'unbekannt', 'keine angabe', 'k.a.', 'onbekend', 'nvt', 'n.v.t.', 'inconnu', 'inconnue', 'desconocido',
  'sconosciuto', 'desconhecido', 'nieznany', 'brak', '0000-00-00', '0000-00-00 00:00:00', '00/00/0000', '00-00-0000', '00.00.0000',
  '0000/00/00', '00000000',
] // prettier-ignore

const known = new Set(missingSpellings)

/** True when the cell says that there is nothing to say. */
export const isMissing = (text: string | null | undefined): boolean =>
  text === null || text === undefined || known.has(text.trim().toLowerCase())
