import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { aRole } from '#governance/access.ts'
import { may, type Action } from '#governance/permissions.ts'
import { layout, problemPage, type Html, type May, type Page } from '../views/layout.ts'
import { formOf, isOurForm, viewerOf, type Entered, type Env, type Form, type Visitor } from '../visitor.ts'

export type Request = {
  context: Context<Env>
  visitor: Visitor
  param: (name: string) => string
  query: (name: string) => string | undefined
  /** Whether the visitor may do something, so that a page offers only what its reader may press. */
  may: May
}
export type PageRequest = Request & {
  /** What was entered in a form of this page that was refused. */
  entered: Entered | null
  page: (title: string, main: Html, more?: Partial<Page>) => Response | Promise<Response>
}
type Show = (request: PageRequest) => Response | Promise<Response>
export type FormRequest = PageRequest & {
  form: Form
  back: (path: string, notice?: string) => Response
  /** Refuses the form: shows the page it stands on, with why, and all that was entered in it. */
  again: (show: Show, why: string) => Response | Promise<Response>
}

/** Every route of people, with what it needs: the role-by-route matrix is read from here. */
export type RouteRow = { method: 'GET' | 'POST'; path: string; action: Action }

export type Router = {
  rows: readonly RouteRow[]
  /** A page: seen by whoever may do `action`, others are sent to sign in or told no. */
  get: (path: string, action: Action, show: Show) => void
  /** A form: posted from our own pages only, answered by a redirect, or by its page again where it is refused. */
  post: (path: string, action: Action, act: (request: FormRequest) => Response | Promise<Response>) => void
}

/** Adds routes to the app so that none can forget its permission. */
export function routesOf(app: Hono<Env>, about: { business: string; inbox: boolean }): Router {
  const rows: RouteRow[] = []
  const pages = pageMaker(about)
  return {
    rows,
    get: (path, action, show) => {
      rows.push({ method: 'GET', path, action })
      app.get(path, (context) =>
        admitted(context, action, pages, (visitor) => show(requestOf(context, visitor, pages))),
      )
    },
    post: (path, action, act) => {
      rows.push({ method: 'POST', path, action })
      app.post(path, (context) =>
        admitted(context, action, pages, async (visitor) => {
          const form = await formOf(context)
          if (!isOurForm(context, form))
            return refused(context, pages, 'This form did not come from a page of ours, or its session has ended.')
          const back = (to: string, notice?: string): Response =>
            context.redirect(
              notice === undefined ? to : `${to}${to.includes('?') ? '&' : '?'}notice=${encodeURIComponent(notice)}`,
              303,
            )
          const again: FormRequest['again'] = (show, why) =>
            show(requestOf(context, visitor, pages, { at: context.req.path, form, why }))
          return act({ ...requestOf(context, visitor, pages), form, back, again })
        }),
      )
    },
  }
}

const farthest = 1_000_000_000

/** The place in a list that an address asks for: its beginning where it says none, never farther than any list is long. */
export const placeIn = (text: string | undefined): number =>
  Math.min(farthest, Math.max(0, Math.trunc(Number(text)) || 0))

type PageMaker = (context: Context<Env>, title: string, more?: Partial<Page>) => Page

const pageMaker =
  (about: { business: string; inbox: boolean }): PageMaker =>
  (context, title, more = {}) => ({
    title,
    path: context.req.path,
    viewer: viewerOf(context.get('visitor')),
    notice: context.req.query('notice'),
    ...about,
    ...more,
  })

function requestOf(
  context: Context<Env>,
  visitor: Visitor,
  pages: PageMaker,
  entered: Entered | null = null,
): PageRequest {
  return {
    context,
    visitor,
    param: (name) => context.req.param(name) ?? '',
    query: (name) => context.req.query(name),
    may: (action) => may(visitor.user.role, action),
    entered,
    page: (title, main, more) => context.html(layout(pages(context, title, { refusal: entered?.why, ...more }), main)),
  }
}

async function admitted(
  context: Context<Env>,
  action: Action,
  pages: PageMaker,
  go: (visitor: Visitor) => Response | Promise<Response>,
): Promise<Response> {
  const visitor = context.get('visitor')
  if (!visitor) {
    if (context.req.method === 'GET') return context.redirect('/sign-in', 303)
    return refused(context, pages, 'Your session has ended.')
  }
  if (!may(visitor.user.role, action)) return refused(context, pages, `${aRole(visitor.user.role)} may not do this.`)
  return go(visitor)
}

function refused(context: Context<Env>, pages: PageMaker, what: string): Response | Promise<Response> {
  return context.html(problemPage(pages(context, 'Not allowed'), what, 'Sign in again, or ask an owner.'), 403)
}

/** The page for something that is not there. */
export const missing = (request: PageRequest, what: string): Response | Promise<Response> => {
  request.context.status(404)
  return request.page('Not found', problemPart(what))
}

const problemPart = (what: string): Html =>
  html`<h1>Not found</h1>
    <p class="lede">${what}</p>
    <p><a class="button" href="/">Back to the start</a></p>`
