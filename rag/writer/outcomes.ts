import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { shareOf, type Share } from '#kernel/share.ts'
import { draftsDecided, textsChecked, type Window } from '../queries/writer.ts'
import { weekOf, weeksOf } from './weeks.ts'

/** A share of a count, with its 95 % interval. */
export type Rate = Share & { of: number; count: number }

/** Texts by the worst that guardrails said of them; decided drafts by what people decided. */
export type WeekOutcomes = Window & {
  checked: { texts: number; blocked: Rate; warned: Rate }
  decided: { drafts: number; asWritten: Rate; edited: Rate; rejected: Rate }
}

/** What guardrails and people made of texts, week by week, oldest first. */
export async function writerOutcomes({ db, clock }: { db: Queryable; clock: Clock }, count: number): Promise<WeekOutcomes[]> {
  const weeks = weeksOf(clock(), count)
  const whole = { from: weeks[0]!.from, to: weeks.at(-1)!.to }
  const checked = Map.groupBy(await textsChecked(db, whole), ({ at }) => weekOf(weeks, at))
  const decided = Map.groupBy(await draftsDecided(db, whole), ({ at }) => weekOf(weeks, at))
  return weeks.map((week) => {
    const [texts, drafts] = [checked.get(week) ?? [], decided.get(week) ?? []]
    const said = (verdict: string): Rate => rateOf(texts.filter((one) => one.verdict === verdict).length, texts.length)
    const approved = drafts.filter(({ decision }) => decision === 'approved')
    const part = (some: readonly unknown[]): Rate => rateOf(some.length, drafts.length)
    return {
      ...week,
      checked: { texts: texts.length, blocked: said('block'), warned: said('warn') },
      decided: {
        drafts: drafts.length,
        asWritten: part(approved.filter(({ edited }) => !edited)),
        edited: part(approved.filter(({ edited }) => edited)),
        rejected: part(drafts.filter(({ decision }) => decision === 'rejected')),
      },
    }
  })
} // prettier-ignore

const unknown: Share = { share: 0, low: 0, high: 1 }

/** A share of a count; of nothing, anything may be. */
export const rateOf = (count: number, of: number): Rate => ({ of, count, ...(shareOf(count, of) ?? unknown) })
