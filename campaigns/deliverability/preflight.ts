import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { scrubbed } from '#kernel/log.ts'
import { liveRelease, releaseHistory } from '#governance/releases.ts'
import { textChannels } from '../channel.ts'
import { campaignReleases } from '../content/copy.ts'
import { definitionOf, type CampaignDefinition, type Sender } from '../definition.ts'
import type { Members } from '../journeys/enrol.ts'
import { insertPreflight, selectLastPreflight } from '../queries/deliverability-preflights.ts'
import { notApplicable, unknown, type Finding } from './finding.ts'
import { domainOf, leavesTheHouse, type Left, type Outlet } from './outlet.ts'
import { channelsAsked, inWords, type PreflightSettings, type Subject } from './point.ts'
import { authentication, points } from './points.ts'
import { transportSecurity } from './points/transport-security.ts'
import { receivedOf } from './real-message.ts'
import { standingWaivers, type Waiver } from './waivers.ts'
import { outletNow, whatsappNow } from '../way-out/live.ts'

/** What a point came to; `waiver` is an owner's word on an unknown. */
export type Checked = Finding & { id: string; what: string; waiver: Waiver | null }

export type Preflight = {
  campaign: string | null
  outlet: Left
  runAt: Date
  points: readonly Checked[]
}

export type PreflightDeps = { db: Db; clock: Clock; members: Members; preflight: PreflightSettings }

type About = { sender: Sender; definition: CampaignDefinition | null }

/** Runs the 24 points, all of them, about a campaign or the house as a whole, and keeps what they came to. */
export async function runPreflight(deps: PreflightDeps, about: About): Promise<Preflight> {
  const { db, clock } = deps
  const { campaign, outlet, runAt, findings } = await askPoints(deps, about)
  await insertPreflight(db, { id: newId<'preflight'>(clock), campaign, outlet: outlet.kind, runAt, findings })
  return { campaign, outlet, runAt, points: await withWords(db, runAt, findings) }
}

/** What the points come to now. One that fails to run is unknown, which is no pass. */
async function askPoints(deps: PreflightDeps, about: About) {
  const { db, clock, members, preflight } = deps
  const domain = domainOf(about.sender.from.address)
  const received = await receivedOf(db, clock, domain)
  const outlet = await outletOfHouse(db, preflight)
  const whatsapp = preflight.ways ? await whatsappNow(db, preflight.ways) : (preflight.whatsapp ?? null)
  const subject: Subject = { ...preflight, ...about, outlet, whatsapp, db, clock, members, domain, received }
  const findings = await Promise.all(points.map((point) => found(point, subject)))
  return {
    campaign: about.definition?.name ?? null,
    outlet: { kind: leftOf(subject).kind },
    runAt: clock(),
    findings: points.map(({ id }, index) => ({ id, ...findings[index]! })),
  }
}

/** Where what is asked about goes: mail before all else; texts leave unless their other side is a sink on this machine. */
function leftOf(subject: Subject): Left {
  const channels = channelsAsked(subject)
  const { outlet, sinks = [] } = subject
  if (channels.includes('email') && leavesTheHouse(outlet)) return outlet
  const texts = textChannels.filter((name) => channels.includes(name))
  if (texts.some((name) => !sinks.includes(name))) return { kind: 'texts' }
  return texts.length > 0 && outlet.kind === 'none' ? { kind: 'sink' } : outlet
}

/** Where mail leaves now: what was switched to, else what the settings say. */
export const outletOfHouse = async (
  db: Queryable,
  { ways, outlet }: Pick<PreflightSettings, 'ways' | 'outlet'>,
): Promise<Outlet> => (ways ? outletNow(db, ways) : outlet)

/** The points about a domain's authentication, as they stand for a way out that is not live yet. */
export async function checkWay(deps: PreflightDeps, way: { sender: Sender; outlet: Outlet }): Promise<Checked[]> {
  const { db, clock } = deps
  const domain = domainOf(way.sender.from.address)
  const received = await receivedOf(db, clock, domain)
  const subject: Subject = { ...deps.preflight, ...deps, ...way, domain, received, definition: null }
  const asked = [...authentication, transportSecurity]
  const findings = await Promise.all(asked.map((point) => found(point, subject)))
  return withWords(db, clock(), asked.map(({ id }, index) => ({ id, ...findings[index]! }))) // prettier-ignore
}

/** The last preflight of a campaign, or of the house, with the words on it that stand now; null where none was run. */
export async function lastPreflight(db: Queryable, clock: Clock, campaign: string | null): Promise<Preflight | null> {
  const run = await selectLastPreflight(db, campaign)
  if (run === null) return null
  return {
    campaign,
    outlet: { kind: run.outlet },
    runAt: run.runAt,
    points: await withWords(db, clock(), run.findings),
  }
}

async function withWords(db: Queryable, at: Date, kept: readonly (Finding & { id: string })[]): Promise<Checked[]> {
  const waivers = await standingWaivers(db, at)
  const words = new Map(points.map(({ id, what }) => [id, what]))
  return kept.map((one) => ({
    ...one,
    what: words.get(one.id) ?? one.id,
    waiver: one.mark === 'unknown' ? (waivers.get(one.id) ?? null) : null,
  }))
}

async function found(point: (typeof points)[number], subject: Subject): Promise<Finding> {
  const { outlet, definition } = subject
  const { channels } = point
  if (definition !== null && channels && !channelsAsked(subject).some((name) => channels.includes(name)))
    return notApplicable(`This campaign sends nothing by ${inWords(channels)}.`)
  if (point.outside && !leavesTheHouse(outlet)) return notAsked(outlet)
  try {
    return await point.run(subject)
  } catch (fault) {
    return unknown(`It could not be checked: ${scrubbed(messageOf(fault)).slice(0, 300)}.`, 'Run the preflight again.')
  }
}

const notAsked = (outlet: Outlet): Finding =>
  outlet.kind === 'sink'
    ? unknown(
        `Mail goes to your own test sink on this machine (${outlet.at}) and no further: there is nothing to ask.`,
        'Set the server that mail will really leave by, and run this again.',
      )
    : unknown('No way out is set: mail cannot leave.', 'Set SMTP_URL or RESEND_API_KEY.')

/**
 * What stands in the way of a first send: every fail; and every unknown that no owner waived, unless all mail goes to a
 * test sink on this machine, where nobody outside can be harmed by what is not known.
 */
export function standsInTheWay({ outlet, points: checked }: Pick<Preflight, 'outlet' | 'points'>): Checked[] {
  return checked.filter(
    ({ mark, waiver }) => mark === 'fail' || (mark === 'unknown' && waiver === null && leavesTheHouse(outlet)),
  )
}

/** The first send of a campaign asks for a preflight; null when nothing stands in the way, or it went out before. */
export async function refusedByPreflight(
  deps: PreflightDeps,
  definition: CampaignDefinition,
): Promise<{ kind: 'refused'; rule: 'preflight'; why: string } | null> {
  if (await wentOut(deps.db, definition.name)) return null
  const run = await runPreflight(deps, { sender: definition.sender, definition })
  const against = standsInTheWay(run)
  if (against.length === 0) return null
  const list = against.map(({ what, mark }) => `${what}: ${mark}`).join('; ')
  const why = `The preflight of ${definition.name} stands against it (its page says why, and what to do): ${list}`
  return { kind: 'refused', rule: 'preflight', why }
}

/** What stands in the way of the first send of a campaign as it is written; nothing where it went out before. Keeps nothing. */
export async function inItsWay(deps: PreflightDeps, definition: CampaignDefinition): Promise<Checked[]> {
  if (await wentOut(deps.db, definition.name)) return []
  const { outlet, runAt, findings } = await askPoints(deps, { sender: definition.sender, definition })
  return standsInTheWay({ outlet, points: await withWords(deps.db, runAt, findings) })
}

/** What of a campaign is live, or was made last, even if it never went out; null where there is no such campaign. */
export async function definitionNamed(db: Queryable, campaign: string): Promise<CampaignDefinition | null> {
  const made = (await campaignReleases(db, campaign))[0]
  const release = (await liveRelease(db, campaign)) ?? made
  return release ? definitionOf(release) : null
}

const wentOut = async (db: Queryable, campaign: string): Promise<boolean> =>
  (await releaseHistory(db, campaign)).length > 0

/** What of a domain's authentication does not pass now, in words. */
export async function authenticationProblems(deps: PreflightDeps, sender: Sender): Promise<string[]> {
  const domain = domainOf(sender.from.address)
  const received = await receivedOf(deps.db, deps.clock, domain)
  const outlet = await outletOfHouse(deps.db, deps.preflight)
  const subject: Subject = { ...deps.preflight, ...deps, outlet, sender, domain, received, definition: null }
  const findings = await Promise.all(authentication.map((point) => found(point, subject)))
  return findings.flatMap(({ mark, evidence, fix }, index) =>
    mark === 'fail' || mark === 'unknown'
      ? [`${authentication[index]!.what}: ${mark}. ${evidence} ${fix ?? ''}`.trim()]
      : [],
  )
}
