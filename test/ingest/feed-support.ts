import type { Feed } from '#ingest/feed.ts'
import type { Setting } from '#ingest/source.ts'

/** The moment at which the vendors' fakes begin. */
export const feedStart = new Date('2026-09-01T08:00:00Z')
const setting: Setting = { clock: () => feedStart, zone: 'Europe/Amsterdam', currency: 'EUR', country: 'NL' }

/** The pages of a stream from a cursor. */
export const pagesOf = (feed: Feed, stream: string, cursor: unknown) => feed.pages(stream, cursor, setting)

/**
 * What a stream gives from a cursor, and the cursor behind it, as it is kept. After a fault, so often, it is pulled on
 * behind the last page, as the next pull would.
 */
export async function pull(
  feed: Feed,
  stream: string,
  cursor?: unknown,
  faults = 0,
): Promise<{ objects: Buffer[]; cursor: unknown }> {
  const objects: Buffer[] = []
  let after = cursor
  for (let left = faults; ; left -= 1) {
    try {
      for await (const page of pagesOf(feed, stream, after)) {
        objects.push(...page.objects)
        after = JSON.parse(JSON.stringify(page.cursor))
        if (!page.more) break
      }
      return { objects, cursor: after }
    } catch (fault) {
      if (left === 0) throw fault
    }
  }
}
