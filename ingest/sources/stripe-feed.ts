import type { Clock } from '#kernel/clock.ts'
import type { Feed, Page } from '../feed.ts'
import type { Setting } from '../source.ts'
import { stripe } from './stripe.ts'
import { stripeApi, type StripeApi, type StripeObject, type StripeSettings } from './stripe-api.ts'
import { stripeChanges } from './stripe-changes.ts'
import { fromTheStart, listCursor, listRound, stripeListings, type StripeListing } from './stripe-lists.ts'

const streamOf = ({ path }: StripeListing): string => path.slice('/v1/'.length)
const lists = new Map(Object.values(stripeListings).map((listing) => [streamOf(listing), listing]))

/** An object is in its list as soon as it is made; an hour covers whatever delay there may be. */
const overlapSeconds = 60 * 60

/**
 * The Stripe API as a feed. `changes` comes first: in the first pull it only remembers where the events stand, before the
 * lists are read, so that nothing that changes meanwhile is missed.
 */
export function stripeFeed(settings: StripeSettings): Feed {
  const api = stripeApi(settings)
  return {
    source: stripe(),
    streams: ['changes', ...lists.keys()],
    pages: (stream, cursor, setting) => pagesOf(api, stream, cursor, setting),
  }
}

async function* pagesOf(api: StripeApi, stream: string, cursor: unknown, setting: Setting): AsyncGenerator<Page> {
  for await (const { objects, ...rest } of roundOf(api, stream, cursor, setting.clock))
    yield { objects: objects.map(bytesOf), ...rest }
}

function roundOf(
  api: StripeApi,
  stream: string,
  cursor: unknown,
  clock: Clock,
): AsyncGenerator<{ objects: StripeObject[]; cursor: unknown; more: boolean }> {
  if (stream === 'changes') return stripeChanges(api, clock, cursor)
  const list = lists.get(stream)
  if (!list) throw new Error(`Stripe has no stream ${stream}`)
  return listRound(api, list, cursor === undefined ? fromTheStart : listCursor.parse(cursor), overlapSeconds)
}

/** An object as one line of JSON. */
export const bytesOf = (object: StripeObject): Buffer => Buffer.from(JSON.stringify(object))
