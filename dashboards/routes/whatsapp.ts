import { whatsappDesk } from '#campaigns/whatsapp/desk.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { whatsappNow } from '#campaigns/way-out/live.ts'
import { acceptMovedCategory, proposeTemplate } from '#campaigns/whatsapp/templates.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { whatsappUnset, whatsappView } from '../views/whatsapp.ts'
import { plural } from '../views/words.ts'
import type { PageRequest, Router } from './route.ts'

const here = '/whatsapp'
const unset = 'WhatsApp is not set up: see the page.'

/** Templates and number as Meta keeps them, and what may be done about them. */
export function whatsappRoutes(router: Router, pages: Pages): void {
  const { db, clock, ways } = pages
  const { zone } = pages.business

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const whatsapp = await whatsappNow(db, ways)
    if (whatsapp === null) return page('WhatsApp', whatsappUnset())
    const desk = await whatsappDesk({ db, clock }, whatsapp)
    const named = await actorNames(db, desk.templates.flatMap(({ proposedBy }) => proposedBy ?? [])) // prettier-ignore
    return page('WhatsApp', whatsappView({ ...desk, named, zone, entered, csrf: visitor.csrf, may }))
  }
  router.get(here, 'campaign.view', show)

  router.post('/whatsapp/sync', 'campaign.draft', async ({ back }) => {
    const whatsapp = await whatsappNow(db, ways)
    if (whatsapp === null) return back(here, unset)
    const done = await syncWhatsApp({ db, clock, zone, whatsapp })
    if (done.kind === 'refused') return back(here, `${done.why}.`)
    return back(here, `Meta was asked: ${plural(done.templates, 'template')}, of which ${done.changed.length} changed.`)
  })

  router.post('/whatsapp/templates', 'campaign.release', async ({ form, back, again, visitor }) => {
    const whatsapp = await whatsappNow(db, ways)
    if (whatsapp === null) return back(here, unset)
    const { contentHash = '', category = '', language = '' } = form
    const asked = { contentHash, category, language: language.trim(), by: visitor.user.id }
    const done = await proposeTemplate({ db, clock, whatsapp, publicUrl: pages.publicUrl }, asked)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(here, `Proposed as ${done.name}: Meta looks at it now.`)
  })

  router.post('/whatsapp/category', 'campaign.approve', async ({ form, back, visitor }) => {
    const whatsapp = await whatsappNow(db, ways)
    if (whatsapp === null) return back(here, unset)
    const { name = '', language = '', category = '' } = form
    const done = await acceptMovedCategory({ db, clock, whatsapp }, { name, language, category, by: visitor.user.id })
    return back(here, done.kind === 'refused' ? `${done.why}.` : `${name} may be sent as ${category}.`)
  })
}
