import { unaccented } from './names.ts'
import { emailAt, type Person } from './people.ts'
import type { Random } from './random.ts'

/** A person as one system wrote them down that day. */
export type Appearance = {
  firstName: string
  lastName: string
  email: string
  /** As typed; empty when not given. */
  phone: string
  /** E.164, when given. */
  phoneNumber?: string
  street: string
  city: string
  postalCode: string
}

const nicknames: Record<string, string> = {
  Pieter: 'Piet',
  Thijs: 'Matthijs',
  Maarten: 'Martin',
  Hendrik: 'Henk',
  Cornelis: 'Kees',
  Annemiek: 'Miek',
  Saskia: 'Sas',
  Harriet: 'Hattie',
  Oliver: 'Ollie',
  Matthias: 'Matze',
  Sophie: 'Sofie',
  Marieke: 'Mariek',
  Niels: 'Nils',
  Koen: 'Coen',
}

/** Writes a person down as they appear at an instant, with the slips of real forms. */
export function appear(person: Person, at: Date, phoneShown: number, random: Random): Appearance {
  const name = person.plainlyWritten
    ? { firstName: person.firstName, lastName: person.lastName }
    : typedName(person, random)
  const current = emailAt(person, at)
  const email = person.plainlyWritten ? current : typedEmail(current, random)
  // A mailbox that reads differently is recognised by the phone beside it, where there is one.
  const shows =
    person.phone !== undefined &&
    (person.plainlyWritten || email.toLowerCase() !== current.toLowerCase() || random.chance(phoneShown))
  return {
    ...name,
    email,
    ...(shows && person.phone ? { phone: typedPhone(person.phone, random), phoneNumber: person.phone } : { phone: '' }),
    street: person.street,
    city: random.chance(0.03) ? person.city.toLowerCase() : person.city,
    postalCode: random.chance(0.08) ? person.postalCode.replace(' ', '').toLowerCase() : person.postalCode,
  }
}

function typedName({ firstName, lastName }: Person, random: Random): { firstName: string; lastName: string } {
  const both = (write: (name: string) => string) => ({ firstName: write(firstName), lastName: write(lastName) })
  const slip = random.weighted([
    ['none', 0.8],
    ['swap', 0.04],
    ['initial', 0.05],
    ['lower', 0.04],
    ['upper', 0.02],
    ['nickname', 0.03],
    ['accents', 0.02],
  ])
  if (slip === 'swap') return { firstName, lastName: swapLetters(lastName, random) }
  if (slip === 'initial') return { firstName: `${firstName.slice(0, 1)}.`, lastName }
  if (slip === 'lower') return both((name) => name.toLowerCase())
  if (slip === 'upper') return both((name) => name.toUpperCase())
  if (slip === 'nickname') return { firstName: nicknames[firstName] ?? firstName, lastName }
  return slip === 'accents' ? both(unaccented) : { firstName, lastName }
}

function typedEmail(email: string, random: Random): string {
  const [local = '', domain = ''] = email.split('@')
  if (domain === 'gmail.example' && random.chance(0.16)) {
    return random.chance(0.5)
      ? `${local}+${random.pick(['koffie', 'shop', 'alderandash'])}@${domain}`
      : `${dotted(local)}@${domain}`
  }
  if (random.chance(0.04)) return email.slice(0, 1).toUpperCase() + email.slice(1)
  if (random.chance(0.012)) return `${swapLetters(local, random)}@${domain}`
  return domain === 'gmail.example' && random.chance(0.012) ? `${local}@gmial.example` : email
}

/** Gmail reads a mailbox the same with or without dots. */
const dotted = (local: string): string =>
  local.includes('.') ? local.replaceAll('.', '') : `${local.slice(0, 2)}.${local.slice(2)}`

function swapLetters(text: string, random: Random): string {
  if (text.length < 4) return text
  const index = random.int(1, text.length - 3)
  return `${text.slice(0, index)}${text[index + 1]}${text[index]}${text.slice(index + 2)}`
}

function typedPhone(phone: string, random: Random): string {
  if (!phone.startsWith('+316')) return random.chance(0.5) ? phone : phone.replace(/^\+44(\d{4})(\d{6})$/, '+44 $1 $2')
  const rest = phone.slice(4)
  return random.pick([
    phone,
    `06${rest}`,
    `06-${rest}`,
    `06 ${rest.slice(0, 4)} ${rest.slice(4)}`,
    `0031 6 ${rest}`,
    `+31 (0)6 ${rest}`,
  ])
}
