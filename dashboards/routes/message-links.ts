import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { Visit } from '#campaigns/heard/bots.ts'
import { linkPaths } from '#campaigns/render/links.ts'
import { toTheirCopy } from '#campaigns/pages/arms.ts'
import {
  recordClick,
  recordOpen,
  recordShortClick,
  unsubscribe,
  unsubscribeOffer,
  type Followed,
} from '#campaigns/heard/reader-events.ts'
import { shortPath } from '#campaigns/render/short-links.ts'
import { layout, problemPage, type Html } from '../views/layout.ts'
import type { Pages } from '../pages.ts'
import { formOf, type Env } from '../visitor.ts'

const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** Where the links of a message lead: a click, the open pixel, and leaving. Strangers come here: no session, no trust. */
export function messageLinkRoutes(app: Hono<Env>, pages: Pages): void {
  const page = (title: string) => ({ title, path: '', viewer: null, business: pages.business.name })
  const gone = (context: Context<Env>, why: string) =>
    context.html(problemPage(page('Not found'), why, 'The link may be cut off: copy it whole from the message.'), 404)

  const theirs = ({ url, identifierId }: Followed): string =>
    identifierId === null
      ? url
      : toTheirCopy(url, { publicUrl: pages.publicUrl, key: pages.linksKey, who: identifierId })

  app.get(`${linkPaths.click}:token`, async (context) => {
    const click = await recordClick(pages, { token: context.req.param('token'), visit: visitOf(context) })
    return click.kind === 'redirect' ? context.redirect(theirs(click), 302) : gone(context, click.why)
  })

  app.get(`${shortPath}:code`, async (context) => {
    const click = await recordShortClick(pages, { code: context.req.param('code'), visit: visitOf(context) })
    return click.kind === 'redirect' ? context.redirect(theirs(click), 302) : gone(context, click.why)
  })

  app.get(`${linkPaths.open}:token`, async (context) => {
    await recordOpen(pages, { token: context.req.param('token'), visit: visitOf(context) })
    // A picture either way: whether the token was ours is nobody's business.
    return context.body(pixel, 200, {
      'content-type': 'image/gif',
      'cache-control': 'no-store',
      // It is shown by mail programs, which are other sites.
      'cross-origin-resource-policy': 'cross-origin',
    })
  })

  // A GET only asks: programs that look at every link of a message must not unsubscribe anybody.
  app.get(`${linkPaths.unsubscribe}:token`, async (context) => {
    const offer = await unsubscribeOffer(pages, context.req.param('token'))
    return offer.kind === 'offer'
      ? context.html(layout(page('Unsubscribe'), question(pages.business.name)))
      : gone(context, offer.why)
  })

  app.post(`${linkPaths.unsubscribe}:token`, async (context) => {
    const form = await formOf(context)
    const how = form['List-Unsubscribe'] === 'One-Click' ? 'one-click' : 'page'
    const done = await unsubscribe(pages, { token: context.req.param('token'), how })
    return done.kind === 'unsubscribed'
      ? context.html(layout(page('Unsubscribed'), farewell(pages.business.name)))
      : gone(context, done.why)
  })
}

function visitOf(context: Context<Env>): Visit {
  return {
    method: context.req.method,
    userAgent: context.req.header('user-agent') ?? null,
    headers: context.req.header(),
  }
}

const question = (business: string): Html =>
  html`<h1>Leave the list?</h1>
    <p class="lede">${business} will send you no more marketing e-mail.</p>
    <form method="post"><button class="main">Unsubscribe</button></form>`

const farewell = (business: string): Html =>
  html`<h1>Done</h1>
    <p class="lede">You will get no more marketing e-mail from ${business}. It takes effect at once.</p>`
