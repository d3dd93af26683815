import type { Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { messageOf, UsageError } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { problemPage, type Page } from './views/layout.ts'
import { viewerOf, type Env } from './visitor.ts'

/** Answers what goes wrong in a page's own words: nothing of the fault but its place in the log reaches a reader. */
export function problemAnswers(app: Hono<Env>, about: { business: string; inbox: boolean; log: Log }): void {
  const { log, ...rest } = about
  const page = (context: Context<Env>, title: string): Page => {
    // A fault before the visitor was looked for leaves none.
    const viewer = viewerOf(context.get('visitor') ?? null)
    return { title, path: context.req.path, viewer, ...rest }
  }

  app.notFound((context) =>
    context.html(problemPage(page(context, 'Not found'), 'There is no page here.', 'Go by the navigation.'), 404),
  )

  app.onError((fault, context) => {
    if (fault instanceof UsageError) {
      // The message says how to ask, and names nothing of the house.
      return context.html(
        problemPage(page(context, 'Not understood'), `${fault.message}.`, 'Go back and change it.'),
        400,
      )
    }
    if (fault instanceof HTTPException && fault.status === 413) {
      const what = 'This is longer than a form may be, and nothing of it was kept.'
      return context.html(problemPage(page(context, 'Too long'), what, 'Go back and shorten it.'), 413)
    }
    log.error({ fault: messageOf(fault), path: context.req.routePath }, 'a page failed')
    const what = 'This page could not be made.'
    return context.html(problemPage(page(context, 'Something broke'), what, 'Try again; the log names the fault.'), 500)
  })
}
