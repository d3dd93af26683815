import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { redeemSignIn, revokeSession } from '#governance/sessions.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { layout, type Html } from '../views/layout.ts'
import { forgetSession, formOf, isOurForm, isOurOrigin, keepSession, type Env } from '../visitor.ts'

type Deps = { db: Db; clock: Clock; business: { name: string }; secure: boolean }

/** Signing in by a one-time link. Opening it changes nothing (scanners open links); pressing the button does. */
export function signInRoutes(app: Hono<Env>, deps: Deps): void {
  const page = { title: 'Sign in', path: '/sign-in', viewer: null, business: deps.business.name }
  const refused = (context: Context<Env>, why: string) =>
    context.html(
      layout(
        page,
        html`<p class="notice warn" role="alert">${why}.</p>
          ${howTo}`,
      ),
      403,
    )

  app.get('/sign-in', (context) => {
    const token = context.req.query('token') ?? ''
    return context.html(layout(page, token === '' ? howTo : welcome(token)))
  })

  app.post('/sign-in', async (context) => {
    // Nobody is signed in as somebody else by a form of another site.
    if (!isOurOrigin(context)) return refused(context, 'This form did not come from a page of ours')
    const redeemed = await redeemSignIn(deps, (await formOf(context))['token'] ?? '')
    if (redeemed.kind === 'refused') return refused(context, redeemed.why)
    keepSession(context, redeemed.token, deps.secure)
    return context.redirect('/', 303)
  })

  app.post('/sign-out', async (context) => {
    const visitor = context.get('visitor')
    if (visitor && isOurForm(context, await formOf(context))) {
      await revokeSession(deps, visitor.token)
      forgetSession(context, deps.secure)
    }
    return context.redirect('/sign-in', 303)
  })
}

const welcome = (token: string): Html =>
  html`<h1>Welcome</h1>
    <p class="lede">This link signs you in once, on this device.</p>
    <form method="post" action="/sign-in">
      <input type="hidden" name="token" value="${token}" /><button class="main" autofocus>Sign in</button>
    </form>`

const howTo = html`<h1>Sign in</h1>
  <p class="lede">Millrace signs you in by a link that works once.</p>
  <p>Whoever runs it prints one for you:</p>
  <p><code>npm run -s millrace -- sign-in YOUR-ADDRESS</code></p>`
