import { createHash } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { html } from 'hono/html'
import type { Visit } from '#campaigns/heard/bots.ts'
import { armToken, drawFor, readerIn, readerName, readerOf } from '#campaigns/pages/arms.ts'
import { pageLanguage, pageWords } from '#campaigns/pages/page-words.ts'
import { shownPage, type Shown } from '#campaigns/pages/shown.ts'
import { askToSignUp, confirmSignUp, signUpOffer, signUpWords } from '#campaigns/pages/sign-up.ts'
import { structuredData } from '#campaigns/pages/structured.ts'
import { countShown } from '#campaigns/pages/trial.ts'
import { countVisit, tellWord, type CountedVisit } from '#campaigns/pages/visits.ts'
import { admissionBy } from '#ingest/collect-caps.ts'
import { messageOf } from '#kernel/errors.ts'
import { newId, parseId, type Hash } from '#kernel/ids.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import type { Pages } from '../pages.ts'
import type { Html } from '../views/layout.ts'
import { pageStyles } from '../views/page-copy.ts'
import { confirmMain, offersView, plainPage, servedPage, type Offers } from '../views/served-page.ts'
import { formOf, isOurOrigin, type Env } from '../visitor.ts'
import { addressOf } from './collect.ts'

const styleHash = createHash('sha256').update(pageStyles).digest('base64')
/** Its own style, its own forms, and nothing else from anywhere. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

const cookie = 'millrace_visits'
const halfYear = 182 * 86_400
const [minuteMs, hourMs] = [60_000, 3_600_000]

/** Mails to one address, and from one network, each process for itself: nobody may fill a stranger's mailbox. */
const signUpCaps = {
  eventsOfDevice: { limit: 3, windowMs: 24 * hourMs },
  eventsOfAddress: { limit: 10, windowMs: 10 * minuteMs },
  namesOfDevice: { limit: 1, windowMs: hourMs },
  devicesOfName: { limit: 1, windowMs: hourMs },
}

type Answer = Response | Promise<Response>

/** Published pages, as strangers get them: no session, no script, and no cookie before a yes. */
export function servedPageRoutes(app: Hono<Env>, pages: Pages): void {
  app.use('/p/*', compress(), etag(), async (context, next) => {
    await next()
    context.header('content-security-policy', policy)
  })
  app.get('/p/:slug', (context) => show(context, pages))
  signUpRoutes(app, pages)
  confirmRoutes(app, pages)
  visitRoutes(app, pages)
}

const urlOf = ({ publicUrl }: Pages, slug: string): string => `${publicUrl.replace(/\/$/, '')}/p/${slug}`

async function show(context: Context<Env>, pages: Pages): Promise<Response> {
  const { db, clock, business } = pages
  const slug = context.req.param('slug') ?? ''
  const reader = readerOfVisit(context, pages, slug)
  const shown = await shownPage(db, slug, clock(), drawFor(reader))
  context.header('cache-control', shown.kind === 'page' && shown.version.others ? 'private, no-cache' : 'no-cache')
  context.header('vary', 'cookie, sec-gpc')
  if (shown.kind !== 'page') return absent(context, pages, shown)
  const url = urlOf(pages, slug)
  await count(context, pages, url)
  const structured = await structuredData(db, shown.copy, { url, business: business.name, at: clock() })
  const kind = shown.copy.form === 'blog-post' ? 'article' : 'website'
  const offers = await offersOf(context, pages, shown)
  if (offers.signUp?.arm) await countArm(context, pages, { pageHash: shown.hash, arm: shown.arm!, reader })
  return context.html(servedPage({ ...offers, body: shown.copy.content, business: business.name, url, kind, structured })) // prettier-ignore
}

async function absent(context: Context<Env>, pages: Pages, shown: Exclude<Shown, { kind: 'page' }>): Promise<Response> {
  const language = await languageShown(pages, shown)
  const words = pageWords[language]
  const page = ([title, said]: readonly [string, string], status: 404 | 410 | 503, more: Html = html``): Answer =>
    context.html(
      plainPage(
        { title, business: pages.business.name, language },
        html`<p>${said}</p>
          ${more}`,
      ),
      status,
    )
  if (shown.kind === 'unknown') return page(words.notFound, 404)
  if (shown.kind === 'taken-down') return page(words.gone, 410)
  // For a while: whoever keeps an index looks again, and drops nothing.
  context.header('retry-after', '3600')
  return page(words.changing, 503, offersView(await offersOf(context, pages, shown)))
}

/** The language of what a visitor gets; where nothing of the page is shown, that of the brand. */
async function languageShown(pages: Pages, shown: Shown): Promise<Language> {
  const { language } = await pages.agent.brand()
  return pageLanguage(shown.kind === 'page' ? shown.copy.content : null, language)
}

async function offersOf(
  context: Context<Env>,
  pages: Pages,
  shown: Extract<Shown, { version: unknown }>,
): Promise<Offers> {
  const words = shown.version.signUp ? await signUpWords(pages) : null
  const language = await languageShown(pages, shown)
  // Words of before their language was looked at were all kept as English.
  const signUp = words && { words: words.body.text, language: languageOf(words.body.text) ?? words.body.language, version: words.hash, arm: armOf(context, pages, shown) }
  const counting = refusesCounting(context) ? null : deviceOf(context) ? 'counted' : 'ask'
  return { slug: context.req.param('slug') ?? '', language, signUp, counting }
} // prettier-ignore

/** What the form says of the copy it stands below; null where its visitors are not counted, or this one is not to be. */
const armOf = (context: Context<Env>, { signUpsKey }: Pages, shown: Shown): string | null =>
  shown.kind === 'page' && shown.arm !== null && !refusesCounting(context)
    ? armToken(signUpsKey, shown.hash, shown.arm)
    : null

/** Who is known by their own word: by the link of a message, or as who let their visits be counted. */
function readerOfVisit(context: Context<Env>, { linksKey }: Pages, slug: string): string | null {
  if (refusesCounting(context)) return null
  const device = deviceOf(context)
  return (
    readerIn(new URL(context.req.url), linksKey, slug) ?? (device === null ? null : readerOf(linksKey, slug, device))
  )
}

/** Nobody waits for a page because it could not be counted. */
async function countArm(
  context: Context<Env>,
  pages: Pages,
  shown: { pageHash: Hash; arm: string; reader: string | null },
): Promise<void> {
  await countShown(pages, { ...shown, visit: visitBy(context) }).catch((fault: unknown) =>
    pages.log.error({ fault: messageOf(fault) }, 'a visit could not be counted'),
  )
}

function signUpRoutes(app: Hono<Env>, pages: Pages): void {
  const admission = admissionBy(pages.clock, signUpCaps)
  const statusOf = { 'not-now': 503, 'no-form': 422, 'no-address': 422 } as const

  app.post('/p/:slug/sign-up', async (context) => {
    const slug = context.req.param('slug')
    const language = await languageShown(pages, await shownPage(pages.db, slug, pages.clock()))
    const house = pageWords[language]
    const say = ([title, words]: readonly [string, string], status: 200 | 403 | 422 | 429 | 503): Answer =>
      context.html(plainPage({ title, business: pages.business.name, language }, html`<p>${words}</p>`), status)
    if (!isOurOrigin(context)) return say([house.notSignedUp, house.notOurForm], 403)
    const { email = '', website = '', words = '', arm = '' } = await formOf(context)
    // People do not see this field: who fills it in is told what everybody is, and gets nothing.
    if (website !== '') return say(house.look, 200)
    if (!admission.admits([{ device: email.trim().toLowerCase(), names: [] }], addressOf(context) ?? ''))
      return say(house.tooOften, 429)
    const { kind } = await askToSignUp(pages, { slug, address: email, textVersion: words, arm, language })
    if (kind === 'look-in-your-mailbox') return say(house.look, 200)
    const why = { 'not-now': house.tryLater, 'no-form': house.noForm, 'no-address': house.noAddress }[kind]
    return say([house.notSignedUp, why], statusOf[kind])
  })
}

function confirmRoutes(app: Hono<Env>, pages: Pages): void {
  const { name: business } = pages.business
  type Told = { title: string; language: Language; main: Html; status?: 200 | 410 }
  const page = (context: Context<Env>, { title, language, main, status = 200 }: Told): Answer => {
    context.header('content-security-policy', policy)
    context.header('cache-control', 'no-store')
    // The link is a secret of its reader.
    context.header('referrer-policy', 'no-referrer')
    return context.html(plainPage({ title, business, language }, main), status)
  }
  const deadLink = async (context: Context<Env>, kind: 'not-ours' | 'expired'): Promise<Response> => {
    const { language = 'en' } = await pages.agent.brand()
    const { deadLink: title, expired, notOurLink } = pageWords[language]
    const main = html`<p>${kind === 'expired' ? expired : notOurLink}</p>`
    return page(context, { title, language, main, status: 410 })
  }

  app.get('/confirm/:token', async (context) => {
    const offer = await signUpOffer(pages, context.req.param('token'))
    if (offer.kind !== 'offer') return deadLink(context, offer.kind)
    const { language } = offer
    const house = pageWords[language]
    return page(context, { title: house.lastPress, language, main: confirmMain(offer, house) })
  })

  app.post('/confirm/:token', async (context) => {
    const done = await confirmSignUp(pages, context.req.param('token'))
    if (done.kind !== 'confirmed') return deadLink(context, done.kind)
    const { language } = done
    const { again, thanks } = pageWords[language]
    const [title, words] = done.again ? again : [thanks[0], thanks[1](business)]
    return page(context, { title, language, main: html`<p>${words}</p>` })
  })
}

function visitRoutes(app: Hono<Env>, pages: Pages): void {
  app.post('/p/:slug/visits', async (context) => {
    const slug = context.req.param('slug')
    const back = `/p/${encodeURIComponent(slug)}`
    if (!isOurOrigin(context) || refusesCounting(context)) return context.redirect(back, 303)
    const granted = (await formOf(context))['may'] === 'yes'
    const known = deviceOf(context)
    const device = known ?? newId(pages.clock)
    const secure = pages.publicUrl.startsWith('https:')
    if (granted)
      setCookie(context, cookie, device, { httpOnly: true, sameSite: 'Lax', path: '/p/', secure, maxAge: halfYear }) // prettier-ignore
    else deleteCookie(context, cookie, { path: '/p/', secure })
    if (granted || known) await tellWord(pages, { ...visitOf(context, device, urlOf(pages, slug)), granted })
    return context.redirect(back, 303)
  })
}

/** Counts a visit of whoever agreed. Nobody waits for a page because it could not be counted. */
async function count(context: Context<Env>, pages: Pages, url: string): Promise<void> {
  const device = deviceOf(context)
  if (device === null || refusesCounting(context)) return
  const asked = new URL(context.req.url)
  asked.searchParams.delete(readerName)
  await countVisit(pages, visitOf(context, device, `${url}${asked.search}`)).catch((fault: unknown) =>
    pages.log.error({ fault: messageOf(fault) }, 'a visit could not be counted'),
  )
}

const visitOf = (context: Context<Env>, device: string, url: string): CountedVisit => ({
  device,
  url,
  referrer: context.req.header('referer') ?? null,
  from: addressOf(context),
  visit: { ...visitBy(context), method: 'GET' },
})

const visitBy = (context: Context<Env>): Visit => ({
  method: context.req.method,
  userAgent: context.req.header('user-agent') ?? null,
  headers: context.req.header(),
})

const deviceOf = (context: Context<Env>): string | null => parseId(getCookie(context, cookie))

/** Global Privacy Control: such a browser is asked nothing and counted never. */
const refusesCounting = (context: Context<Env>): boolean => context.req.header('sec-gpc') === '1'
