import { newId } from '#kernel/ids.ts'
import { messageOf } from '#kernel/errors.ts'
import { linkUrl } from '../../render/links.ts'
import { fail, pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'

/** The address of one click answers strangers at once: no redirect, no cookie. Asked for a message there never was. */
export const oneClick: Point = {
  id: 'one-click',
  what: 'One click unsubscribes, and at once',
  outside: true,
  run: async ({ links, clock, fetch }) => {
    const url = linkUrl(links.publicUrl, links.key, { kind: 'unsubscribe', deliveryId: newId<'delivery'>(clock) })
    const asked = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), redirect: 'manual', signal: AbortSignal.timeout(5_000) } as const // prettier-ignore
    const answer = await fetch(url, asked).catch(messageOf)
    const host = new URL(url).host
    if (typeof answer === 'string')
      return unknown(`${host} did not answer: ${answer}.`, 'Start the server, and see that PUBLIC_URL leads to it.')
    if (answer.status >= 300 && answer.status < 400)
      return fail(`${host} redirects the click: providers do not follow it.`, 'Set PUBLIC_URL to where it leads.')
    if (answer.headers.has('set-cookie')) return fail(`${host} answers the click with a cookie.`, 'Take it out.')
    if (answer.status !== 404 || !(await answer.text()).includes('This link was not made here'))
      return fail(`${host} answered ${answer.status}, and not as this house would.`, 'See that PUBLIC_URL leads here.')
    return pass(
      `${host} answers a click without redirect or cookie; for a message there never was, it says so. Whoever is known is suppressed before the answer is written, and a GET only asks.`,
    )
  },
}
