import { renderSVG } from 'uqr'
import { letChannelGoOn } from '#campaigns/channel-stops.ts'
import { botLink, inviteByTelegram, telegramWords } from '#campaigns/telegram/invite.ts'
import { selectOpenStops } from '#campaigns/queries/channel-stops.ts'
import { countChats } from '#campaigns/queries/telegram.ts'
import { findPeople } from '#ingest/identity/people.ts'
import { parseId } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { channelsView, invitationView, telegramView } from '../views/channels.ts'
import { missing, type Router } from './route.ts'

const here = '/channels'
const found = 10

/** What messages leave by beside mail, what stops it, and how people come to be written to by Telegram. */
export function channelRoutes(router: Router, pages: Pages): void {
  const { db, clock, bot, business } = pages
  const { zone } = business

  router.get(here, 'campaign.view', async ({ page, visitor, may }) => {
    const stops = await selectOpenStops(db)
    return page(
      'Channels',
      channelsView({ channels: pages.channels ?? ['email'], stops, zone, csrf: visitor.csrf, may }),
    )
  })

  router.post('/channels/:name/go-on', 'campaign.approve', async ({ param, form, back, visitor }) => {
    const done = await letChannelGoOn({ db, clock }, { channel: param('name'), by: visitor.user.id, reason: form['reason'] ?? '' }) // prettier-ignore
    return back(here, done.kind === 'refused' ? `${done.why}.` : 'It goes on: what waited leaves with the next rounds.')
  })

  router.get('/channels/telegram', 'person.view', async ({ page, query, visitor }) => {
    const name = await botName(pages)
    const search = query('search')?.trim() ?? ''
    const people = search === '' ? [] : await findPeople(db, { search, limit: found })
    const qr = name === null ? null : renderSVG(botLink(name), { border: 2 })
    const words = bot ? (await telegramWords({ db, clock }, business.name)).text : null
    return page('Telegram', telegramView({ name, isSet: bot !== null, words, qr, search, people, counts: await countChats(db), csrf: visitor.csrf })) // prettier-ignore
  })

  router.post('/channels/telegram/invite', 'person.view', async (request) => {
    const { form, back, page, visitor } = request
    const personId = parseId<'person'>(form['personId'])
    const name = await botName(pages)
    if (name === null) return back('/channels/telegram', 'Telegram does not answer: try again in a moment.')
    if (!personId) return missing(request, 'There is no such person.')
    const made = await inviteByTelegram(
      { db, clock },
      { personId, bot: name, business: business.name, by: visitor.user.id },
    )
    if (made.kind === 'no-address') return back('/channels/telegram', `${made.why}.`)
    // Shown here alone: only the digest of its token is kept.
    return page('A link for one person', invitationView({ ...made, qr: renderSVG(made.url, { border: 2 }), zone }))
  })
}

/** What the bot is called; null where there is none, or Telegram does not answer. */
async function botName({ bot, log }: Pages): Promise<string | null> {
  try {
    return (await bot?.name()) ?? null
  } catch {
    log.warn({}, 'Telegram did not say what the bot is called')
    return null
  }
}
