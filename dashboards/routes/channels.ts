import { renderSVG } from 'uqr'
import { letChannelGoOn } from '#campaigns/stops/channel-stops.ts'
import { botLink, inviteByTelegram, telegramText, telegramWords } from '#campaigns/telegram/invite.ts'
import { selectOpenStops } from '#campaigns/queries/channel-stops.ts'
import { countChats } from '#campaigns/queries/telegram.ts'
import { findPeople } from '#ingest/identity/people.ts'
import { releaseConsentText } from '#governance/consent-texts.ts'
import { parseId } from '#kernel/ids.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import type { Pages } from '../pages.ts'
import { channelsView, invitationView, telegramView } from '../views/channels.ts'
import { missing, type PageRequest, type Router } from './route.ts'

const here = '/channels'
const found = 10

/** What messages leave by beside mail, what stops it, and how people come to be written to by Telegram. */
export function channelRoutes(router: Router, pages: Pages): void {
  const { db, clock, bot, business } = pages
  const { zone } = business

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const stops = await selectOpenStops(db)
    return page(
      'Channels',
      channelsView({ channels: pages.channels ?? ['email'], stops, entered, zone, csrf: visitor.csrf, may }),
    )
  }

  router.get(here, 'campaign.view', show)

  router.post('/channels/:name/go-on', 'campaign.approve', async ({ param, form, back, again, visitor }) => {
    const done = await letChannelGoOn({ db, clock }, { channel: param('name'), by: visitor.user.id, reason: form['reason'] ?? '' }) // prettier-ignore
    return done.kind === 'refused'
      ? again(show, `${done.why}.`)
      : back(here, 'It goes on: what waited leaves with the next rounds.')
  })

  const showTelegram = async ({ page, query, visitor, may, entered }: PageRequest): Promise<Response> => {
    const name = await botName(pages)
    const search = query('search')?.trim() ?? ''
    const people = search === '' ? [] : await findPeople(db, { search, limit: found })
    const qr = name === null ? null : renderSVG(botLink(name), { border: 2 })
    const words = bot ? (await telegramWords({ db, clock }, business.name, await languageOfBrand(pages))).text : null
    return page('Telegram', telegramView({ name, isSet: bot !== null, words, qr, search, people, counts: await countChats(db), entered, csrf: visitor.csrf, may })) // prettier-ignore
  }

  router.get('/channels/telegram', 'person.view', showTelegram)

  router.post('/channels/telegram/words', 'consent-text.release', async ({ form, back, again, visitor }) => {
    const text = (form['text'] ?? '').trim()
    if (text === '' || text.length > 600) return again(showTelegram, 'Write 1 to 600 characters.')
    const words = { name: telegramText, language: languageOf(text) ?? 'en', channel: 'telegram', text }
    const done = await releaseConsentText(pages, { ...words, by: visitor.user.id, reason: 'written at the desk' })
    return done.kind === 'refused' ? again(showTelegram, `${done.why}.`) : back('/channels/telegram', 'The bot and its links show these words from now on.') // prettier-ignore
  })

  router.post('/channels/telegram/invite', 'person.view', async (request) => {
    const { form, back, page, visitor } = request
    const personId = parseId<'person'>(form['personId'])
    const name = await botName(pages)
    if (name === null) return back('/channels/telegram', 'Telegram does not answer: try again in a moment.')
    if (!personId) return missing(request, 'There is no such person.')
    const made = await inviteByTelegram(
      { db, clock },
      { personId, bot: name, business: business.name, language: await languageOfBrand(pages), by: visitor.user.id },
    )
    if (made.kind === 'no-address') return back('/channels/telegram', `${made.why}.`)
    // Shown here alone: only the digest of its token is kept.
    return page('A link for one person', invitationView({ ...made, qr: renderSVG(made.url, { border: 2 }), zone }))
  })
}

/** What readers are spoken to in of whom nothing else is known. */
const languageOfBrand = async ({ agent }: Pages): Promise<Language> => (await agent.brand()).language ?? 'en'

/** What the bot is called; null where there is none, or Telegram does not answer. */
async function botName({ bot, log }: Pages): Promise<string | null> {
  try {
    return (await bot?.name()) ?? null
  } catch {
    log.warn({}, 'Telegram did not say what the bot is called')
    return null
  }
}
