import type { Db } from '#kernel/db.ts'
import type { PersonId, UserId } from '#kernel/ids.ts'
import { systemClock } from '#kernel/clock.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { createUser } from '#governance/access.ts'
import { approved, approveRelease } from '#governance/approvals.ts'
import { createRelease, releaseCampaign } from '#governance/releases.ts'
import { compileDraft } from '#campaigns/launch/compile.ts'
import { planRelease, type PlanReport } from '#campaigns/journeys/enrol.ts'
import { letter, letterName, type Layout } from '#campaigns/render/layout.ts'
import type { DraftBody } from '#rag/draft.ts'

const deps = (db: Db) => ({ db, clock: systemClock })
const says = (text: string) => ({ text, citations: [] })
const sender = {
  from: { name: 'Alder & Ash', address: 'hello@example.test' },
  replyTo: null,
  businessName: 'Alder & Ash',
  postalAddress: '1 Mill Lane, Utrecht',
}

/** The field of a person that a merge tag of the body asks for. */
const fields: Readonly<Record<string, string>> = { name: 'given_name', city: 'city' }

/**
 * A body with merge tags as content and layout of the house: its words are the layout, its tags and links the content.
 * Tags: {{ person.name }}, {{ person.city }}, {{ unsubscribe_url }}.
 */
export function contentOf(html: string): { layout: Layout; body: DraftBody } {
  const blocks: DraftBody['blocks'] = []
  const block = (made: DraftBody['blocks'][number], field: string): string =>
    `{{ blocks[${blocks.push(made) - 1}].${field} }}`
  const inner = /<body[^>]*>([^]*)<\/body>/i.exec(html)?.[1] ?? html
  const marked = inner
    .replaceAll('{{ unsubscribe_url }}', '{{ unsubscribe }}')
    .replace(/\{\{ person\.(\w+) \}\}/g, (_, name: string) => {
      const slot = `{{ person.${fields[name] ?? name} | default: "you" }}`
      return block({ kind: 'paragraph', sentences: [says(slot)] }, 'html')
    })
    .replace(/href="(https?:[^"]+)"/g, (_, url: string) => `href="${block({ kind: 'button', label: 'See', url }, 'href')}"`) // prettier-ignore
  const mjml = `<mjml><mj-body><mj-raw>${marked}</mj-raw><mj-raw>{{ pixel }}</mj-raw></mj-body></mjml>`
  const subject = says('Autumn at the roastery, {{ person.given_name | default: "you" }}')
  return { layout: { ...letter, mjml }, body: { subject, preheader: says('Autumn'), blocks, slots: [] } }
}

export const anOwner = async (db: Db): Promise<UserId> => {
  const made = await createUser(deps(db), { email: 'owner@example.test', name: 'O', role: 'owner', by: 'millrace' })
  if (made.kind !== 'created') throw new Error(made.why)
  return made.userId
}

/** Makes a campaign of a body, approves it, makes it live and enrols people: the way of the desk. */
export async function launch(
  db: Db,
  owner: UserId,
  input: { name: string; html: string; people: readonly PersonId[] },
): Promise<PlanReport> {
  const { layout, body } = contentOf(input.html)
  const author = { clock: systemClock, by: 'bench' }
  await db.transaction(async (tx) => {
    const hash = await register(tx, author, 'template', letterName, layout)
    await pointAt(tx, author, 'template', letterName, hash, 'bench')
  })
  const brief = { goal: 'Show the autumn shelf', segment: { name: 'all', rule: { subscribed: true as const } } }
  const draft = { brief, body, findings: [], guardrailHash: null }
  const compiled = await compileDraft(deps(db), draft, { name: input.name, sender })
  if (compiled.kind === 'blocked') throw new Error(compiled.why)
  const { definition, pins } = compiled
  const hash = await createRelease(deps(db), { name: input.name, pins, definition, by: 'millrace' })
  const word = await approveRelease(deps(db), { releaseHash: hash, by: owner })
  const live = await releaseCampaign(deps(db), { hash, by: owner, reason: 'bench' })
  if (word.kind === 'refused' || live.kind === 'refused') throw new Error('The release was refused')
  const release = await approved(db, hash)
  if (!release) throw new Error('The release is not approved')
  return planRelease({ ...deps(db), members: () => Promise.resolve(input.people) }, release)
}
