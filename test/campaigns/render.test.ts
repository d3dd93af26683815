import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '#kernel/ids.ts'
import { leaveByMail, readLink } from '#campaigns/render/links.ts'
import { letter } from '#campaigns/render/layout.ts'
import { renderMessage, type Recipient, type RenderedMessage } from '#campaigns/render/message.ts'
import { previewMessage } from '#campaigns/render/preview.ts'
import { outlineOf, unsound } from '#campaigns/render/sound.ts'
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

  it('can be left by a mail of its own where such mail is read, and is as sound as without', async () => {
    const byMail = { ...links, leaveByMail: leaveByMail('leave+news@alder.example') }
    const message = ready(renderMessage(variant, sender, byMail, reader()))
    const [, url, token] = /^<(\S+)>, <mailto:leave%2Bnews@alder\.example\?subject=([\w-]+)>$/.exec(message.headers['List-Unsubscribe']!)! // prettier-ignore
    expect(url).toBe(`https://mail.alder.example/u/${token}`)
    expect(readLink(linksKey, token!)?.kind).toBe('unsubscribe')
    expect(unsound(message, sender, outlineOf(message.html))).toEqual([])
  })

  it('has the same Message-ID at every attempt, and another for another row of the ledger', () => {
    const id = (change: Partial<Recipient>) => ready(renderMessage(variant, sender, links, reader(change))).messageId
    expect(id({ address: 'now@alder.example', tracked: false })).toBe(id({}))
    expect(id({ deliveryId: '0190a0a0-0000-7000-8000-00000000000f' as DeliveryId })).not.toBe(id({}))
    expect(id({})).toMatch(/^<[0-9a-f]{32}@alder\.example>$/)
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

  it('lets no name write a header, a tag, a line or a slot: the message is whole, or there is none (property)', () => {
    const nasty = fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', '<', '>', '"', "'", '&', '{', '}', '%', '\uE000', '\uE001', '0', '\u2028', '\u202E', '\0'), fc.string({ unit: 'grapheme', maxLength: 1 })), maxLength: 60 }) // prettier-ignore
    const plain = ready(renderMessage(variant, sender, links, reader()))
    const outline = outlineOf(plain.html)
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 150 })), (given_name) => {
        const rendered = renderMessage(variant, sender, links, reader({ person: { given_name } }))
        if (rendered.kind === 'blocked') {
          expect(rendered.rule).toBe('slot')
          return
        }
        const { message } = rendered
        expect(unsound(message, sender, outline)).toEqual([])
        expect(message.subject + message.html + message.text).not.toMatch(/\{\{|\{%|[\u2028\u2029\uE000\uE001\u202E]/)
        expect(message.subject).not.toMatch(/\p{Cc}/u)
        expect(message.headers).toEqual(plain.headers)
        expect(message.text.split('\n')).toHaveLength(plain.text.split('\n').length)
      }),
      { numRuns: 500 },
    )
  })

  const names: [string, string | null][] = [
    ['Ann\r\nBcc: all@example.com', 'a line break or control character'],
    ['{{ person.x }}', 'a slot'],
    ['<img src=x onerror=alert(1)>', 'markup'],
    ['Ann https://evil.example', 'an address'],
    ['ann@example.com', 'an address'],
    ['Win €500', 'an amount'],
    ['x'.repeat(10_000), 'longer than 100 characters'],
    ["Mary-Ann O'Connor d’Angelo", null],
    ['Anne & Bo', null],
    ['عبد الرحمن', null],
    ['Zoë 🌻👩‍🌾', null],
    [' Ann\n', null],
  ]
  it.each(names)('of somebody called %j is stopped for what that holds, if anything: %s', (given_name, holds) => {
    const rendered = renderMessage(variant, sender, links, reader({ person: { given_name } }))
    if (holds === null) expect(unsound(ready(rendered), sender, outlineOf(ready(rendered).html))).toEqual([])
    else expect(rendered).toMatchObject({ rule: 'slot', why: expect.stringContaining(holds) as string })
    if (rendered.kind === 'blocked') expect(rendered.why).not.toContain(given_name)
  })

  it('is unsound where it cannot be left, hides who writes, runs something or is unfinished', () => {
    const sound = ready(renderMessage(variant, sender, links, reader()))
    const outline = outlineOf(sound.html)
    const { subject, headers, html, text } = sound
    const troubles = (change: Partial<typeof sound>) => unsound({ ...sound, subject, headers, html, text, ...change }, sender, outline).map(({ what }) => what)
    expect(troubles({})).toEqual([])
    expect(troubles({ subject: ' ' })).toEqual(['the subject is empty'])
    expect(troubles({ subject: 'x'.repeat(300) })).toEqual(['the subject is longer than 250 characters'])
    expect(troubles({ subject: 'Dear {{ person.given_name }}' })).toEqual(['a slot was left unfilled'])
    expect(troubles({ headers: {} })).toEqual(['it cannot be unsubscribed from', 'it cannot be left by one click'])
    expect(troubles({ text: sound.text.replaceAll(sender.postalAddress, '') })).toEqual(['the postal address is missing'])
    const scripted = sound.html.replace('<body', '<script>1</script><body')
    expect(troubles({ html: scripted })).toContain('it holds <script>')
    expect(troubles({ html: sound.html.replaceAll('href="https', 'href="javascript:https') })).toContain('a link in it leads to no web page')
    expect(troubles({ html: sound.html.replace('Kochere', '<b>Kochere</b>') })).toEqual(['a value of a person became markup'])
  }) // prettier-ignore

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
