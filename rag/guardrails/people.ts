import { nameFinder } from '../redact/names.ts'
import { findPersonal, type PersonalKind } from '../redact/patterns.ts'
import { block, warn, type Copy, type Rule, type Trouble } from './rule.ts'

const what: Partial<Record<PersonalKind, string>> = {
  IBAN: 'a bank account', CARD: 'a card number', IP: 'an IP address', ID: 'an identity number', ADDRESS: 'a postal address',
} // prettier-ignore

/** Nobody reads about another customer: no names of customers, no account, card or identity numbers, no addresses. */
export const people: Rule = {
  name: 'people',
  version: 1,
  what: 'No personal data of anybody in the copy',
  why: 'Nobody may read about another customer',
  check: ({ copies, customers }) => copies.flatMap((copy) => [...numbers(copy), ...names(copy, customers)]),
}

function numbers(copy: Copy): Trouble[] {
  return findPersonal(copy.text).flatMap(({ kind, start, end }) => {
    const found = what[kind]
    const evident = copy.support.some((item) => item.text.includes(copy.text.slice(start, end)))
    if (found === undefined || (kind === 'ADDRESS' && evident)) return []
    return [
      block(
        copy,
        { start, end },
        `This looks like ${found}`,
        'Leave it out; use a merge slot for the reader’s own data',
      ),
    ]
  })
}

function names(copy: Copy, customers: readonly string[]): Trouble[] {
  return nameFinder(customers)(copy.text).map(({ start, end }) => {
    const published = copy.support.some((item) => item.text.includes(copy.text.slice(start, end)))
    const verdict = published ? warn : block
    return verdict(
      copy,
      { start, end },
      'This is the name of a customer',
      'Leave the name out, or ask and note the consent',
    )
  })
}
