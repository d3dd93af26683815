/** What can be understood of a request in words without a model: what to add, what to leave out, and how long. */
export type Asked = { also: string; without: string[]; shorter: boolean; longer: boolean }

const leaveOut =
  /\b(?:without|drop|remove|delete|cut|leave out|no|not|don['’]t (?:mention|say|talk about)|skip|omit)\b\s*(.*)$/i
const shorten = /\b(?:shorter|briefer|less|too long|half as long|more concise|concise|trim)\b/i
const lengthen = /\b(?:longer|more detail|more details|say more|elaborate)\b/i

/** Reads requests clause by clause: of two that contradict each other the later counts. */
export function readAsked(requests: readonly string[]): Asked {
  const clauses = requests
    .flatMap((words) => words.split(/[.;,!?]\s*|\s+(?:and|but)\s+/i))
    .map((clause) => clause.trim().replace(/^(?:and|but)\s+/i, ''))
  const asked: Asked = { also: '', without: [], shorter: false, longer: false }
  for (const clause of clauses.filter((text) => text !== '')) {
    const gone = leaveOut
      .exec(clause)?.[1]
      ?.replace(/^(?:the|a|an|any|about)\s+/i, '')
      .trim()
    if (shorten.test(clause)) [asked.shorter, asked.longer] = [true, false]
    else if (lengthen.test(clause)) [asked.shorter, asked.longer] = [false, true]
    else if (gone !== undefined && gone !== '') asked.without.push(gone)
    else asked.also = `${asked.also} ${clause}.`.trim()
  }
  return asked
}
