import { describe, expect, it } from 'vitest'
import { scrubbed } from '#kernel/log.ts'

describe('what a log says of a fault', () => {
  it.each([
    ['550 5.1.1 <anna.devries@example.com> unknown', '550 5.1.1 <[address]> unknown'],
    ['call +31 6 1234 5678 or 06 1234 5678', 'call [number] or [number]'],
    ['cannot reach smtp://user:pass@mail.example.com:587', 'cannot reach smtp://[hidden]@mail.example.com:587'],
    ['550 5.7.1 not welcome, 2026-11-21', '550 5.7.1 not welcome, 2026-11-21'],
  ])('hides people and secrets in %s', (said, kept) => {
    expect(scrubbed(said)).toBe(kept)
  })
})
