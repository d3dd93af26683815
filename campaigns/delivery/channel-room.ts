import type { Tx } from '#kernel/db.ts'
import { isTextChannel, type AnyChannel } from '../channel.ts'
import type { CampaignDefinition } from '../definition.ts'
import { selectOpenStop } from '../queries/channel-stops.ts'

/** How many messages a channel takes in a claim, and the steps it does not take. `why`: what to say where nothing is left. */
export type ChannelRoom = { most: number; held: string[]; why: string | null }

const unbounded: ChannelRoom = { most: Infinity, held: [], why: null }

/** Asked in the claim's transaction, before rows are taken. Of mail the places are asked instead (deliverability/places.ts). */
export async function channelRoom(
  tx: Tx,
  via: AnyChannel | undefined,
  asked: { definition: CampaignDefinition; at: Date },
): Promise<ChannelRoom> {
  if (!via || !isTextChannel(via)) return unbounded
  const stop = await selectOpenStop(tx, via.carries)
  if (stop) return { most: 0, held: [], why: `${via.carries} is stopped (${stop.why}): let it go on at Channels` }
  const room = await via.room?.(tx, asked)
  if (!room) return unbounded
  const said = [...room.held].map(([stepKey, why]) => `${stepKey}: ${why}`)
  return { most: room.most, held: [...room.held.keys()], why: room.why ?? (said.join('; ') || null) }
}
