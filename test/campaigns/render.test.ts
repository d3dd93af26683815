import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '#kernel/ids.ts'
import { readLink } from '#campaigns/links.ts'
import { letter } from '#campaigns/render/layout.ts'
import { renderMessage, type Recipient, type RenderedMessage } from '#campaigns/render/message.ts'
import { previewMessage } from '#campaigns/render/preview.ts'
import { compileVariant } from '#campaigns/render/variant.ts'
import { aBody, linksKey, sender } from './world.ts'

const links = { publicUrl: 'https://mail.alder.example/', key: linksKey }
const reader = (change: Partial<Recipient> = {}): Recipient => ({
  deliveryId: '0190a0a0-0000-7000-8000-000000000001' as DeliveryId,
  address: 'anna@example.com',
  person: { given_name: 'Anna' },
  tracked: true,
  campaign: 'spring',
  stepKey: 'mail-1',
  personId: '0190a0a0-0000-7000-8000-000000000002',
  occurrence: 1,
  ...change,
})
const says = (text: string) => ({ text, citations: [] })
const ready = (rendered: RenderedMessage) => {
  if (rendered.kind === 'blocked') throw new Error(rendered.why)
  return rendered.message
}
const variant = await compileVariant(aBody(), letter, sender)

describe('a message', () => {
  it('says the same in HTML and text, with the name filled in', () => {
    const message = ready(renderMessage(variant, sender, links, reader()))
    expect(message.subject).toBe('New beans for Anna')
    for (const part of [message.html, message.text]) {
      expect(part).toContain('Hello Anna. Try it.')
      expect(part).toContain('Kochere')
      expect(part).toContain('1 Mill Lane, Utrecht')
    }
    expect(message.html).toMatch(/^<!doctype html>/)
    expect(message.html).not.toMatch(/[\uE000\uE001]|\{\{/)
  })

  it('uses the fallback of a slot where nothing is known, and blocks where there is none', async () => {
    expect(ready(renderMessage(variant, sender, links, reader({ person: {} }))).subject).toBe('New beans for you')
    const strict = await compileVariant(aBody({ subject: says('Dear {{ person.given_name }}') }), letter, sender)
    expect(renderMessage(strict, sender, links, reader({ person: {} }))).toMatchObject({
      kind: 'blocked',
      rule: 'slot',
    })
  })

  it('can be unsubscribed from with one click, by page and by mail', () => {
    const { headers, html, text } = ready(renderMessage(variant, sender, links, reader()))
    expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    const [, token] = /^<https:\/\/mail\.alder\.example\/u\/([\w-]+)>$/.exec(headers['List-Unsubscribe']!)! // prettier-ignore
    expect(readLink(linksKey, token!)).toEqual({ kind: 'unsubscribe', deliveryId: reader().deliveryId })
    expect(html).toContain(`/u/${token}`)
    expect(text).toContain(`/u/${token}`)
  })

  it('has the same Message-ID at every attempt, and another for another row of the ledger', () => {
    const id = (change: Partial<Recipient>) => ready(renderMessage(variant, sender, links, reader(change))).messageId
    expect(id({})).toBe(id({ deliveryId: '0190a0a0-0000-7000-8000-00000000000f' as DeliveryId }))
    expect(new Set([id({}), id({ stepKey: 'mail-2' }), id({ occurrence: 2 }), id({ campaign: 'autumn' })]).size).toBe(4)
    expect(id({})).toMatch(/^<[0-9a-f]{40}@alder\.example>$/)
  })

  it('is not followed when the reader did not agree: no pixel, and plain links', () => {
    const tracked = ready(renderMessage(variant, sender, links, reader()))
    const plain = ready(renderMessage(variant, sender, links, reader({ tracked: false })))
    expect(tracked.html).toContain('/o/')
    expect(tracked.html).toContain('/c/')
    expect(plain.html).not.toMatch(/\/[oc]\/|<img/)
    expect(plain.text).toContain('https://shop.example/beans?size=250&utm_source=newsletter&utm_medium=email&utm_campaign=spring') // prettier-ignore
  })

  it('goes to one mailbox and to nothing that only looks like one', () => {
    const bad = [
      'a@b.example, c@d.example',
      'a@b.example\r\nBcc: c@d.example',
      '<a@b.example>',
      'a b@c.example',
      'a@',
      '@b',
    ]
    for (const address of bad) {
      expect(renderMessage(variant, sender, links, reader({ address })), address).toMatchObject({ rule: 'address' })
    }
  })

  it('lets no name write a header, a tag or a line (property)', () => {
    const nasty = fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', '<', '>', '"', "'", '&', '{', '}', '%', '\uE000', '\uE001', '0', '\u2028', '\u202E', '\0'), fc.string({ unit: 'grapheme', maxLength: 1 })), maxLength: 60 }) // prettier-ignore
    const plain = ready(renderMessage(variant, sender, links, reader()))
    const tags = (html: string) => html.match(/<[^>]*>/g)?.length
    fc.assert(
      fc.property(nasty, (given_name) => {
        const message = ready(renderMessage(variant, sender, links, reader({ person: { given_name } })))
        expect(message.subject).not.toMatch(/[\p{Cc}\u2028\u2029\uE000\uE001\u202E]/u)
        expect(tags(message.html)).toBe(tags(plain.html))
        expect(message.headers).toEqual(plain.headers)
        expect(message.text.split('\n')).toHaveLength(plain.text.split('\n').length)
      }),
      { numRuns: 300 },
    )
  })

  it('never evaluates what a person is called', () => {
    const message = ready(renderMessage(variant, sender, links, reader({ person: { given_name: '{{ person.x }}' } })))
    expect(message.subject).toBe('New beans for {{ person.x }}')
  })

  it('is the same bytes for the same inputs', () => {
    expect(renderMessage(variant, sender, links, reader())).toEqual(renderMessage(variant, sender, links, reader()))
  })
})

describe('a content that cannot be compiled', () => {
  const cases: [string, string][] = [
    ['{% include "x" %}', 'no {% tags %}'],
    ['{{ business.secret }}', 'names nothing of a person'],
    ['{{ person.name | frobnicate }}', 'cannot be read'],
    ['{{ person.name', 'not closed'],
  ]
  it.each(cases)('is refused with what to mend: %s', async (text, words) => {
    const preview = await previewMessage(aBody({ subject: says(text) }), sender, {})
    expect(preview).toMatchObject({ kind: 'blocked', rule: 'content', why: expect.stringContaining(words) as string })
  })

  it('is refused when a button leads to no web page', async () => {
    const blocks = [{ kind: 'button' as const, label: 'x', url: 'javascript:alert(1)' }]
    expect(await previewMessage(aBody({ blocks }), sender, {})).toMatchObject({ kind: 'blocked' })
  })
})
