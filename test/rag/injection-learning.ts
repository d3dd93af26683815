import type { InjectionData } from '#rag/evaluate/injection.ts'
import { attacksByKind } from './injection-attacks.ts'
import { cleanLessons } from './injection-clean-lessons.ts'
import { hiddenOf, requestsOf } from './injection-hidden.ts'
import { lessons } from './injection-lessons.ts'
import { cleanMails } from './injection-texts.ts'

/** Kinds that hide from readers: what they say is read by the decoders, and teaches nothing of plain words. */
const disguises = new Set(['encoded', 'html', 'disguised'])

/** What the weights are fitted on: the public data, and our own texts but for those that only judge. */
export function injectionData(
  attacks: ReadonlyMap<string, readonly string[]>,
  mails: readonly string[],
): InjectionData {
  const tuned = [...Map.groupBy(hiddenOf('dev'), ({ kind }) => kind)].map(
    ([kind, orders]) => [`tuned ${kind}`, orders.map(({ order }) => order)] as const,
  )
  const own = [...Object.entries(attacksByKind), ...Object.entries(lessons), ...tuned]
  return {
    attacks: new Map([...attacks, ...own.filter(([kind]) => !disguises.has(kind.replace('tuned ', '')))]),
    stressed: new Set([...attacks.keys(), 'hijack', 'chores', 'tuned tasks']),
    mails: [...mails, ...cleanMails, ...cleanLessons, ...requestsOf('dev')],
  }
}
