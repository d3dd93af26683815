import { html, raw } from 'hono/html'
import type { ChannelName } from '#campaigns/channel.ts'
import type { ChannelStop } from '#campaigns/queries/channel-stops.ts'
import type { findPeople } from '#ingest/identity/people.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn, entryIn } from './field.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { channelWord, plural, when } from './words.ts'

type Shown = { entered: Entered | null; zone: string; csrf: string; may: May }
type Data = Shown & { channels: readonly ChannelName[]; stops: readonly ChannelStop[] }

/** The settings that a channel needs. */
const settings: Readonly<Record<ChannelName, string>> = {
  email: 'SMTP_URL or RESEND_API_KEY',
  whatsapp: 'WHATSAPP_TOKEN, WHATSAPP_ACCOUNT_ID and WHATSAPP_NUMBER_ID',
  sms: 'SMS_URL, and what your provider takes (SMS_…)',
  telegram: 'TELEGRAM_BOT_TOKEN',
}

/** What messages leave by, and what stands still until somebody says so. */
export function channelsView({ channels, stops, ...shown }: Data): Html {
  const stopOf = new Map<string, ChannelStop>(stops.map((stop) => [stop.channel, stop]))
  return html`<h1>Channels</h1>
    <p class="lede">
      Copy for a channel that is set up leaves with its approval; copy for the others is approved to be published by
      hand. People are written to by a channel only where they agreed to it.
    </p>
    ${Object.entries(settings).map(([name, needs]) => {
      const stop = stopOf.get(name)
      const isSet = channels.some((one) => one === name)
      return html`<section class="card" aria-labelledby="channel-${name}">
        <h2 id="channel-${name}">
          ${channelWord(name)}
          <span class="tag ${stop ? 'bad' : ''}">${stop ? 'stopped' : isSet ? 'set up' : 'not set up'}</span>
        </h2>
        ${stop ? stopPart(stop, shown) : ''} ${isSet ? doors(name) : html`<p class="soft">Set ${needs}.</p>`}
      </section>`
    })}`
}

const doors = (name: string): Html => {
  if (name === 'telegram') return html`<p><a class="button" href="/channels/telegram">Links and QR codes</a></p>`
  return name === 'whatsapp' ? html`<p><a class="button" href="/whatsapp">Templates and number</a></p>` : html``
}

function stopPart({ channel, why, stoppedAt }: ChannelStop, { entered, zone, csrf, may }: Shown): Html {
  const action = `/channels/${channel}/go-on`
  return html`<p class="notice warn">Stopped ${when(stoppedAt, zone)}: ${why}. What was to leave waits.</p>
    ${
      may('campaign.approve')
        ? html`<form method="post" action="${action}" class="inline">
            ${csrfInput(csrf)}
            <label for="reason-${channel}">What was mended</label>
            <input
              id="reason-${channel}"
              name="reason"
              value="${entryIn(entered, action, 'reason')}"
              maxlength="500"
              required
            />
            <button class="main">Let it go on</button>
          </form>`
        : ''
    }`
}

type Telegram = {
  name: string | null
  isSet: boolean
  words: string | null
  qr: string | null
  search: string
  people: Awaited<ReturnType<typeof findPeople>>
  counts: { chats: number; stopped: number }
  entered: Entered | null
  csrf: string
  may: May
}

/** How people come to be written to by Telegram: a code for everybody, and links that each tie one person's chat. */
export function telegramView(data: Telegram): Html {
  const { name, isSet, words, qr, search, people, counts, csrf, may } = data
  if (!isSet)
    return html`<h1>Telegram</h1>
      <p class="lede">Make a bot with @BotFather and set TELEGRAM_BOT_TOKEN.</p>`
  return html`<h1>Telegram</h1>
    <p class="lede">
      ${plural(counts.chats, 'chat')} began with the bot, of which ${counts.stopped} want no more. Nobody can be written
      to who did not begin.
    </p>
    ${name === null ? html`<p class="notice warn">Telegram does not say what the bot is called: look at TELEGRAM_BOT_TOKEN.</p>` : ''}
    ${
      name === null || qr === null
        ? ''
        : html`<section class="card" aria-labelledby="everybody">
            <h2 id="everybody">For everybody</h2>
            <p>
              On a counter, a receipt or a page: whoever opens it says yes for their chat, and is asked for their
              number.
            </p>
            ${code(qr, `QR code of @${name}`)}
            <p class="mono">https://t.me/${name}</p>
          </section>`
    }
    <section class="card" aria-labelledby="one">
      <h2 id="one">For one person</h2>
      <p class="soft">These words belong beside it: “${words ?? ''}”</p>
      <form method="get" action="/channels/telegram" class="inline" role="search">
        <label for="search">Name, e-mail address or phone number</label>
        <input id="search" name="search" value="${search}" type="search" />
        <button class="main">Search</button>
      </form>
      ${search !== '' && people.length === 0 ? html`<p class="notice">Nobody found. Try a shorter part of the name.</p>` : ''}
      <ul class="plain rows">
        ${people.map((person) => {
          const shown = [person.givenName, person.familyName].filter(Boolean).join(' ') || (person.email ?? 'Somebody')
          return html`<li>
            <form method="post" action="/channels/telegram/invite" class="inline">
              ${csrfInput(csrf)}<input type="hidden" name="personId" value="${person.personId}" />
              <span>${shown} <small class="soft">${person.email ?? ''}</small></span>
              <button>Make a link for ${shown}</button>
            </form>
          </li>`
        })}
      </ul>
    </section>
    <section class="card" aria-labelledby="words-agreed">
      <h2 id="words-agreed">What people agree to</h2>
      <blockquote>${words ?? ''}</blockquote>
      <p class="soft">
        Until an owner writes other words these are the house’s own, in the language that somebody’s Telegram is set to,
        where that is one of six, else in the brand’s. Each consent keeps the version it was given under.
      </p>
      ${may('consent-text.release') ? wordsForm(data) : html`<p class="soft">An owner writes others.</p>`}
    </section>`
}

function wordsForm({ words, search, entered, csrf }: Telegram): Html {
  const action = '/channels/telegram/words'
  const own = enteredIn(entered, action)
  return html`<details ${own ? 'open' : ''}>
    <summary>Write other words</summary>
    <form method="post" action="${action}${search === '' ? '' : `?search=${encodeURIComponent(search)}`}">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="text">What somebody agrees to: who writes, what about, how often, and that /stop ends it</label>
        <textarea id="text" name="text" rows="3" maxlength="600" required>${own?.['text'] ?? words ?? ''}</textarea>
      </div>
      <button class="main">Show these from now on</button>
    </form>
  </details>`
}

/** A link that ties the chat it is opened in to a person, the only time that it is shown. */
export const invitationView = (made: { url: string; expiresAt: Date; words: string; qr: string; zone: string }): Html =>
  html`<h1>A link for one person</h1>
    <p class="lede">It works once, until ${when(made.expiresAt, made.zone)}, and is not shown again.</p>
    <section class="card">
      ${code(made.qr, 'QR code of the link')}
      <p class="mono">${made.url}</p>
      <p>Show these words beside it; opening the link says yes to them: “${made.words}”</p>
    </section>
    <p><a class="button" href="/channels/telegram">Back</a></p>`

/** Drawn by a library of ours out of a link of ours. */
const code = (svg: string, label: string): Html =>
  html`<figure class="code" role="img" aria-label="${label}">${raw(svg)}</figure>`
