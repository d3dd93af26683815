import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { sessionLifeMs, sessionUser } from '#governance/sessions.ts'
import type { User } from '#governance/access.ts'
import type { Clock } from '#kernel/clock.ts'
import { hmac, sameSecret } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Viewer } from './views/layout.ts'
import { isWhole, notWhole } from './whole-text.ts'

/** Who is visiting, found once for each request. */
export type Visitor = { user: User; token: string; csrf: string }
export type Env = { Variables: { visitor: Visitor | null } }

const cookieName = 'millrace_session'

/** Finds the visitor of a request by the session cookie. */
export function findVisitor(deps: { db: Db; clock: Clock; sessionsKey: Uint8Array }): MiddlewareHandler<Env> {
  return async (context, next) => {
    const token = getCookie(context, cookieName)
    const user = token === undefined ? null : await sessionUser(deps, token)
    const visitor = user && token !== undefined ? { user, token, csrf: hmac(deps.sessionsKey, `csrf/${token}`) } : null
    context.set('visitor', visitor)
    await next()
  }
}

/** Keeps the session in a cookie that scripts cannot read and other sites cannot send. */
export function keepSession(context: Context, token: string, secure: boolean): void {
  const maxAge = sessionLifeMs / 1000
  setCookie(context, cookieName, token, { httpOnly: true, sameSite: 'Strict', path: '/', secure, maxAge })
}

export function forgetSession(context: Context, secure: boolean): void {
  setCookie(context, cookieName, '', { httpOnly: true, sameSite: 'Strict', path: '/', secure, maxAge: 0 })
}

/** What a page shows of its visitor. */
export const viewerOf = (visitor: Visitor | null): Viewer | null =>
  visitor ? { name: visitor.user.name, role: visitor.user.role, csrf: visitor.csrf } : null

/**
 * True when a form was sent from one of our pages: its origin is ours. Browsers name it on every POST; a program that
 * names none has no cookies of a reader to abuse.
 */
export function isOurOrigin(context: Context): boolean {
  const origin = context.req.header('origin')
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === context.req.header('host'))
}

/** True when a form came from one of our pages and carries the token of this session. */
export function isOurForm(context: Context<Env>, form: Form): boolean {
  const visitor = context.get('visitor')
  return visitor !== null && isOurOrigin(context) && sameSecret(form['csrf'] ?? '', visitor.csrf)
}

export type Form = Readonly<Record<string, string>>

/** A form that was refused: where it was posted to, what was entered in it, and why. */
export type Entered = { at: string; form: Form; why: string }

/** The text fields of a posted form; files and repeated fields are not ours. Throws where one can be kept nowhere. */
export async function formOf(context: Context): Promise<Form> {
  const body = await context.req.parseBody()
  const fields = Object.entries(body).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  if (!fields.flat().every(isWhole)) throw new UsageError(`A field of this form ${notWhole}`)
  return Object.fromEntries(fields)
}
