import * as make from './columns-support.ts'
import { type Columns } from './columns-support.ts'

/** Files whose columns are called c1, c2 and so on. */
export const nameless: Record<string, Columns> = {
  'of people and where they live': {
    id: [make.sequence, 'record-id'],
    given: [make.given, 'given'],
    family: [make.rareFamily, 'family'],
    birth: [make.dmyBirth, 'dob'],
    street: [make.addressEn, 'street'],
    suburb: [make.suburb, 'city'],
    postcode: [make.four, 'postcode'],
    state: [make.stateAu, 'state'],
    phone: [make.phoneLocal, 'phone'],
    email: [make.email, 'email'],
    sex: [make.sex, 'gender'],
    empty: [make.nothing, 'empty'],
  },
  'of names in one column': {
    id: [make.uuid, 'record-id'],
    name: [make.full, 'full'],
    birth: [make.compactBirth, 'dob'],
    address: [make.addressEn, 'street'],
    city: [make.cityUk, 'city'],
    postcode: [make.ukPostcode, 'postcode'],
    country: [make.country, 'country'],
    when: [make.recent, 'ignore'],
    amount: [make.amount, 'ignore'],
  },
  'of Dutch customers': {
    number: [make.personNumber, 'user-id'],
    given: [make.given, 'given'],
    family: [make.family, 'family'],
    street: [make.street(['straat', 'laan', 'weg'], ''), 'street'],
    house: [make.houseNumber, 'house-number'],
    postcode: [make.nlPostcode, 'postcode'],
    city: [make.cityNl, 'city'],
    mobile: [make.mobile, 'phone'],
  },
  'of Americans': {
    row: [make.sequence, 'record-id'],
    family: [make.family, 'family'],
    given: [make.given, 'given'],
    ssn: [make.ssn, 'user-id'],
    birth: [make.mdyBirth, 'dob'],
    zip: [make.five, 'postcode'],
    state: [make.stateUs, 'state'],
    phone: [make.phoneUs, 'phone'],
    answer: [make.clusterOf, 'ignore'],
  },
}
