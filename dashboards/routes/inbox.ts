import { html, raw } from 'hono/html'
import type { Inbox } from '../inbox.ts'
import { inboxView, messageView } from '../views/inbox.ts'
import { missing, type Router } from './route.ts'

/** As a mail program would: pictures load (the open pixel too), scripts never run, links open beside it. */
const framedPolicy =
  "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox'

/** Every link opens beside the message: the frame is not led away from its mail. */
const linksBeside = (page: string): string => page.replace(/<head[^>]*>/i, '$&<base target="_blank">')

/** The demo's inbox: what arrived over SMTP, as its readers would see it. */
export function inboxRoutes(router: Router, inbox: Inbox): void {
  router.get('/inbox', 'inbox.view', async ({ page }) => page('Inbox', inboxView(await inbox.list())))

  router.get('/inbox/:id', 'inbox.view', async (request) => {
    const mail = await inbox.read(request.param('id'))
    if (!mail) return missing(request, 'This message is not in the inbox.')
    return request.page(mail.subject, messageView(mail, request.visitor.csrf))
  })

  router.post('/inbox/:id/reply', 'inbox.view', async ({ form, back, param }) => {
    const text = form['text']?.trim() ?? ''
    if (!(await inbox.read(param('id')))) return back('/inbox', 'This message is not in the inbox.')
    if (text === '') return back(`/inbox/${param('id')}`, 'Write something first.')
    await inbox.reply(param('id'), text)
    return back(`/inbox/${param('id')}`, 'Answered. The campaign counts the reply.')
  })

  router.get('/inbox/:id/html', 'inbox.view', async (request) => {
    const mail = await inbox.read(request.param('id'))
    if (!mail) return missing(request, 'This message is not in the inbox.')
    request.context.header('content-security-policy', framedPolicy)
    return request.context.html(html`${raw(linksBeside(mail.html))}`)
  })
}
