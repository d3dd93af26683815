import { textOfHtml } from '../../cleanse/text.ts'
import { parsedJson } from '../../reading/json-rows.ts'
import { dateOf, weekdays } from '../dates.ts'
import { titled } from '../opening-hours.ts'
import { visibleText } from '../visible-text.ts'
import { attribute, elementsOf, rawText, type Node } from './page.ts'

type Thing = Readonly<Record<string, unknown>>

const deepest = 12
const mostThings = 2000

/**
 * What a page declares to machines in JSON-LD of schema.org, as Markdown below its title, so that it can be quoted and is read by
 * the same rules as all texts: prices of products, questions with answers that the page does not show itself, opening
 * hours, and how the business is reached. Empty where it declares none of these.
 */
export function declaredText(root: Node, title: string, shown: string): string {
  const things = thingsOf(root)
  const of = (...types: string[]): Thing[] =>
    things.filter((thing) => typesOf(thing).some((type) => types.includes(type)))
  const blocks = [
    ...of('Product', 'ProductGroup', 'Course', 'Event', 'Service').flatMap(offers),
    ...of('Question').flatMap((question) => answered(question, shown)),
    ...things.flatMap(hours),
    ...things.filter((thing) => thing['address'] !== undefined || thing['telephone'] !== undefined).flatMap(contact),
  ]
  return blocks.length === 0 ? '' : [`# ${title}`, ...new Set(blocks)].join('\n\n')
}

function thingsOf(root: Node): Thing[] {
  const scripts = [...elementsOf(root)].filter(
    (element) => element.tagName === 'script' && /^application\/ld\+json\b/i.test(attribute(element, 'type') ?? ''),
  )
  const things: Thing[] = []
  const gather = (value: unknown, depth: number): void => {
    if (depth > deepest || things.length >= mostThings || typeof value !== 'object' || value === null) return
    if (!Array.isArray(value) && '@type' in value) things.push(value)
    for (const inner of Object.values(value)) gather(inner, depth + 1)
  }
  for (const script of scripts) gather(parsedJson(rawText(script)), 0)
  return things
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]
const thingsIn = (value: unknown): Thing[] => listOf(value).filter((one): one is Thing => typeof one === 'object' && one !== null) // prettier-ignore
const lastPart = (text: string): string => text.replace(/^.*[/#]/, '')
const typesOf = (thing: Thing): string[] => listOf(thing['@type']).filter((type) => typeof type === 'string').map(lastPart) // prettier-ignore

/** One line of a property; empty where it is no text or number. */
function line(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  return visibleText(textOfHtml(String(value)))
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 2000)
}

/** A price of each offer of a thing that names one amount; a range of prices is none. */
function offers(thing: Thing): string[] {
  const name = line(thing['name'])
  const prices = thingsIn(thing['offers']).flatMap((offer) => {
    const specified = thingsIn(offer['priceSpecification'])[0]
    const [price, currency] = [line(offer['price'] ?? specified?.['price']), line(offer['priceCurrency'] ?? specified?.['priceCurrency'])] // prettier-ignore
    const end = dateOf(line(offer['priceValidUntil']))
    const called = line(offer['name']) || name
    if (!/^\d+(?:\.\d+)?$/.test(price) || !/^[A-Z]{3}$/.test(currency) || called === '') return []
    return [`## ${called}\n\n${called} costs ${currency} ${price}${end === null ? '' : ` until ${end}`}.`]
  })
  return name === '' ? [] : prices
}

function answered(question: Thing, shown: string): string[] {
  const asked = line(question['name'] ?? question['text'])
  const answer = thingsIn(question['acceptedAnswer'] ?? question['suggestedAnswer']).map((one) => line(one['text']))[0]
  return asked === '' || !answer || shown.includes(asked) ? [] : [`## ${asked}\n\n${answer}`]
}

/** Opening hours that hold always; those of a season have days of their own. */
function hours(thing: Thing): string[] {
  const always = thingsIn(thing['openingHoursSpecification']).filter(
    (one) => one['validFrom'] === undefined && one['validThrough'] === undefined,
  )
  if (always.length === 0) return []
  const rows = weekdays.map((day) => {
    const ofDay = always.filter((one) =>
      listOf(one['dayOfWeek']).some((name) => typeof name === 'string' && lastPart(name).toLowerCase() === day),
    )
    const spans = ofDay.map((one) => [clock(one['opens']), clock(one['closes'])]).filter(([from, to]) => from !== to)
    return `| ${titled(day)} | ${spans.map((span) => span.join('–')).join(', ') || 'closed'} |`
  })
  return [`## Opening hours\n\n| Day | Open |\n|---|---|\n${rows.join('\n')}`]
}

const clock = (value: unknown): string => /^\d{1,2}:\d{2}/.exec(line(value))?.[0] ?? ''

function contact(thing: Thing): string[] {
  const home = thingsIn(thing['address'])[0]
  const part = (name: string): string => line(home?.[name])
  const town = [part('postalCode'), part('addressLocality')].filter((text) => text !== '').join(' ')
  const address = home ? [part('streetAddress'), town] : [line(thing['address'])]
  const lines = [
    ['Address', address.filter((text) => text !== '').join(', ')],
    ['Telephone', line(thing['telephone'])],
    ['E-mail', line(thing['email']).replace(/^mailto:/, '')],
  ].filter(([, text]) => text !== '')
  return lines.length === 0 ? [] : [`## Contact\n\n${lines.map(([name, text]) => `${name}: ${text}`).join('\n\n')}`]
}
