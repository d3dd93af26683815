import { selectOpenStop } from '../queries/channel-stops.ts'
import { notePeopleTold, selectNumber } from '../queries/whatsapp-numbers.ts'
import { tellPeople, type TellSettings } from '../tell-people.ts'

/**
 * Writes to everybody who may let it go on that WhatsApp was stopped, once for each stop. Where nobody was reached it is tried
 * again at the next round; the pages say the same.
 * @returns how many were reached now, or null where there is nothing to tell
 */
export async function tellOfStop(deps: TellSettings, number: string): Promise<number | null> {
  const stop = await selectOpenStop(deps.db, 'whatsapp')
  const told = (await selectNumber(deps.db, number))?.toldAt ?? null
  if (!stop || (told !== null && told >= stop.stoppedAt)) return null
  const reached = await tellPeople(deps, 'campaign.approve', {
    subject: 'WhatsApp was stopped',
    sentences: [
      `Nothing leaves by WhatsApp any more: ${stop.why}.`,
      'What was planned stays planned. Look at the number with Meta, then let it go on.',
    ],
    path: '/channels',
  })
  if (reached > 0) await notePeopleTold(deps.db, number, stop.stoppedAt)
  return reached
}
