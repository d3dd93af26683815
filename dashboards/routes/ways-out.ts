import { candidateNow, checkCandidate, proposeCandidate, type WayOutDeps } from '#campaigns/way-out/candidate.ts'
import { configured, liveConfiguration, secretsOf } from '#campaigns/way-out/configuration.ts'
import { switchWay } from '#campaigns/way-out/switch-way.ts'
import { proveCandidate, testCandidate } from '#campaigns/way-out/test-way.ts'
import type { ChannelName } from '#campaigns/channel.ts'
import { pointerHistory } from '#kernel/versions.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import type { Form } from '../visitor.ts'
import { configurationFrom } from '../way-out-form.ts'
import { waysOutView, type Slots } from '../views/ways-out.ts'
import type { PageRequest, Router } from './route.ts'

const here = '/ways-out'

/** The channel that a form is about: mail, where it names none. */
const channelIn = (form: Form): ChannelName => configured.find((one) => one === form['channel']) ?? 'email'

/** How messages leave by each channel: what is live, and what may take its place once it is checked and has proved itself. */
export function wayOutRoutes(router: Router, pages: Pages): void {
  const { db, ways } = pages
  const deps: WayOutDeps = pages

  const slotsOf = async (channel: ChannelName): Promise<Slots> => ({
    channel,
    live: await liveConfiguration(db, ways, channel),
    candidate: await candidateNow(db, ways, channel),
    history: await pointerHistory(db, 'channel', channel),
  })

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const set = configured.filter((channel) => channel === 'email' || secretsOf(ways, channel).length > 0)
    const channels = await Promise.all(set.map(slotsOf))
    const actors = channels.flatMap(({ candidate, history }) => [candidate?.proposedBy ?? [], history.map(({ movedBy }) => movedBy)].flat()) // prettier-ignore
    const named = await actorNames(db, actors)
    const { zone } = pages.business
    return page('Ways out', waysOutView(channels, { ways, named, entered, zone, csrf: visitor.csrf, may }))
  }

  router.get(here, 'campaign.view', show)

  router.post(here, 'channel.configure', async ({ form, back, again, visitor }) => {
    const done = await proposeCandidate(deps, { configuration: configurationFrom(form), by: visitor.user.id })
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(here, 'It stands in the second slot. Nothing leaves by it yet.')
  })

  router.post(`${here}/check`, 'channel.configure', async ({ form, back, visitor }) => {
    const done = await checkCandidate(deps, { channel: channelIn(form), by: visitor.user.id })
    return back(here, done.kind === 'refused' ? `${done.why}.` : 'Checked.')
  })

  router.post(`${here}/test`, 'channel.configure', async ({ form, back, again, visitor }) => {
    const test = { channel: channelIn(form), to: form['to'] ?? '', by: visitor.user.id }
    const done = await testCandidate(deps, test)
    if (done.kind === 'sent') return back(here, 'Sent. Type the code that stands in it.')
    return again(show, `${done.why}.`)
  })

  router.post(`${here}/code`, 'channel.configure', async ({ form, back, again, visitor }) => {
    const word = { channel: channelIn(form), code: form['code'] ?? '', by: visitor.user.id }
    const done = await proveCandidate(deps, word)
    return done.kind === 'refused' ? again(show, `${done.why}.`) : back(here, 'It arrived.')
  })

  router.post(`${here}/switch`, 'campaign.rollback', async ({ form, back, again, visitor }) => {
    const { seen = '', reason = '' } = form
    const done = await switchWay(deps, { channel: channelIn(form), seen, by: visitor.user.id, reason })
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(here, done.back ? 'Back: the next claim leaves by it.' : 'Switched: the next claim leaves by it. The same button goes back.') // prettier-ignore
  })
}
