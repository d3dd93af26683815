import { listTokens, makeToken, takeTokenBack } from '#campaigns/entries/tokens.ts'
import { campaignReleases } from '#campaigns/content/copy.ts'
import { currentDefinition } from '#campaigns/launch/versions.ts'
import { parseId } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { madeTokenView, tokensView } from '../views/tokens.ts'
import type { PageRequest, Router } from './route.ts'

const here = '/tokens'

/** What lets programs put people into campaigns. */
export function tokenRoutes(router: Router, pages: Pages): void {
  const { db, clock, publicUrl } = pages
  const { zone } = pages.business

  const show = async ({ page, visitor, entered }: PageRequest): Promise<Response> => {
    const tokens = await listTokens(db)
    const campaigns = [...new Set((await campaignReleases(db)).map(({ name }) => name))]
    const named = await actorNames(db, tokens.flatMap(({ madeBy, revokedBy }) => [madeBy, revokedBy ?? madeBy])) // prettier-ignore
    return page('Programs', tokensView({ tokens, campaigns, named, entered, zone, csrf: visitor.csrf }))
  }

  router.get(here, 'token.manage', show)

  router.post(here, 'token.manage', async ({ form, again, page, visitor }) => {
    const made = await makeToken({ db, clock }, { name: form['name'] ?? '', campaign: form['campaign']?.trim() || null, by: visitor.user.id }) // prettier-ignore
    if (made.kind === 'refused') return again(show, `${made.why}.`)
    const campaign = form['campaign']?.trim() || null
    const enter = campaign === null ? undefined : (await currentDefinition(db, campaign))?.enter
    const properties = enter && 'byList' in enter ? enter.properties : undefined
    // Shown here alone: an address that held it would be kept in places that nobody thinks of.
    return page('A token', madeTokenView({ token: made.token, publicUrl, campaign: campaign ?? 'NAME', properties }))
  })

  router.post('/tokens/:id/revoke', 'token.manage', async ({ back, param, visitor }) => {
    const id = parseId<'token'>(param('id'))
    const done = id && (await takeTokenBack({ db, clock }, { id, by: visitor.user.id }))
    if (done?.kind !== 'revoked') return back(here, `${done?.why ?? 'There is no such token'}.`)
    return back(here, 'Taken back: whatever comes with it from now on is refused.')
  })
}
