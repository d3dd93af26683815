import { html } from 'hono/html'
import { dayNumbers, units } from '../campaign-form/fields.ts'
import type { Entered, Form } from '../visitor.ts'
import { table, type Html } from './layout.ts'

/** A form as it is filled in: what stands in each field by its name. */
export type Filled = { form: Form; prefix?: string }

/**
 * What was entered in the form that is posted to a path, where that was refused; `hidden` tells it from others that are
 * posted there.
 */
export function enteredIn(entered: Entered | null, path: string, hidden: Form = {}): Form | null {
  const isOwn = entered?.at === path && Object.entries(hidden).every(([name, value]) => entered.form[name] === value)
  return isOwn ? entered.form : null
}

/** What was entered in one field of such a form; nothing where it was not refused. */
export const entryIn = (entered: Entered | null, path: string, name: string, hidden: Form = {}): string =>
  enteredIn(entered, path, hidden)?.[name] ?? ''

const nameOf = ({ prefix = '' }: Filled, name: string): string => `${prefix}${name}`
const valueOf = (filled: Filled, name: string): string => filled.form[nameOf(filled, name)] ?? ''

const kinds = {
  text: html`type="text"`,
  time: html`type="time"`,
  instant: html`type="datetime-local"`,
  // Of what is no number, a number's own field would send nothing, and nobody would be told.
  whole: html`type="text" autocomplete="off"`,
  part: html`type="text" inputmode="decimal" autocomplete="off"`,
}

/** One line to be filled in. */
export function line(filled: Filled, name: string, label: string, kind: keyof typeof kinds = 'text'): Html {
  const id = nameOf(filled, name)
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input id="${id}" name="${id}" value="${valueOf(filled, name)}" ${kinds[kind]} />
  </div>`
}

/** Several lines, such as properties or a rule. */
export function lines(filled: Filled, name: string, label: string, mono = false): Html {
  const id = nameOf(filled, name)
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <textarea id="${id}" name="${id}" rows="2" spellcheck="${mono ? 'false' : 'true'}" class="${mono ? 'mono' : ''}">${valueOf(filled, name)}</textarea>
  </div>` // prettier-ignore
}

/** How many people a yes is for: asked where that is everybody there is. */
export const peopleField = (typed = '', id = 'people'): Html =>
  html`<div class="field">
    <label for="${id}">How many people this goes to</label>
    <input id="${id}" name="people" value="${typed}" inputmode="numeric" pattern="[0-9]+" required />
  </div>`

export type Option = { value: string; words: string }

/** One of several; what stands there and is none of them is offered too. */
export function choice(filled: Filled, name: string, label: string, options: readonly Option[]): Html {
  const id = nameOf(filled, name)
  const now = valueOf(filled, name)
  const known = options.some(({ value }) => value === now)
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <select id="${id}" name="${id}">
      ${known ? '' : html`<option value="${now}" selected>${now === '' ? '—' : now}</option>`}
      ${options.map(({ value, words }) => html`<option value="${value}" ${value === now ? 'selected' : ''}>${words}</option>`)}
    </select>
  </div>`
}

/** A choice whose options have fields of their own: only those of the chosen are shown. */
export function kindOf(
  filled: Filled,
  name: string,
  legend: string,
  options: readonly (Option & { fields?: Html })[],
): Html {
  const now = valueOf(filled, name)
  return html`<fieldset class="kinds">
    <legend>${legend}</legend>
    ${options.map(({ value, words, fields }, at) => {
      const id = `${nameOf(filled, name)}-${value}`
      return html`<div>
        <label class="choice" for="${id}"
          ><input
            type="radio"
            id="${id}"
            name="${nameOf(filled, name)}"
            value="${value}"
            ${value === now || (now === '' && at === 0) ? 'checked' : ''}
          /><span>${words}</span></label
        >
        ${fields ? html`<div class="of-kind">${fields}</div>` : ''}
      </div>`
    })}
  </fieldset>`
}

/** A number and its unit. */
export const stretchLine = (filled: Filled, name: string, label: string): Html =>
  html`<div class="pair">
    ${line(filled, name, label, 'whole')}
    ${choice(
      filled,
      `${name}-unit`,
      'of',
      units.toReversed().map((unit) => ({ value: unit.name, words: unit.name })),
    )}
  </div>`

/** An event, and what it must be about. */
export const occasionLine = (filled: Filled, name: string, label: string): Html =>
  html`<div class="pair">
    ${line(filled, name, label)} ${lines(filled, `${name}-where`, 'with, one on a line: name = value')}
  </div>`

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export const dayTicks = (filled: Filled, name: string): Html =>
  html`<fieldset class="days">
    <legend>On (every day where none is chosen)</legend>
    ${dayNumbers.map((day) => tick(filled, `${name}-day-${day}`, days[day - 1]!))}
  </fieldset>`

export const tick = (filled: Filled, name: string, words: string): Html =>
  html`<label class="choice"
    ><input
      type="checkbox"
      name="${nameOf(filled, name)}"
      value="on"
      ${valueOf(filled, name) === '' ? '' : 'checked'}
    /><span>${words}</span></label
  >`

/** A list as rows of fields without labels of their own: the heads of the columns name them. */
export function rows(
  caption: string,
  filled: Filled,
  columns: readonly { name: (row: number) => string; head: string; options?: readonly Option[]; wide?: boolean }[],
  numbers: readonly number[],
): Html {
  const cell = (row: number, column: (typeof columns)[number]): Html => {
    const [id, now] = [nameOf(filled, column.name(row)), valueOf(filled, column.name(row))]
    const about = html`name="${id}" aria-label="${column.head}, ${row}"`
    if (!column.options) return column.wide ? html`<textarea ${about} rows="1" class="mono" spellcheck="false">${now}</textarea>` : html`<input ${about} value="${now}" />` // prettier-ignore
    const known = column.options.some(({ value }) => value === now)
    return html`<select ${about}>
      ${known ? '' : html`<option value="${now}" selected>${now === '' ? '—' : now}</option>`}
      ${column.options.map(({ value, words }) => html`<option value="${value}" ${value === now ? 'selected' : ''}>${words}</option>`)}
    </select>`
  }
  return html`<div class="fill">
    ${table(
      caption,
      columns.map(({ head }) => head),
      numbers.map((row) => columns.map((column) => cell(row, column))),
    )}
  </div>`
}
