import { approvedContents, contentsOf } from '#campaigns/content/approved-contents.ts'
import { campaignReleases } from '#campaigns/content/copy.ts'
import { campaignDefinition, definitionOf, type CampaignDefinition } from '#campaigns/definition.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import { knownVersion, proposeVersion, readVersion, type VersionProblem } from '#campaigns/launch/versions.ts'
import { listSegments } from '#graph/segments/registry.ts'
import { campaignFields, campaignFrom, fieldNames } from '../campaign-form/campaign.ts'
import { jsonFrom, said } from '../campaign-form/fields.ts'
import { added, atFirst, freeKey, moved, newStep, removed, type Shape } from '../campaign-form/shape.ts'
import { choiceOf, stepFields, type Shelf } from '../campaign-form/steps.ts'
import type { Pages } from '../pages.ts'
import { campaignEditView } from '../views/campaign-edit.ts'
import type { Form } from '../visitor.ts'
import { missing, type PageRequest, type Router } from './route.ts'
import { askedVersion } from './versions.ts'

const unknown = 'There is no campaign of this name.'
const at = (name: string): string => `/campaigns/${encodeURIComponent(name)}`

type Editing = { definition: CampaignDefinition; form: Form; problems: readonly VersionProblem[] }

/** A campaign changed as a form: its steps and all around them, kept as a new version that waits for a yes. */
export function editRoutes(router: Router, pages: Pages): void {
  const { db } = pages
  const { zone } = pages.business

  router.get('/campaigns/:name/edit', 'campaign.draft', async (request) => {
    const release = await askedVersion(pages, request)
    if (!release) return missing(request, unknown)
    const definition = definitionOf(release)
    return show(request, { definition, form: campaignFields(definition, zone), problems: [] })
  })

  router.post('/campaigns/:name/edit', 'campaign.draft', async (request) => {
    const { form, back, visitor } = request
    const name = request.param('name')
    const read = campaignDefinition.safeParse(jsonFrom(form['document'] ?? ''))
    if (!read.success || read.data.name !== name || !(await knownVersion(db, name))) return back('/campaigns', unknown)
    const shelf = await shelfFor(pages, read.data)
    if (said(form, 'do') !== 'keep') {
      const editing = reshaped(read.data, form, shelf)
      const problems = await problemsIn(pages, editing, shelf)
      return show(request, { ...editing, problems }, shelf)
    }
    const asked = campaignFrom(read.data, form, shelf)
    const before = await campaignReleases(db, name)
    const proposed = await proposeVersion(pages, { definition: asked, by: visitor.user.id })
    if (proposed.kind === 'proposed') {
      const isKnown = before.some(({ hash }) => hash === proposed.releaseHash)
      return back(`${at(name)}/versions/${proposed.releaseHash}`, isKnown ? 'Nothing was changed: this version is there already.' : 'Kept. It waits for somebody’s yes.') // prettier-ignore
    }
    const problems = await problemsIn(pages, { definition: read.data, form }, shelf)
    return show(request, { definition: read.data, form, problems }, shelf)
  })

  async function show(request: PageRequest, editing: Editing, known?: Shelf): Promise<Response> {
    const { definition, form, problems } = editing
    const shelf = known ?? (await shelfFor(pages, definition))
    const asked = campaignDefinition.safeParse(campaignFrom(definition, form, shelf))
    const shown = asked.success ? asked.data : definition
    const view = campaignEditView({ definition, shown, form, shelf, problems, csrf: request.visitor.csrf })
    return request.page(`Change ${definition.name}`, view)
  }
}

/** What may be chosen: approved contents and those that the campaign has already, and the saved segments. */
async function shelfFor({ db, business }: Pages, definition: CampaignDefinition): Promise<Shelf> {
  const own = contentsOf(definition)
  const others = (await approvedContents(db)).filter((one) => !own.some((mine) => choiceOf(mine) === choiceOf(one)))
  return { contents: [...own, ...others], segments: await listSegments(db), zone: business.zone }
}

async function problemsIn(
  pages: Pages,
  { definition, form }: Omit<Editing, 'problems'>,
  shelf: Shelf,
): Promise<VersionProblem[]> {
  const read = await readVersion(pages, campaignFrom(definition, form, shelf), fieldNames)
  return read.kind === 'bad' ? read.problems : []
}

const kinds: readonly Step['kind'][] = ['send', 'wait', 'branch', 'split', 'exit']

/** What the pressed button does to the steps; what the fields say stays in them. */
function reshaped(definition: CampaignDefinition, form: Form, shelf: Shelf): Omit<Editing, 'problems'> {
  const [what, stepKey = ''] = said(form, 'do').split(' ')
  const shape: Shape = { journey: definition.journey, form }
  if (what === 'up') return into(definition, moved(shape, stepKey, -1))
  if (what === 'down') return into(definition, moved(shape, stepKey, 1))
  if (what === 'remove') return into(definition, removed(shape, stepKey))
  const kind = kinds.find((one) => one === said(form, 'add-kind'))
  const copy = shelf.contents.find((one) => choiceOf(one) === said(form, 'add-content')) ?? shelf.contents[0]
  if (what !== 'add' || !kind || !copy) return { definition, form }
  const asked = said(form, 'add-behind')
  const behind = asked === atFirst ? null : asked
  const key = freeKey(definition.journey, kind, said(form, 'add-key'))
  const to = definition.journey[definition.journey.findIndex((one) => one.key === behind) + 1] ?? definition.journey.at(-1)! // prettier-ignore
  const step = newStep(kind, key, copy, to.key)
  const grown = added(shape, behind, step)
  return into(definition, {
    ...grown,
    form: { ...stepFields(step, shelf.zone), ...grown.form, 'add-key': '', 'add-behind': key, 'put-in': key },
  })
}

const into = (definition: CampaignDefinition, { journey, form }: Shape): Omit<Editing, 'problems'> => ({
  definition: { ...definition, journey },
  form,
})
