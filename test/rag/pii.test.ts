import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evaluatePii, readLabelled } from '#rag/evaluate/pii.ts'
import { findMentioned } from '#rag/redact/mentions.ts'
import { findPersonal } from '#rag/redact/patterns.ts'
import { textRedactor } from '#rag/redact/redact-text.ts'
import { hasRealData, realData } from '../support/real-data.ts'

const found = (text: string): string[] =>
  textRedactor([])(text).spans.map(({ start, end, type }) => `${type} ${text.slice(start, end)}`)

describe('texts of any origin', () => {
  it.each([
    ['Tell Ngozi that Kowalczyk called', ['PERSON Ngozi', 'PERSON Kowalczyk']],
    ['He moved from Slovenia to Bremen', ['LOCATION Slovenia', 'LOCATION Bremen']],
    ['She works at Harper & Sons in Leeds', ['ORGANIZATION Harper & Sons', 'LOCATION Leeds']],
    ['my name is paolo rossi and i live in new zealand', ['PERSON paolo rossi', 'LOCATION new zealand']],
    ['It is 73 448 266 or (88) 684-334', ['PHONE_NUMBER 73 448 266', 'PHONE_NUMBER (88) 684-334']],
    ['See http://www.example.org/ on Monday', ['DOMAIN_NAME http://www.example.org/', 'DATE_TIME Monday']],
    ['He is 42 years old. His SSN: 308-63-0237', ['AGE 42 years old', 'US_SSN 308-63-0237']],
    ['My driver license number is A56319335', ['US_DRIVER_LICENSE A56319335']],
  ])('are read for all that tells of people: %s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  it.each(['Capitalised words like Wisdom and Discipline are no names.', 'Could I change the date of my card?', ''])(
    'are left alone where they tell of nobody: %s',
    (text) => expect(found(text)).toEqual([]),
  )

  it('are given back with placeholders, the same value the same, and places of the text given', () => {
    const text = '😀 Anna Smith, call Anna Smith or a@b.example'
    const clean = textRedactor([])(text)
    expect(clean.text).toBe('😀 [PERSON_1], call [PERSON_1] or [EMAIL_ADDRESS_1]')
    expect(clean.spans[0]).toEqual({ start: 3, end: 13, type: 'PERSON' })
  })

  it('hide the names of a dictionary wherever they stand', () => {
    expect(textRedactor(['Blue River'])('the blue river order').text).toBe('the [PERSON_1] order')
  })
})

const structured = new Set(['EMAIL_ADDRESS', 'CREDIT_CARD', 'IBAN_CODE', 'IP_ADDRESS', 'US_SSN', 'PHONE_NUMBER', 'DOMAIN_NAME', 'US_DRIVER_LICENSE']) // prettier-ignore
const file = 'rag/pii_dev.json'

describe.skipIf(!hasRealData(file))('on labelled texts', () => {
  const labelled = () => readLabelled(readFileSync(realData(file), 'utf8'))

  it('finds 98 % of what has a structure, whole', ({ annotate }) => {
    const { types } = evaluatePii(labelled(), findMentioned)
    for (const [type, { labelled: all, covered }] of types) {
      void annotate(`${type}: ${(covered / all).toFixed(3)} of ${all}`)
      if (structured.has(type)) expect(covered / all, type).toBeGreaterThanOrEqual(0.98)
    }
  })

  it('finds 75 % of all, and 85 % of what it finds is somebody’s', ({ annotate }) => {
    const { whole, found: all, right } = evaluatePii(labelled(), findMentioned)
    void annotate(`recall ${(whole.touched / whole.labelled).toFixed(3)}, precision ${(right / all).toFixed(3)}`)
    expect(whole.touched / whole.labelled).toBeGreaterThanOrEqual(0.75)
    expect(right / all).toBeGreaterThanOrEqual(0.85)
  })
})

describe('the copy of the sample business', () => {
  it('holds nobody’s data but the shop’s own address, mail and phone', () => {
    const folder = new URL('../../examples/roastery/content/', import.meta.url)
    const values = readdirSync(folder).flatMap((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8')
      return findPersonal(text).map(({ start, end }) => text.slice(start, end))
    })
    const own = /^(?:Elzenkade 14|hello@alderandash\.example$|\+31 6 1234 5000$)/
    expect(values.filter((value) => !own.test(value))).toEqual([])
  })
})
