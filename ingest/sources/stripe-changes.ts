import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { StripeApi, StripeObject } from './stripe-api.ts'
import { fromTheStart, listCursor, listRound, stripeListings, type StripeListing } from './stripe-lists.ts'

/** The types whose objects change, and of which events tell. */
const changing = Object.keys(stripeListings).filter((type) => type !== 'balance_transaction')

/** What is read of an event, whether it was listed or sent. `account` is there for another account than the key's own. */
export const stripeEvent = z.object({
  id: z.string(),
  object: z.literal('event'),
  created: z.int(),
  account: z.string().nullish(),
  data: z.object({ object: z.looseObject({ id: z.string().optional(), object: z.string() }) }),
})
export type StripeEvent = z.infer<typeof stripeEvent>

/** The object an event tells of, where it is of a type that is taken in. */
export function subjectOf({ data: { object } }: StripeEvent): StripeObject | null {
  const { id } = object
  return id !== undefined && changing.includes(object.object) ? { ...object, id } : null
}

/** The object as it is now; as the event last saw it where it is no more. */
export async function currently(api: StripeApi, subject: StripeObject): Promise<StripeObject> {
  return (await api.find(stripeListings[subject.object]!.path, subject.id)) ?? subject
}

/** `readAt`: when the last round was over, in milliseconds, by our clock. `reload`: the list that is read anew. */
const changesCursor = z.object({
  events: listCursor,
  readAt: z.number(),
  reload: z.object({ type: z.string(), list: listCursor }).optional(),
})
type Cursor = z.infer<typeof changesCursor>
type ChangesPage = { objects: StripeObject[]; cursor: Cursor; more: boolean }

/** Stripe keeps events for 30 days. */
const eventsKeptMs = 29 * 86_400_000
const overlapSeconds = 10 * 60
const events: StripeListing = { path: '/v1/events' }

/**
 * What changed since the last round. The lists can only be asked for what is new, not for what has changed; the events
 * tell, and each object is fetched once, as it is now: the order of the events does not matter. Whoever was away for
 * longer than events are kept reads the lists anew. The first round only remembers where the events stand.
 */
export async function* stripeChanges(api: StripeApi, clock: Clock, kept: unknown): AsyncGenerator<ChangesPage> {
  const from = kept === undefined ? null : changesCursor.parse(kept)
  const now = clock().getTime()
  if (from?.reload) yield* reload(api, from, from.reload)
  else if (from && now - from.readAt <= eventsKeptMs) yield* changesSince(api, from, now)
  else {
    const position: Cursor = { events: { since: await newestEvent(api) }, readAt: now }
    if (from) yield* reload(api, position, { type: changing[0]!, list: fromTheStart })
    else yield { objects: [], cursor: position, more: false }
  }
}

async function newestEvent(api: StripeApi): Promise<number> {
  const page = await api.list(events.path, { limit: '1' })
  return (page.kind === 'page' ? page.objects[0]?.created : undefined) ?? 0
}

async function* changesSince(api: StripeApi, from: Cursor, now: number): AsyncGenerator<ChangesPage> {
  const fetched = new Set<string>()
  for await (const page of listRound(api, events, from.events, overlapSeconds)) {
    const objects: StripeObject[] = []
    for (const subject of page.objects.flatMap((one) => subjectOf(stripeEvent.parse(one)) ?? [])) {
      if (fetched.has(subject.id)) continue
      fetched.add(subject.id)
      objects.push(await currently(api, subject))
    }
    yield { objects, cursor: { events: page.cursor, readAt: page.more ? from.readAt : now }, more: page.more }
  }
}

async function* reload(
  api: StripeApi,
  { events: position, readAt }: Cursor,
  from: NonNullable<Cursor['reload']>,
): AsyncGenerator<ChangesPage> {
  const remaining = changing.slice(changing.indexOf(from.type))
  for (const [index, type] of remaining.entries()) {
    const list = index === 0 ? from.list : fromTheStart
    const next = remaining[index + 1]
    for await (const page of listRound(api, stripeListings[type]!, list, 0)) {
      const rest = page.more ? { type, list: page.cursor } : next === undefined ? undefined : { type: next, list: fromTheStart } // prettier-ignore
      const cursor = { events: position, readAt, ...(rest && { reload: rest }) }
      yield { objects: page.objects, cursor, more: rest !== undefined }
    }
  }
}
