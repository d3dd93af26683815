import { html } from 'hono/html'
import type { PersonProfile } from '#ingest/identity/people.ts'
import { table, type Html } from './layout.ts'
import { differing, marked } from './letters.ts'
import { count } from './words.ts'

/** What is known of one side of a pair. `born` as `1971-06-24`. */
export type Side = { personId: string | null; golden: PersonProfile['golden']; born: string | null }

type Field = keyof PersonProfile['golden'] | 'born'

export const fieldNames: Readonly<Record<Field, string>> = {
  givenName: 'Given name', familyName: 'Family name', born: 'Born', email: 'E-mail', phone: 'Phone', street: 'Street', city: 'City',
  postcode: 'Postcode', country: 'Country', language: 'Language', zone: 'Time zone', lifecycle: 'Lifecycle', channel: 'Came by',
  campaignRef: 'Campaign',
} // prettier-ignore

const order = Object.keys(fieldNames) as Field[]

/** How a person is called: by name, else by address. */
export const titleOf = ({ givenName, familyName, email }: PersonProfile['golden'], otherwise = 'A visitor'): string =>
  [givenName?.value, familyName?.value].filter(Boolean).join(' ') || email?.value || otherwise

/** Two sides, field by field, the letters that differ marked and counted. Who may not know the values sees how they agree. */
export function sidesTable(left: Side, right: Side, look: { mayKnow: boolean; mayOpen: boolean }): Html {
  const rows = order.flatMap((field) => {
    const [a, b] = [valueOf(left, field), valueOf(right, field)]
    return a === null && b === null ? [] : [rowOf(field, a, b, look.mayKnow)]
  })
  return html`<div class="sides">
    ${table('What is known of each; characters that differ are marked', ['Field', ...heads(left, right, look), 'Compared'], rows)}
  </div>`
}

function heads(left: Side, right: Side, { mayKnow, mayOpen }: { mayKnow: boolean; mayOpen: boolean }): Html[] {
  return [left, right].map((side, index) => {
    const called = mayKnow ? titleOf(side.golden, 'Without a name') : index === 0 ? 'One' : 'The other'
    return mayOpen && side.personId !== null ? html`<a href="/people/${side.personId}">${called}</a>` : html`${called}`
  })
}

const valueOf = ({ golden, born }: Side, field: Field): string | null =>
  field === 'born' ? born : (golden[field]?.value ?? null)

const unknown = html`<span class="soft">not known</span>`

function rowOf(field: Field, a: string | null, b: string | null, mayKnow: boolean): (string | Html)[] {
  if (a === null || b === null) {
    const one = (value: string | null): Html => (value === null ? unknown : mayKnow ? html`${value}` : html`known`)
    return [fieldNames[field], one(a), one(b), html`<span class="soft">of one only</span>`]
  }
  const { left, right, letters } = differing(a, b)
  const how = a.toLowerCase() === b.toLowerCase() ? 'the same' : isOther(left, right) ? 'different' : `${count(letters)} ${letters === 1 ? 'differs' : 'differ'}` // prettier-ignore
  const tell = (pieces: typeof left): Html => (mayKnow ? marked(pieces) : html`known`)
  return [fieldNames[field], tell(left), tell(right), how]
}

const isOther = (...sides: (readonly { isOwn: boolean }[])[]): boolean => sides.every((pieces) => pieces.every(({ isOwn }) => isOwn)) // prettier-ignore
