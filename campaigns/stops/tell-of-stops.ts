import { inWords } from '../deliverability/point.ts'
import { noteStopTold, selectUntoldStops } from '../queries/channel-stops.ts'
import { noteBreakerTold, selectUntoldBreakers } from '../queries/deliverability-reach.ts'
import { tellPeople, type TellSettings } from '../tell-people.ts'

const planned = 'What was planned stays planned.'

/**
 * Writes to everybody who may let it go on that a channel, or mail to a provider, was stopped: once for each stop. Where
 * nobody was reached it is tried again at the next round; the pages say the same.
 * @returns how many were reached now about each
 */
export async function tellOfStops(deps: TellSettings): Promise<{ stopped: string; reached: number }[]> {
  return [...(await tellOfChannels(deps)), ...(await tellOfProviders(deps))]
}

async function tellOfChannels(deps: TellSettings): Promise<{ stopped: string; reached: number }[]> {
  const told: { stopped: string; reached: number }[] = []
  for (const { id, channel, why } of await selectUntoldStops(deps.db)) {
    const name = inWords([channel])
    const reached = await tellPeople(deps, 'campaign.approve', {
      subject: `${name} was stopped`,
      sentences: [`Nothing leaves by ${name} any more: ${why}.`, `${planned} Look at it with the provider, then let it go on.`],
      path: '/channels',
    }) // prettier-ignore
    if (reached > 0) await noteStopTold(deps.db, id, deps.clock())
    told.push({ stopped: name, reached })
  }
  return told
}

async function tellOfProviders(deps: TellSettings): Promise<{ stopped: string; reached: number }[]> {
  const told: { stopped: string; reached: number }[] = []
  for (const { why, ...breaker } of await selectUntoldBreakers(deps.db)) {
    const { domain, provider } = breaker
    const reached = await tellPeople(deps, 'sending.start', {
      subject: `Mail to ${provider} was stopped`,
      sentences: [`Nothing leaves from ${domain} to ${provider} any more: ${why}.`, `${planned} Mend what led to it, then let it go on.`],
      path: '/reputation',
    }) // prettier-ignore
    if (reached > 0) await noteBreakerTold(deps.db, breaker, deps.clock())
    told.push({ stopped: provider, reached })
  }
  return told
}
