import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register } from '#kernel/versions.ts'
import { halfLifeDays } from '../engagement.ts'

const key = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be small letters, digits and hyphens')
const points = z.int().min(-100).max(100)
const words = z.string().min(1).max(200).describe('{times} stands for how often')

const signal = z.discriminatedUnion('of', [
  z.strictObject({
    of: z.literal('deeds'),
    name: key,
    words,
    events: z.array(z.string().min(1)).min(1).max(50).describe('Kinds of events; `order` is a paid order'),
    withinDays: z.int().min(1).max(36_500).nullable().describe('null: ever'),
    each: points,
    most: z.int().min(1).max(100).describe('Of points, for any number of deeds'),
  }),
  z.strictObject({ of: z.literal('consent'), name: key, words, channel: z.string().min(1), points }),
  z.strictObject({ of: z.literal('withdrawal'), name: key, words, channel: z.string().min(1), points }),
  z.strictObject({ of: z.literal('subscription'), name: key, words, points }),
  z.strictObject({ of: z.literal('profile'), name: key, words, each: points, most: z.int().min(1).max(100) }),
])

/** How the house reckons people and products. */
export const scoring = z.strictObject({
  engagement: z.record(z.string().min(1), z.number().min(0).max(1000)).describe('Points of a deed, by kind of event'),
  lead: z
    .array(signal)
    .max(50)
    .refine((signals) => new Set(signals.map(({ name }) => name)).size === signals.length, 'names must differ'),
  pairs: z.strictObject({
    minPeople: z.int().min(2).describe('People who must have bought both'),
    perPerson: z.int().min(2).max(500).describe('Products of one person that count, the ones bought last'),
    perProduct: z.int().min(1).max(500).describe('Other products kept of one, the most often bought with it'),
  }),
})
export type Scoring = z.infer<typeof scoring>
export type Signal = z.infer<typeof signal>

const views = ['product', 'product-viewed', 'product_viewed', 'view_item', 'view-item']
const checkouts = ['checkout', 'begin_checkout', 'checkout-started', 'checkout_started', 'add_to_cart', 'add-to-cart']
const signUps = ['signed_up', 'signup', 'sign_up', 'generate_lead', 'trial-started']

const each = (kinds: readonly string[], weight: number): Record<string, number> =>
  Object.fromEntries(kinds.map((kind) => [kind, weight]))

/** What the house starts with. An open counts little, since many are made by programs; those known as such count nothing. */
export const firstScoring: Scoring = {
  engagement: {
    page: 1,
    ...each(views, 2),
    ...each(checkouts, 5),
    ...each(signUps, 5),
    identify: 1,
    message_opened: 0.5,
    message_read: 1,
    message_clicked: 3,
    message_replied: 6,
    message_received: 6,
    'subscription-started': 8,
    order: 10,
  },
  lead: [
    { of: 'consent', name: 'consent', words: 'Agreed to e-mail', channel: 'email', points: 20 },
    { of: 'withdrawal', name: 'withdrawal', words: 'Does not want e-mail any more', channel: 'email', points: -40 },
    { of: 'deeds', name: 'checkout', words: 'Began a checkout in the last 14 days, {times}', events: checkouts, withinDays: 14, each: 20, most: 20 },
    { of: 'deeds', name: 'recent', words: 'Visited or answered in the last 14 days, {times}', events: ['page', ...views, 'message_clicked', 'message_replied', 'message_received', 'message_read'], withinDays: 14, each: 3, most: 15 },
    { of: 'deeds', name: 'views', words: 'Looked at products in the last 30 days, {times}', events: views, withinDays: 30, each: 3, most: 12 },
    { of: 'deeds', name: 'clicks', words: 'Followed links of messages in the last 90 days, {times}', events: ['message_clicked'], withinDays: 90, each: 4, most: 12 },
    { of: 'deeds', name: 'replies', words: 'Wrote to the house in the last 90 days, {times}', events: ['message_replied', 'message_received'], withinDays: 90, each: 10, most: 10 },
    { of: 'deeds', name: 'sign-up', words: 'Signed up or began a trial, {times}', events: signUps, withinDays: null, each: 10, most: 10 },
    { of: 'deeds', name: 'orders', words: 'Bought in the last 180 days, {times}', events: ['order'], withinDays: 180, each: 5, most: 15 },
    { of: 'subscription', name: 'subscription', words: 'Has a running subscription', points: 10 },
    { of: 'profile', name: 'profile', words: 'Details of the profile known: {times}', each: 2, most: 10 },
    { of: 'deeds', name: 'bounced', words: 'A message came back, {times}', events: ['message_bounced'], withinDays: null, each: -30, most: 30 },
    { of: 'deeds', name: 'complained', words: 'Marked a message as unwanted, {times}', events: ['message_complained'], withinDays: null, each: -60, most: 60 },
  ],
  pairs: { minPeople: 3, perPerson: 100, perProduct: 50 },
} // prettier-ignore

const name = 'people-and-product-scores'

/** The live scoring: what the house starts with until another was released. The hash is of all that a score depends on. */
export async function liveScoring(db: Queryable): Promise<{ hash: Hash; live: Scoring }> {
  const version = await liveVersion<unknown>(db, 'metric', name)
  const live = version ? scoring.parse(version.body) : firstScoring
  return { hash: hashOf({ live, halfLifeDays }), live }
}

/** Makes a scoring the live one; the next computation reckons everybody anew. */
export async function releaseScoring(
  deps: { db: Db; clock: Clock },
  input: { scoring: Scoring; by: string; reason: string },
): Promise<Hash> {
  const author = { clock: deps.clock, by: input.by }
  return deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, 'metric', name, scoring.parse(input.scoring))
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'scoring.released', subject: hash, detail: { name } })
    await pointAt(tx, author, 'metric', name, hash, input.reason)
    return hash
  })
}
