import type { Clock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import type { Collect } from '#ingest/collect.ts'
import { machineLabel, type Visit } from '../heard/bots.ts'

/** A visit of somebody who agreed to be counted: their device, and the address they opened. */
export type CountedVisit = { device: string; url: string; referrer: string | null; from: string | null; visit: Visit }

type Deps = { clock: Clock; visits: Collect }

/** Tells ingest of a visit, the way pages of the business's own site do. Machines are labelled, never dropped. */
export const countVisit = (deps: Deps, input: CountedVisit): Promise<void> =>
  tell(deps, input, { type: 'page', properties: { machine: machineLabel(input.visit) } })

/** Tells ingest what somebody said when asked whether their visits may be counted. */
export const tellWord = (deps: Deps, input: CountedVisit & { granted: boolean }): Promise<void> =>
  tell(deps, input, { type: 'consent', properties: { granted: input.granted } })

async function tell(
  { clock, visits }: Deps,
  { device, url, referrer, from }: CountedVisit,
  what: { type: string; properties: Record<string, unknown> },
): Promise<void> {
  const event = { id: newId(clock), ...what, anonymousId: device, timestamp: clock().toISOString(), url, ...(referrer === null ? {} : { referrer }) } // prettier-ignore
  await visits({ body: Buffer.from(JSON.stringify({ events: [event] })), from })
}
