import { fact, mail, troubles } from './guarded-copy.ts'

const months = 'January February March April May June July August September October November December'.split(' ')
const words = 'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ') // prettier-ignore
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const inWords = (value: number): string => {
  if (value < 20) return words[value - 2] ?? 'one'
  const ten = tens[Math.floor(value / 10) - 2]!
  return value % 10 === 0 ? ten : `${ten}-${inWords(value % 10)}`
}

type Case = { correct: string; statement: string; wrong: [kind: string, text: string][] }

const euros = (minor: number): string => `€${(minor / 100).toFixed(2)}`

function priceCase(product: string, minor: number): Case {
  const say = (price: string) => `${product} costs ${price} for 250 g.`
  const right = euros(minor)
  const whole = Math.floor(minor / 100)
  const cents = minor % 100
  const digits = Array.from(right).flatMap((sign, at) =>
    /\d/.test(sign) ? [`${right.slice(0, at)}${(Number(sign) + 3) % 10}${right.slice(at + 1)}`] : [],
  )
  return {
    correct: say(right),
    statement: say(right),
    wrong: [
      ...digits.map((price): [string, string] => ['digit', say(price)]),
      ...['$', '£', '¥'].map((sign): [string, string] => ['currency', say(right.replace('€', sign))]),
      ['currency', say(`${(minor / 100).toFixed(2)} dollars`)],
      ['no currency', say((minor / 100).toFixed(2))],
      ['shifted', say(euros(minor * 10))],
      ['cents gone', say(`€${cents === 0 ? whole + 1 : whole}`)],
      ['words', say(`${inWords(whole)} ${inWords(cents === 90 ? 40 : cents + 10)}`)],
      ['words', say(`${inWords(whole + 1)} euros`)],
      ['from', say(`from €${whole}`)],
      ['from', say(`from ${right}`)],
      ['up to', say(`up to ${right}`)],
      ['under', say(`under ${euros(minor + 50)}`)],
      ['range', say(`€${whole - 1}–${whole}`)],
      ['per', `${product} costs ${right} for 500 g.`],
      ['per', `${product} costs ${right} for 1 kg.`],
      ['half', say(`half price, ${right}`)],
      ['two for one', `${product} costs ${right} for 250 g, two for one.`],
      ['two for one', `${product} costs ${right} for 250 g: buy one, get one free.`],
      ['free', `${product} is free.`],
    ],
  }
}

function discountCase(product: string, share: number): Case {
  const say = (discount: string) => `Subscribers get ${discount} ${product}.`
  const right = `${share}% off`
  return {
    correct: say(right),
    statement: say(right),
    wrong: [
      ['percent', say(`${share + 5}% off`)],
      ['percent', say(`${share * 2} % off`)],
      ['percent', say(`${share}.5% off`)],
      ['percent in words', say(`${inWords(share + 5)} percent off`)],
      ['half', say('half price')],
      ['half', say('half off')],
      ['third', say('a third off')],
      ['quarter', say('a quarter off')],
      ['two for one', say('two for one on')],
      ['two for one', say('2-for-1 on')],
      ['amount', say(`€${share} off`)],
      ['up to', say(`up to ${share}% off`)],
      ['at least', say(`at least ${share}% off`)],
    ],
  }
}

function dateCase(product: string, day: number, month: number): Case {
  const date = (shift: number, year = 2026) => {
    const at = new Date(Date.UTC(2026, month, day + shift))
    return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${year}`
  }
  const say = (on: string) => `The tasting of ${product} is on ${on} at 14:00.`
  const weekday = (shift: number) =>
    new Date(Date.UTC(2026, month, day + shift)).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })
  const iso = (shift: number) => new Date(Date.UTC(2026, month, day + shift)).toISOString().slice(0, 10)
  return {
    correct: say(date(0)),
    statement: say(date(0)),
    wrong: [
      ['day', say(date(1))],
      ['day', say(date(-1))],
      ['day', say(date(7))],
      ['month', say(date(31))],
      ['year', say(date(0, 2027))],
      ['weekday', say(`${weekday(1)} ${date(0)}`)],
      ['order', say(`${months[month]} ${day + 1}, 2026`)],
      ['iso', say(iso(1))],
      ['time', say(date(0)).replace('14:00', '15:00')],
      ['time', say(date(0)).replace('14:00', '2 am')],
      ['until', `The tasting of ${product} runs until ${date(2)}.`],
    ],
  }
}

const products = [
  'Yirgacheffe Kochere',
  'Huila Decaf',
  'Sumatra Gayo',
  'Finca Buena Vista',
  'House Espresso',
  'Nyeri Peaberry',
]
const prices = [1350, 1200, 895, 2450, 1990, 1725]
const cases = products.flatMap((product, at): Case[] => [
  priceCase(product, prices[at]!),
  priceCase(product, prices[(at + 2) % prices.length]! + 75),
  discountCase(product, [15, 20, 10, 30, 12, 45][at]!),
  discountCase(product, [5, 18, 35, 8, 40, 22][at]!),
  dateCase(product, 3 + at * 4, (at * 2) % 12),
  dateCase(product, 8 + at * 3, (at * 2 + 1) % 12),
])

/** Ways of saying the same, all right. */
const alike = (text: string): string[] => [text, text.replace(/€(\d+\.\d\d)/, '$1 euros'), text.replace(/(\d)% off/, '$1 percent off'), text.replace(' 2026', '')] // prettier-ignore

export type MutationCount = { mutations: number; kinds: number; passed: string[]; correct: number; blocked: string[] }

/** Correct copy, changed in one price, discount or date: how many changes pass, and how much correct copy is stopped. */
export function countMutations(): MutationCount {
  const passed: string[] = []
  const blocked: string[] = []
  let mutations = 0
  let correct = 0
  const isBlocked = (text: string, { statement }: Case): boolean => {
    const evidence = fact(statement)
    return troubles(mail([[text, evidence]]), [evidence]).some((trouble) => trouble.startsWith('block'))
  }
  for (const one of cases) {
    for (const text of new Set(alike(one.correct))) {
      correct += 1
      if (isBlocked(text, one)) blocked.push(`blocked: ${text} | ${one.statement}`)
    }
    for (const [kind, text] of one.wrong) {
      mutations += 1
      if (!isBlocked(text, one)) passed.push(`passed (${kind}): ${text} | ${one.statement}`)
    }
  }
  return {
    mutations,
    kinds: new Set(cases.flatMap(({ wrong }) => wrong.map(([kind]) => kind))).size,
    passed,
    correct,
    blocked,
  }
}
