import { hasRealData, realData } from '../support/real-data.ts'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { findPersonal, isCard, isIban, type PersonalKind } from '#rag/redact/patterns.ts'
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
  ])('leaves "%s" alone', (text) => {
    expect(kindsIn(text)).toEqual([])
  })

  it('checks cards by Luhn and accounts by modulus 97', () => {
    expect([isCard('378282246310005'), isCard('378282246310006'), isCard('0000000000000000')]).toEqual([
      true,
      false,
      false,
    ])
    expect([isIban('DE89 3704 0044 0532 0130 00'), isIban('DE88 3704 0044 0532 0130 00')]).toEqual([true, false])
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

const data = realData('rag/pii_dev.json')
const corpus = z.array(
  z.object({
    full_text: z.string(),
    spans: z.array(z.object({ entity_type: z.string(), entity_value: z.string(), start_position: z.number() })),
  }),
)

describe('on labelled texts', () => {
  it.skipIf(!hasRealData('rag/pii_dev.json'))('finds at least 98 % of structured data', ({ annotate }) => {
    const seen = new Map<string, { whole: number; found: number }>()
    for (const { full_text: text, spans } of corpus.parse(JSON.parse(readFileSync(data, 'utf8')))) {
      const found = findPersonal(text)
      for (const { entity_type: type, entity_value: value, start_position: position } of spans) {
        const start = Array.from(text).slice(0, position).join('').length
        const missed = Array.from(value).some((sign, index) => /[\p{L}\p{N}]/u.test(sign) && !found.some((one) => one.start <= start + index && start + index < one.end)) // prettier-ignore
        const counted = seen.get(type) ?? { whole: 0, found: 0 }
        seen.set(type, { whole: counted.whole + 1, found: counted.found + (missed ? 0 : 1) })
      }
    }
    const recall = (type: string): number => (seen.get(type)?.found ?? 0) / (seen.get(type)?.whole ?? 1)
    for (const type of [
      'EMAIL_ADDRESS',
      'CREDIT_CARD',
      'IBAN_CODE',
      'IP_ADDRESS',
      'US_SSN',
      'PHONE_NUMBER',
      'ADDRESS',
    ]) {
      void annotate(`${type}: ${recall(type).toFixed(3)} of ${seen.get(type)?.whole ?? 0}`)
      if (type !== 'ADDRESS') expect(recall(type), type).toBeGreaterThanOrEqual(0.98)
    }
  })
})
