import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  isBsn,
  isCard,
  isCodiceFiscale,
  isGermanTaxId,
  isIban,
  isInsee,
  isNino,
  isSpanishId,
} from '#rag/redact/check-digits.ts'
import { findPersonal, type PersonalKind } from '#rag/redact/patterns.ts'
import { nameFinder, possibleNames } from '#rag/redact/names.ts'
import { personalLeft, redactRequest, type Outgoing } from '#rag/redact/redact.ts'

const asking = (prompt: string, more: Partial<Outgoing> = {}): Outgoing => ({
  system: 'Write.',
  prompt,
  evidence: [],
  ...more,
})
const kindsIn = (text: string): PersonalKind[] => findPersonal(text).map(({ kind }) => kind)

describe('what the rules see', () => {
  it.each<[PersonalKind, string]>([
    ['EMAIL', 'Write to anna.de-vries+news@mail.example.co.uk today'],
    ['IBAN', 'to NL91 ABNA 0417 1643 00, please'],
    ['IBAN', 'to GB82WEST12345698765432.'],
    ['CARD', 'my card 4111 1111 1111 1111 expired'],
    ['IP', 'from 192.168.12.250 at noon'],
    ['IP', 'from 2001:db8::8a2e:370:7334 at noon'],
    ['ID', 'number 308-63-0237'],
    ['PHONE', 'call +31 6 1234 5000 before six'],
    ['PHONE', 'ring 020 624 1111'],
    ['PHONE', 'on (415) 555-0132 x12'],
    ['URL', 'open https://shop.example/account?token=abc123 now'],
    ['URL', 'https://shop.example/u/9f86d081884c7d659a2feaa0c55ad015'],
    ['ADDRESS', 'send it to Prinsengracht 263, thanks'],
    ['ADDRESS', 'at 221b Baker Street in town'],
    ['ADDRESS', 'the code is SW1A 1AA there'],
    ['ADDRESS', 'lives at 12 Rue de la Paix, 75002 Paris, France'],
    ['ADDRESS', 'ship to Via Garibaldi 7\n Apt. 12\n Bergamo\n Italy 24122'],
    ['MAC', 'the device 00:1B:44:11:3A:B7 is hers'],
    ['BIRTH', 'she was born on 12 March 1984 there'],
    ['BIRTH', 'DOB: 03/12/1984'],
    ['ID', 'NINO AB 12 34 56 C'],
    ['ID', 'mijn BSN is 111222333'],
    ['ID', 'Steuer-ID 47036892816'],
    ['ID', 'numéro 2 55 08 14 168 025 38'],
    ['ID', 'DNI 12345678Z'],
    ['ID', 'NIE X1234567L'],
    ['ID', 'codice fiscale RSSMRA85T10A562S'],
    ['ID', 'my driver’s license number is A56319335'],
    ['ID', 'passport no. 925665416'],
    ['NAME', 'my name is Kelechi Oyelowo'],
    ['NAME', 'ask Mrs. Thornbury about it'],
    ['NAME', 'Dear Wiebke,'],
    ['NAME', 'we spoke with Paolo Castagneri yesterday'],
  ])('finds %s in "%s"', (kind, text) => {
    expect(kindsIn(text)).toEqual([kind])
  })

  it.each([
    'Ethiopia Aricha costs €13.20 for 250 g, or €47.00 for 1 kg.',
    'Saturday 14 November 2026, 10:00–12:00, eight places.',
    'From 1,950 to 2,100 metres; roasted 2026-11-21 at 14:00:30.',
    'Order 4111 1111 1111 1112 has another check digit than a card.',
    'https://shop.example/products/ethiopia-aricha?variant=250g',
    'Version 1.2.3 of the recipe uses 94 °C water and 15 g.',
    'Order 111222333 is on its way, 3 bags to a place of your choice.',
    'Dear customer, hello there, and dear all.',
    'We roast Ethiopia Aricha and Colombia Huila on Thursday.',
    'Call us about [PHONE_1] or write to [EMAIL_2].',
  ])('leaves "%s" alone', (text) => {
    expect(kindsIn(text)).toEqual([])
  })

  it.each<[string, (text: string) => boolean, string, string]>([
    ['cards by Luhn', isCard, '378282246310005', '378282246310006'],
    ['cards that are one digit again and again', isCard, '4111111111111111', '0000000000000000'],
    ['accounts by modulus 97', isIban, 'DE89 3704 0044 0532 0130 00', 'DE88 3704 0044 0532 0130 00'],
    ['the Dutch number by eleven', isBsn, '111222333', '111222334'],
    ['the German tax number by 11,10', isGermanTaxId, '86095742719', '86095742718'],
    ['the French number by its key', isInsee, '2 55 08 14 168 025 38', '2 55 08 14 168 025 39'],
    ['the Spanish numbers by their letter', isSpanishId, 'X-1234567-L', '12345678A'],
    ['the Italian code by its last letter', isCodiceFiscale, 'RSSMRA85T10A562S', 'RSSMRA85T10A562T'],
    ['British numbers by letters never given', isNino, 'AB 12 34 56 C', 'BG 12 34 56 C'],
  ])('checks %s', (_what, holds, right, wrong) => {
    expect([holds(right), holds(wrong)]).toEqual([true, false])
  })

  it('finds what stands far down a long text, once, and takes no time for text without spaces', () => {
    const filler = 'The beans rest for a week before they ship. '.repeat(300)
    const text = `${filler}Write to anna@example.com. ${filler}${'a1'.repeat(5000)} ${filler}Dear Wiebke,`
    const found = findPersonal(text)
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['anna@example.com', 'Wiebke'])
  })
})

describe('names of customers', () => {
  const find = (text: string, names: string[]) =>
    nameFinder(names)(text).map(({ start, end }) => text.slice(start, end))

  it('finds whole names in any case, and single names when capitalised', () => {
    expect(find("anna de vries and Jan's sister", ['Anna de Vries', 'Jan'])).toEqual(['anna de vries', 'Jan'])
    expect(find('jan will come', ['Jan'])).toEqual([])
  })

  it('takes the longer name, and no everyday word for a name alone', () => {
    expect(find('Anna Smith wrote', ['Anna', 'Anna Smith'])).toEqual(['Anna Smith'])
    expect(find('In May we will see. May Brown wrote.', ['May', 'May Brown', 'Will'])).toEqual(['May Brown'])
  })

  it('offers only capitalised words to look up', () => {
    expect(possibleNames(['Write to Anna about the roast', 'Anna again'])).toEqual(['Anna', 'Write'])
  })
})

describe('a redacted request', () => {
  it('gives the same value the same placeholder everywhere, and restores answers', () => {
    const { request, restore, replaced } = redactRequest(
      asking('Write to anna@example.com and bo@example.com; anna@example.com first. Dear Anna Smith'),
      ['Anna Smith'],
    )
    expect(request.prompt).toBe('Write to [EMAIL_1] and [EMAIL_2]; [EMAIL_1] first. Dear [NAME_1]')
    expect(replaced).toEqual({ EMAIL: 2, NAME: 1 })
    expect(restore({ text: 'Hello [NAME_1], we wrote to [EMAIL_2].', n: 1 })).toEqual({
      text: 'Hello Anna Smith, we wrote to bo@example.com.',
      n: 1,
    })
  })

  it('reaches evidence, the brief and a former answer, and leaves ids, dates and schemas alone', () => {
    const id = '01931f6e-0000-7000-8000-000000000001'
    const at = new Date('2026-11-01T00:00:00Z')
    const evidence = [
      { id: 'F1', citation: { kind: 'fact' as const, factId: id as never }, text: 'Ask +31 6 1234 5000.', validFrom: at, validTo: null },
    ] // prettier-ignore
    const schema = z.object({ a: z.string() })
    const request = { ...asking('x', { evidence, repair: { output: 'to a@b.example', problems: [] } }), schema }
    const { request: clean } = redactRequest(request, [])
    expect(clean.evidence[0]).toEqual({ ...evidence[0], text: 'Ask [PHONE_1].' })
    expect(clean.repair?.output).toBe('to [EMAIL_1]')
    expect(clean.schema).toBe(schema)
  })

  it('does not mix up a placeholder that the text already holds', () => {
    const { request, restore } = redactRequest(asking('[EMAIL_1] is not a@b.example'), [])
    expect(request.prompt).toBe('[EMAIL_1] is not [EMAIL_2]')
    expect(restore(request.prompt)).toBe('[EMAIL_1] is not a@b.example')
  })

  const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
  const luhn = (body: number[]): string => {
    const sum = body.toReversed().reduce((total, digit, index) => total + (index % 2 === 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit), 0) // prettier-ignore
    return [...body, (10 - (sum % 10)) % 10].join('')
  }
  const iban = (account: string): string => {
    const rest = Array.from(`ABNA${account}NL00`, (sign) => Number.parseInt(sign, 36)).join('')
    const check = 98 - Array.from(rest, Number).reduce((value, digit) => (value * 10 + digit) % 97, 0)
    return `NL${String(check).padStart(2, '0')}ABNA${account}`
  }
  const word = fc.stringMatching(/^[a-z]{2,9}$/)
  const structured = fc.oneof(
    fc.tuple(word, word).map(([a, b]) => `${a}@${b}.example`),
    digits(15).filter((body) => new Set(body).size > 1).map((body) => luhn([4, ...body.slice(1)])),
    digits(10).map((body) => iban(body.join(''))),
    fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 255 }))).map((parts) => parts.join('.')),
    word.map((token) => `https://shop.example/reset?token=${token}`),
  ) // prettier-ignore
  const sentence = fc.array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: structured }), { minLength: 1, maxLength: 12 }) // prettier-ignore

  it('lets no structured value leave, and gives every one back', () => {
    fc.assert(
      fc.property(sentence, sentence, (first, second) => {
        const [prompt, system] = [first.join(' '), second.join(', ')]
        const { request, restore } = redactRequest({ ...asking(prompt), system }, [])
        const left = `${request.prompt} ${request.system}`
        for (const value of [...first, ...second]) if (/[@\d]|token=/.test(value)) expect(left).not.toContain(value)
        expect(personalLeft(request, [])).toBe(0)
        expect(restore({ prompt: request.prompt, system: request.system })).toEqual({ prompt, system })
      }),
    )
  })

  it('gives back any text whatever', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.array(word), (prompt, names) => {
        const { request, restore } = redactRequest(asking(prompt), names)
        expect(restore(request.prompt)).toBe(prompt)
      }),
    )
  })
})

describe('what the owner allows', () => {
  const text = 'Ask Anna Smith on +31 6 1234 5000 or hello@shop.example'

  it('leaves as it is, by kind or by value', () => {
    const allowed = { kinds: ['NAME' as const], values: ['Hello@shop.example'] }
    const { request } = redactRequest(asking(text), [], allowed)
    expect(request.prompt).toBe('Ask Anna Smith on [PHONE_1] or hello@shop.example')
    expect([personalLeft(request, [], allowed), personalLeft(request, [])]).toEqual([0, 2])
  })
})
