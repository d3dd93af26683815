import { runFeed, type Feed } from '#ingest/feed.ts'
import { underLease } from '#kernel/leases.ts'
import { leaseMs, logged } from './logged.ts'
import type { House } from './wire.ts'

/** What is new at each vendor that is connected. A pull is stopped behind the page under way, and goes on there. */
export async function pullFeeds(house: House, signal: AbortSignal): Promise<void> {
  for (const [name, feed] of Object.entries(house.feeds)) {
    const pull = underLease(house, `pull ${name}`, leaseMs, (stillMine) => pullFeed(house, feed, { signal, stillMine }))
    await logged(house, `not everything could be pulled from ${name}; the next round tries again`, pull)
  }
}

async function pullFeed(
  house: House,
  feed: Feed,
  { signal, stillMine }: { signal: AbortSignal; stillMine: () => boolean },
): Promise<void> {
  const losing = new AbortController()
  await runFeed(house.ingest, feed, {
    signal: AbortSignal.any([signal, losing.signal]),
    onPage: () => stillMine() || losing.abort(),
    onReport: ({ source, input, received, accepted, unchanged, quarantined }) => {
      house.log.info({ source, input, received, accepted, unchanged, quarantined }, 'pulled')
      if (accepted > 0) house.news.emit('taken')
    },
  })
}
