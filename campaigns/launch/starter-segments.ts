import type { SegmentRule } from '#graph/segment-rule.ts'

export type NamedSegment = { name: string; description: string; rule: SegmentRule }

const mayMail: SegmentRule = { consent: { channel: 'email' } }
const bought = (atLeast: number, withinDays?: number): SegmentRule =>
  withinDays === undefined ? { bought: { atLeast } } : { bought: { atLeast, withinDays } }

/** Audiences every small business has, ready to choose at the desk. All of them asked for e-mail. */
export const starterSegments: readonly NamedSegment[] = [
  {
    name: 'Regulars without a subscription',
    description: 'Bought at least twice, do not subscribe',
    rule: { all: [mayMail, bought(2), { not: { subscribed: true } }] },
  },
  {
    name: 'Bought once',
    description: 'One order so far',
    rule: { all: [mayMail, bought(1), { not: bought(2) }] },
  },
  {
    name: 'Gone quiet',
    description: 'Bought before, but not in the last 90 days',
    rule: { all: [mayMail, bought(1), { not: bought(1, 90) }] },
  },
  { name: 'Subscribers', description: 'Have a running subscription', rule: { all: [mayMail, { subscribed: true }] } },
  {
    name: 'Interested, never bought',
    description: 'Left their address, no order yet',
    rule: { all: [mayMail, { not: bought(1) }] },
  },
  { name: 'Everyone who asked for e-mail', description: 'All people with e-mail consent', rule: mayMail },
]
