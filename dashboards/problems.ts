import type { Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { messageOf, UsageError } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { problemPage, type Page } from './views/layout.ts'
import { isRefusedText, notWhole } from './whole-text.ts'
import { viewerOf, type Env } from './visitor.ts'

/** Programs read no pages: what goes wrong is told them in JSON. */
const isProgram = ({ req }: Context): boolean => req.path.startsWith('/api/')

/** Answers what goes wrong in a page's own words: nothing of the fault but its place in the log reaches a reader. */
export function problemAnswers(app: Hono<Env>, about: { business: string; inbox: boolean; log: Log }): void {
  const { log, ...rest } = about
  const page = (context: Context<Env>, title: string): Page => {
    // A fault before the visitor was looked for leaves none.
    const viewer = viewerOf(context.get('visitor') ?? null)
    return { title, path: context.req.path, viewer, ...rest }
  }

  app.notFound((context) =>
    isProgram(context)
      ? context.json({ why: 'There is nothing at this address' }, 404)
      : context.html(problemPage(page(context, 'Not found'), 'There is no page here.', 'Go by the navigation.'), 404),
  )

  app.onError((thrown, context) => {
    const fault = isRefusedText(thrown) ? new UsageError(`What was sent ${notWhole}`) : thrown
    if (fault instanceof UsageError) {
      // The message says how to ask, and names nothing of the house.
      if (isProgram(context)) return context.json({ why: fault.message }, 400)
      return context.html(
        problemPage(page(context, 'Not understood'), `${fault.message}.`, 'Go back and change it.'),
        400,
      )
    }
    if (fault instanceof HTTPException && fault.status === 413) {
      if (isProgram(context)) return context.json({ why: 'This is longer than anything that is asked here' }, 413)
      const what = 'This is longer than a form may be, and nothing of it was kept.'
      return context.html(problemPage(page(context, 'Too long'), what, 'Go back and shorten it.'), 413)
    }
    log.error({ fault: messageOf(fault), path: context.req.routePath }, 'a page failed')
    if (isProgram(context)) return context.json({ why: 'This could not be done: try again later' }, 500)
    const what = 'This page could not be made.'
    return context.html(problemPage(page(context, 'Something broke'), what, 'Try again; the log names the fault.'), 500)
  })
}
