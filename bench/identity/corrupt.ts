import type { Random } from '#examples/roastery/random.ts'
import { nicknames, streetKinds } from './words.ts'

const rows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1234567890']
const letters = 'abcdefghijklmnopqrstuvwxyz'.split('')

const shapes = pairs('m=rn l=1 o=0 s=5 i=l cl=d g=q h=b vv=w e=c u=v n=ri z=2 b=6 t=f 5=s 0=o 1=l 8=b 6=b')
const sounds = pairs(
  'ph=f ck=k ie=y ey=y y=ie th=t c=k k=c s=z z=s ee=ea ea=ee oo=u ou=o tt=t ll=l ss=s nn=n mm=m gh=g wh=w qu=kw x=ks dge=j ai=ay ay=ai er=a au=or v=f',
)

function pairs(text: string): (readonly [string, string])[] {
  return text.split(' ').map((pair) => {
    const [from = '', to = ''] = pair.split('=')
    return [from, to] as const
  })
}

const spliced = (text: string, from: number, removed: number, put: string): string =>
  text.slice(0, from) + put + text.slice(from + removed)

/** A key beside the one that was meant. */
function neighbour(character: string, random: Random): string {
  const row = rows.find((keys) => keys.includes(character))
  if (row === undefined) return random.pick(letters)
  const index = row.indexOf(character) + (random.chance(0.5) ? 1 : -1)
  return row[index] ?? row[1]!
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9'

/** Replaces one of the pieces where it stands, or gives the text back as it was. */
function exchanged(text: string, list: readonly (readonly [string, string])[], random: Random): string {
  const start = random.int(0, list.length - 1)
  for (let step = 0; step < list.length; step += 1) {
    const [from, to] = list[(start + step) % list.length]!
    const index = text.indexOf(from)
    if (index >= 0) return spliced(text, index, from.length, to)
  }
  return text
}

/** One slip of a hand, an eye or an ear. An empty text stays empty. */
export function slip(text: string, random: Random): string {
  if (text === '') return text
  const at = random.int(0, text.length - 1)
  const character = text[at]!.toLowerCase()
  const drawn = random.next()
  if (drawn < 0.18) return text.length < 2 ? text : spliced(text, at, 1, '')
  if (drawn < 0.36) {
    const any = isDigit(character) ? String(random.int(0, 9)) : random.pick(letters)
    return spliced(text, at, 0, random.chance(0.5) ? character : any)
  }
  if (drawn < 0.56) return spliced(text, at, 1, neighbour(character, random))
  if (drawn < 0.72) return at === 0 ? text : spliced(text, at - 1, 2, `${text[at]!}${text[at - 1]!}`)
  if (drawn < 0.82) return exchanged(text, shapes, random)
  if (drawn < 0.95) return exchanged(text, sounds, random)
  return text.includes(' ') ? text.replace(' ', '') : spliced(text, at, 0, ' ')
}

/** As many slips as given. */
export function slips(text: string, count: number, random: Random): string {
  let slipped = text
  for (let made = 0; made < count; made += 1) slipped = slip(slipped, random)
  return slipped
}

/** One slip, seldom two. */
export const mistyped = (text: string, random: Random): string => slips(text, random.chance(0.2) ? 2 : 1, random)

/** What friends call somebody; the name itself where there is nothing shorter. */
export function nicknameOf(name: string, random: Random): string {
  const short = nicknames.get(name)
  return short === undefined || short.length === 0 ? name : random.pick(short)
}

/** A wrong digit, two digits swapped, day and month exchanged, a year beside, or the first of January. */
export function wrongDate(iso: string, random: Random): string {
  const [year = '', month = '', day = ''] = iso.split('-')
  const drawn = random.next()
  if (drawn < 0.22 && Number(day) <= 12) return `${year}-${day}-${month}`
  if (drawn < 0.34) return `${year}-01-01`
  if (drawn < 0.48) return `${Number(year) + (random.chance(0.5) ? 1 : -1)}-${month}-${day}`
  if (drawn < 0.6) return `${year}-${month}-${day.charAt(1)}${day.charAt(0)}`
  if (drawn < 0.72) return `${year}-${String(random.int(1, 12)).padStart(2, '0')}-${day}`
  if (drawn < 0.82) return `${year.slice(0, 2)}${year.charAt(3)}${year.charAt(2)}-${month}-${day}`
  const at = random.pick([3, 6, 8, 9])
  return spliced(iso, at, 1, String(random.int(0, 9)))
}

const kinds = new Map(streetKinds)

/** `Church Lane` as `Church Ln`. */
export function abbreviated(street: string): string {
  const cut = street.lastIndexOf(' ')
  const short = kinds.get(street.slice(cut + 1))
  return short === undefined ? street : `${street.slice(0, cut)} ${short}`
}
