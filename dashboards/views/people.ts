import { html } from 'hono/html'
import type { findPeople, peopleCount } from '#ingest/identity/people.ts'
import { table, type Html } from './layout.ts'
import { count, day, money, plural } from './words.ts'

type Data = {
  counts: Awaited<ReturnType<typeof peopleCount>>
  people: Awaited<ReturnType<typeof findPeople>>
  /** Pairs that wait for a person's word. */
  toCheck: number
  search: string
  offset: number
  pageSize: number
  business: { currency: string; zone: string }
}

/** The list of people, best customers first. */
export function peopleView(data: Data): Html {
  const { counts, people, toCheck, search, business } = data
  const rows = people.map((person) => [
    html`<a href="/people/${person.personId}">${nameOf(person)}</a>`,
    person.email ?? '',
    count(person.orders),
    money(person.spentMinor, business.currency),
    person.lastOrderAt ? day(person.lastOrderAt, business.zone) : '',
  ])
  return html`<h1>People</h1>
    <p class="lede">
      ${plural(counts.people, 'person', 'people')}, and ${plural(counts.visitors, 'visitor')} who never said who they
      are. ${toCheck > 0 ? html`<a href="/identity/review">People to check (${count(toCheck)})</a>` : ''}
    </p>
    <form method="get" action="/people" class="inline" role="search">
      <label for="search">Name, e-mail address or phone number</label>
      <input id="search" name="search" value="${search}" type="search" />
      <button class="main">Search</button>
    </form>
    ${
      people.length === 0
        ? html`<p class="notice">${nobody(search)}</p>`
        : html`<section class="card">
            ${table(
              'Best customers first; spent before refunds, tax included',
              ['Name', 'E-mail', 'Orders', 'Spent', 'Last order'],
              rows,
              [2, 3],
            )}
          </section>`
    }
    ${pager(data)}`
}

const nobody = (search: string): Html =>
  search === ''
    ? html`Nobody is known yet. Read some data first: <code>npm run -s millrace -- ingest --help</code>`
    : html`Nobody found. Try a shorter part of the name.`

function pager({ people, search, offset, pageSize }: Data): Html {
  const at = (from: number): string => `/people?search=${encodeURIComponent(search)}&from=${from}`
  const [before, more] = [offset > 0, people.length === pageSize]
  if (!before && !more) return html``
  return html`<nav class="actions" aria-label="Pages">
    ${before ? html`<a class="button" href="${at(Math.max(0, offset - pageSize))}">Before</a>` : ''}
    ${more ? html`<a class="button" href="${at(offset + pageSize)}">More</a>` : ''}
    <span class="soft">${count(offset + 1)} to ${count(offset + people.length)}</span>
  </nav>`
}

const nameOf = (person: { givenName: string | null; familyName: string | null; email: string | null }): string =>
  [person.givenName, person.familyName].filter(Boolean).join(' ') || person.email || 'Without a name'
