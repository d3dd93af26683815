import type { Limits } from '#campaigns/definition.ts'
import type { Form } from '../visitor.ts'
import { dayFields, dayNumbers, daysFrom, given, number, said } from './fields.ts'

/** What the fields of limits are called on a form. */
export const limitNames = {
  dailyCap: 'Its messages in a day, at most',
  perPersonPerDay: 'Of all campaigns to one person in 24 hours',
  perPersonPerWeek: 'Of all campaigns to one person in seven days',
  window: 'Leaves from, until',
  'window.from': 'Leaves from',
  'window.to': 'Leaves until',
  expireAfterHours: 'Not sent when so many hours late',
  priority: 'Priority, 0 to 9',
} as const

/** The fields of limits, filled in. */
export function limitFields({ dailyCap, perPersonPerDay, perPersonPerWeek, window, expireAfterHours, priority }: Limits) {
  return {
    from: window?.from ?? '',
    to: window?.to ?? '',
    ...dayFields('window', window?.days),
    dailyCap: String(dailyCap ?? ''),
    perPersonPerDay: String(perPersonPerDay ?? ''),
    perPersonPerWeek: String(perPersonPerWeek ?? ''),
    expireAfterHours: String(expireAfterHours),
    priority: String(priority ?? ''),
  }
} // prettier-ignore

/** The limits that their fields say, to be checked by whoever takes them. An empty field is no limit. */
export function limitsFrom(before: Limits, form: Form): unknown {
  const [from, to, days] = [said(form, 'from'), said(form, 'to'), daysFrom(form, 'window')]
  // Days without hours are kept, so that the missing hours are asked for.
  const isAlways = from === '' && to === '' && (days === undefined || days.length === dayNumbers.length)
  const isSame = before.perPersonPerDay === null && said(form, 'perPersonPerDay') === ''
  return {
    dailyCap: number(form, 'dailyCap') ?? null,
    perPersonPerWeek: number(form, 'perPersonPerWeek') ?? null,
    window: isAlways ? null : { from, to, ...given({ days }) },
    expireAfterHours: number(form, 'expireAfterHours') ?? before.expireAfterHours,
    ...given({
      perPersonPerDay: isSame ? null : number(form, 'perPersonPerDay'),
      priority: number(form, 'priority'),
    }),
  }
}
