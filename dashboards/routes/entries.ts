import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { enterByProgram } from '#campaigns/entries/by-program.ts'
import { enterList, listInWords } from '#campaigns/entries/enter.ts'
import { tokenOf } from '#campaigns/entries/tokens.ts'
import { currentDefinition } from '#campaigns/launch/versions.ts'
import { counting } from '#ingest/collect-caps.ts'
import type { Pages } from '../pages.ts'
import { enterView } from '../views/enter.ts'
import type { Env } from '../visitor.ts'
import { holdsWhole, notWhole } from '../whole-text.ts'
import { addressOf } from './collect.ts'
import { missing, type PageRequest, type Router } from './route.ts'

/** One person and what slots may say of them: more is no entry. */
const largestEntry = 64 * 1024
const minuteMs = 60_000
/** Each process counts for itself. A network address that comes with wrong tokens is soon not answered any more. */
const perMinute = { ofToken: 600, wrong: 60 }

const told = (status: number, why: string): Response =>
  Response.json({ why }, { status, headers: status === 429 ? { 'retry-after': '60' } : {} })

/** Programs put people into campaigns here: no session, a token instead, and JSON both ways. */
export function entryApi(app: Hono<Env>, pages: Pages): void {
  const { db, clock, members } = pages
  const deps = { db, clock, members }
  const ofToken = counting(clock, { limit: perMinute.ofToken, windowMs: minuteMs })
  const wrong = counting(clock, { limit: perMinute.wrong, windowMs: minuteMs })
  const tooLarge = (): Response => told(413, `An entry holds at most ${largestEntry} bytes`)

  app.post('/api/campaigns/:name/entries', bodyLimit({ maxSize: largestEntry, onError: tooLarge }), async (context) => {
    const from = addressOf(context) ?? ''
    if (!wrong(from, 0)) return told(429, 'Too many wrong tokens')
    const [, bearer] = /^Bearer\s+(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? []
    const token = bearer === undefined ? null : await tokenOf({ db, clock }, bearer)
    if (!token)
      return told(wrong(from, 1) ? 401 : 429, 'Send a token that was made at Programs: Authorization: Bearer …')
    if (!ofToken(token.id, 1)) return told(429, `At most ${perMinute.ofToken} entries a minute`)
    const body = await context.req.json<unknown>().catch(() => undefined)
    if (body === undefined) return told(400, 'The body is no JSON')
    if (!holdsWhole(body)) return told(400, `The body ${notWhole}`)
    const key = context.req.header('idempotency-key')?.trim() ?? ''
    const { status, answer } = await enterByProgram(deps, { token, campaign: context.req.param('name'), key, body })
    return Response.json(answer, { status })
  })
}

const at = (name: string): string => `/campaigns/${encodeURIComponent(name)}/enter`

/** A list of people, put in by hand. */
export function enterRoutes(router: Router, pages: Pages): void {
  const { db, clock, members } = pages

  const show = async (request: PageRequest): Promise<Response> => {
    const definition = await currentDefinition(db, request.param('name'))
    if (!definition) return missing(request, 'There is no campaign of this name.')
    return request.page(
      'Put people in',
      enterView({ definition, entered: request.entered, csrf: request.visitor.csrf }),
    )
  }

  router.get('/campaigns/:name/enter', 'campaign.release', show)

  router.post('/campaigns/:name/enter', 'campaign.release', async ({ form, back, again, param, visitor }) => {
    const list = { campaign: param('name'), text: form['list'] ?? '', by: visitor.user.id }
    const done = await enterList({ db, clock, members }, list)
    return done.kind === 'refused' ? again(show, `${done.why}.`) : back(at(param('name')), `${listInWords(done)}.`)
  })
}
