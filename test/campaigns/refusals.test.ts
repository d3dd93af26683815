import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blamedBy, blamedByReport } from '#campaigns/smtp/refusals.ts'

describe('a refusal for good', () => {
  it.each([
    [550, '5.1.1 <ada@example.com>: Recipient address rejected: User unknown in virtual mailbox table'],
    [550, '5.2.1 The email account that you tried to reach is inactive.'],
    [556, '5.1.10 Recipient address has null MX'],
    [550, 'Requested action not taken: mailbox unavailable'],
    [550, 'No such user here'],
    [550, '5.1.0 Address rejected: unknown user'],
    [551, 'User not local'],
    [553, 'sorry, that recipient is not known here (#5.1.1): mailbox name not allowed'],
  ])('blames the address: %i %s', (code, text) => expect(blamedBy(code, text)).toBe('reader'))

  it.each([
    [550, '5.1.8 <hello@alder.example>: Sender address rejected: Domain not found'],
    [553, '5.1.7 The sender address is no address'],
    [550, 'Verification failed for <hello@alder.example>'],
    [550, 'Sender verify failed'],
  ])('blames the sender: %i %s', (code, text) => expect(blamedBy(code, text)).toBe('sender'))

  it.each([
    [550, '5.7.1 SPF check failed for 185.5.1.1'],
    [550, 'SPF check failed for 185.5.1.7: user unknown to policy'],
    [550, 'IP 203.0.113.7 is blocked by our policy'],
    [550, 'Mailbox unavailable: listed at a DNSBL'],
    [550, '5.1.0 Address rejected.'],
    [550, ''],
    [552, '5.2.2 mailbox full'],
    [554, 'No such user here'],
  ])('leaves the address alone: %i %s', (code, text) => expect(blamedBy(code, text)).toBe('message'))

  it('blames nobody by a number somewhere in its words (property)', () => {
    const words = fc.stringMatching(/^[a-z ]{1,30}$/)
    fc.assert(
      fc.property(words, words, (before, after) => {
        const told = blamedBy(554, `no ${before} 5.1.1 ${after}`)
        expect(told).not.toBe('reader')
      }),
    )
  })

  it('is read from the reply that a report quotes, where its status says nothing', () => {
    const exim = (diagnostic: string) => blamedByReport({ status: '5.0.0', diagnostic })
    expect(exim('smtp; 550 5.1.1 <ada@example.com>: User unknown')).toBe('reader')
    expect(exim('smtp; 550-5.1.1 The account does not exist\n550 5.1.1 see our pages')).toBe('reader')
    expect(exim('smtp; 550 5.7.26 This mail is unauthenticated')).toBe('message')
    expect(exim('')).toBe('message')
    expect(blamedByReport({ status: '5.1.8', diagnostic: 'smtp; 550 no such user' })).toBe('sender')
    expect(blamedByReport({ status: '5.1.1', diagnostic: '' })).toBe('reader')
  })
})
