import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeliveryId } from '#kernel/ids.ts'
import { textChannels } from '#campaigns/channel.ts'
import { readLink, signLink, withCampaign, type SignedLink } from '#campaigns/render/links.ts'
import { linksKey } from './world.ts'

describe('signed links', () => {
  it('read back what was signed, and nothing that was touched (property)', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{12}$/)
    fc.assert(
      fc.property(hex, fc.nat(40), fc.nat(60), fc.constantFrom('0', 'a', '_', 'Z'), (tail, index, place, letter) => {
        const link = { kind: 'click' as const, deliveryId: `0190a0a0-0000-7000-8000-${tail}` as DeliveryId, index }
        const token = signLink(linksKey, link)
        expect(readLink(linksKey, token)).toEqual(link)
        const touched = token.slice(0, place) + letter + token.slice(place + 1)
        if (touched !== token) expect(readLink(linksKey, touched)).toBeNull()
        expect(readLink(new Uint8Array(32), token)).toBeNull()
      }),
    )
  })

  it('of a message tell nothing of each other: no part of one opens another, however many there are', () => {
    const deliveryId = '0190a0a0-0000-7000-8000-0123456789ab' as DeliveryId
    const clicks = Array.from({ length: 12 }, (_, index) => ({ kind: 'click' as const, deliveryId, index }))
    const links: SignedLink[] = [
      { kind: 'unsubscribe', deliveryId },
      { kind: 'open', deliveryId },
      ...clicks,
      ...textChannels.map((channel) => ({ kind: 'click' as const, deliveryId, index: 0, channel })),
    ]
    const parts = links.map((link) => signLink(linksKey, link).split('_'))
    expect(new Set(parts.map(([, ...signature]) => signature.join('_'))).size).toBe(links.length)
    for (const [claim] of parts) {
      const opens = parts.filter(([, ...signature]) => readLink(linksKey, [claim, ...signature].join('_')))
      expect(opens).toHaveLength(1)
    }
  })

  it('are read as they were signed before, in messages that readers already have', () => {
    const deliveryId = '0190a0a0-0000-7000-8000-0123456789ab' as DeliveryId
    const claim = 'u0190a0a00000700080000123456789ab'
    const signature = createHmac('sha256', linksKey).update(claim).digest('base64url')
    expect(readLink(linksKey, `${claim}_${signature.slice(0, 22)}`)).toEqual({ kind: 'unsubscribe', deliveryId })
    expect(readLink(linksKey, `${claim}_${signature.slice(0, 21)}`)).toBeNull()
  })

  it('add campaign parameters where the target has none of its own', () => {
    expect(withCampaign('https://shop.example/?utm_source=mine#top', 'spring', 'mail-1')).toBe(
      'https://shop.example/?utm_source=mine&utm_medium=email&utm_campaign=spring&utm_content=mail-1#top',
    )
  })
})
