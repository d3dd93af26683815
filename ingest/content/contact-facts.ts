import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import type { Found, Written } from './fact.ts'
import { plainText, sentencesOf, slug, type Block } from './markdown.ts'

/** Pages on which an address is the business's own; elsewhere it may be anybody's. */
const own = /about|contact|impressum|imprint|colofon|visit|find us|where|location|adres|adresse|over ons|über uns/i

const email = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/u
const phone = /(?<![\d\p{L}])(?:\+|00|0)\d[\d\s()./-]{6,17}\d(?!\d)/u
const street = String.raw`\p{Lu}[\p{L}.'’ -]{2,40}\s\d{1,4}(?:\s?[a-zA-Z](?![\p{L}]))?(?:-\d{1,4})?`
const town = String.raw`\p{Lu}[\p{L}'’-]+(?:\s(?:am|an der|aan|den|de|der|\p{Lu}[\p{L}'’-]+)){0,2}`
const british = String.raw`[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}`
const address = new RegExp(
  String.raw`(${street}),?\s+((?:\d{4}\s?[A-Z]{2}|\d{4,5})\s+${town})|(\d{1,4}[a-z]?\s\p{Lu}[\p{L}.'’ -]{2,40},\s+${town},?\s+${british})`,
  'u',
)

/** How the business is reached: e-mail address, telephone number and address of its own pages, each as one way to write it. */
export function contactsInText(uri: string, body: string, block: Block, { country }: Written): Found[] {
  if (![uri, ...block.headings].some((name) => own.test(name))) return []
  return sentencesOf(body, block).flatMap((span) => {
    const text = plainText(span.text.replaceAll(/\s+/g, ' '))
    const said = (predicate: string, name: string, value: string): Found => ({
      subject: 'business', predicate, otherwise: `${predicate}-${slug(value)}`, value,
      statement: `The ${name} of the business is ${value}.`, span,
    }) // prettier-ignore
    const mail = canonicalEmail(email.exec(text)?.[0])
    const dialled = canonicalPhone(phone.exec(text)?.[0], country)
    const where = address.exec(text)
    const home = where?.[3] ?? (where ? `${where[1]}, ${where[2]}` : undefined)
    return [
      ...(mail === undefined ? [] : [said('email', 'e-mail address', mail)]),
      ...(dialled === undefined ? [] : [said('phone', 'telephone number', dialled)]),
      ...(home === undefined ? [] : [said('address', 'address', home)]),
    ]
  })
}
