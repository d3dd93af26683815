import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { approvedAmong } from '#governance/approvals.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { DraftBody } from '#rag/draft.ts'
import { approvedCopy, campaignReleases } from '../content/copy.ts'
import { copiesOf, definitionOf } from '../definition.ts'
import {
  acceptCategory, deleteLost, deleteProposal, insertProposal, markGone, selectTemplates, selectTemplatesOf, updateTemplate, upsertTemplates,
  type TemplateChange, type TemplateRow,
} from '../queries/whatsapp-templates.ts' // prettier-ignore
import { categories, type Category, type MetaTemplate, type WhatsAppAccount } from './meta.ts'
import { templateOf } from './template.ts'

export type { TemplateRow } from '../queries/whatsapp-templates.ts'

type Deps = { db: Db; clock: Clock; whatsapp: WhatsAppAccount }

/** Copy that was approved to be sent by WhatsApp, and what it is for. */
export type Proposable = { contentHash: Hash; content: DraftBody; words: string }

const looked = 200

/** Approved copy that has no template with Meta yet: of campaigns, and what was approved to be published. */
export async function toPropose(db: Queryable, account: string): Promise<Proposable[]> {
  const campaigns = await approvedAmong(db, (await campaignReleases(db)).slice(0, looked).map(({ hash }) => hash)) // prettier-ignore
  const ofCampaigns = campaigns.flatMap((release) =>
    copiesOf(definitionOf(release)).flatMap(({ channel, contentHash, content }) =>
      channel === 'whatsapp' ? [{ contentHash, content, words: release.name }] : [],
    ),
  )
  const published = (await approvedCopy(db, looked)).filter(({ form }) => form === 'whatsapp-template')
  const all = [...ofCampaigns, ...published.map(({ contentHash, content, segment }) => ({ contentHash, content, words: segment }))] // prettier-ignore
  const known = new Set((await selectTemplatesOf(db, account, all.map((one) => one.contentHash))).map((row) => row.contentHash)) // prettier-ignore
  return [...new Map(all.map((one) => [one.contentHash, one])).values()].filter((one) => !known.has(one.contentHash))
}

export const templatesOf = (db: Queryable, account: string): Promise<TemplateRow[]> => selectTemplates(db, account)

type ProposeRule = 'not-permitted' | 'unknown' | 'category' | 'language' | 'unfit' | 'meta'

/** Languages by Meta's codes: en, en_GB, pt_BR. */
const languageCode = /^[a-z]{2,3}(_[A-Z]{2})?$/

/**
 * Asks Meta for a template of approved copy. It is written down before Meta is asked, under a name made of the copy, so that
 * asking again after an answer was lost is the same proposal.
 * @param deps.publicUrl where strangers reach this house: its buttons lead through it
 */
export async function proposeTemplate(
  { db, clock, whatsapp, publicUrl }: Deps & { publicUrl: string },
  input: { contentHash: string; category: string; language: string; by: Actor },
): Promise<{ kind: 'proposed'; name: string; status: string } | Refused<ProposeRule>> {
  const { by, language } = input
  const refusedNow = await refusal(db, by, 'campaign.release')
  if (refusedNow) return refusedNow
  const category = categories.find((one) => one === input.category)
  if (category === undefined || category === 'authentication')
    return { kind: 'refused', rule: 'category', why: 'Choose marketing or utility' }
  if (!languageCode.test(language))
    return { kind: 'refused', rule: 'language', why: 'Name the language as Meta does: en, en_GB, nl, de' }
  const copy = (await toPropose(db, whatsapp.account)).find(({ contentHash }) => contentHash === input.contentHash)
  if (!copy) return { kind: 'refused', rule: 'unknown', why: 'No approved copy without a template has this hash' }
  const written = templateOf(copy.content, { ...copy, marketing: category === 'marketing', language, publicUrl })
  if (written.kind === 'unfit') return { kind: 'refused', rule: 'unfit', why: written.why }
  const { name, components, fills } = written.template
  const key = { account: whatsapp.account, name, language }
  const at = clock()
  const isNew = await db.transaction(async (tx) => {
    const kept = await insertProposal(tx, {
      ...key,
      category,
      components,
      fills,
      contentHash: copy.contentHash,
      by,
      at,
    })
    if (kept) await appendAudit(tx, clock, { actor: by, action: 'whatsapp.template-proposed', subject: name, detail: { language, category } }) // prettier-ignore
    return kept
  })
  if (!isNew) return { kind: 'refused', rule: 'unknown', why: 'Somebody proposed it just now' }
  return askMeta(db, whatsapp, { ...key, category, components })
}

async function askMeta(
  db: Db,
  { meta }: WhatsAppAccount,
  { account, ...proposal }: Parameters<WhatsAppAccount['meta']['propose']>[0] & { account: string },
): Promise<{ kind: 'proposed'; name: string; status: string } | Refused<'meta'>> {
  const { name, language } = proposal
  const key = { account, name, language }
  try {
    const answer = await meta.propose(proposal)
    // An answer was lost before: Meta has it, and its list will say how it stands.
    if (answer.kind === 'refused' && answer.taken) return { kind: 'proposed', name, status: 'proposed' }
    if (answer.kind === 'refused') {
      await deleteProposal(db, key)
      return { kind: 'refused', rule: 'meta', why: `Meta did not take it: ${answer.why}` }
    }
    await updateTemplate(db, key, { metaId: answer.id, status: answer.status, category: answer.category })
    return { kind: 'proposed', name, status: answer.status }
  } catch (fault) {
    // It may have arrived: the next look at Meta's list says so, or gives the copy free again.
    return { kind: 'refused', rule: 'meta', why: `Meta did not answer (${messageOf(fault)}): look again in a quarter of an hour` } // prettier-ignore
  }
}

/** A proposal that Meta's list lacks for so long did not arrive. */
const arrivesWithinMs = 10 * 60_000

/** Writes down how Meta's list says that templates stand. @returns what changed */
export async function keepTemplates(
  { db, clock, whatsapp: { account } }: Deps,
  templates: readonly MetaTemplate[],
): Promise<TemplateChange[]> {
  const at = clock()
  return db.transaction(async (tx) => {
    const changed = await upsertTemplates(tx, account, templates, at)
    await markGone(tx, account, at)
    await deleteLost(tx, account, new Date(at.getTime() - arrivesWithinMs))
    for (const one of changed.filter(({ was }) => was !== null))
      await appendAudit(tx, clock, { actor: 'millrace', action: 'whatsapp.template-changed', subject: one.name, detail: { ...one } }) // prettier-ignore
    return changed
  })
}

/** A person's yes to the category that Meta moved a template to: it may be sent again, and is paid for as such. */
export async function acceptMovedCategory(
  { db, clock, whatsapp: { account } }: Deps,
  input: { name: string; language: string; category: string; by: Actor },
): Promise<{ kind: 'accepted' } | Refused<'not-permitted' | 'unknown'>> {
  const { name, language, category, by } = input
  return db.transaction(async (tx) => {
    const refusedNow = await refusal(tx, by, 'campaign.approve')
    if (refusedNow) return refusedNow
    if (!(await acceptCategory(tx, { account, name, language }, category)))
      return { kind: 'refused', rule: 'unknown', why: 'Meta does not say this category any more: read it again' }
    await appendAudit(tx, clock, { actor: by, action: 'whatsapp.category-accepted', subject: name, detail: { language, category } }) // prettier-ignore
    return { kind: 'accepted' }
  })
}

const states: Readonly<Record<string, string>> = {
  proposed: 'was proposed, and Meta has not said anything yet',
  pending: 'waits for Meta to approve it',
  in_appeal: 'was rejected, and Meta looks at it again',
  rejected: 'was rejected by Meta',
  paused: 'is paused by Meta for its low quality',
  disabled: 'was disabled by Meta for good: its quality was low too often',
  pending_deletion: 'is being deleted',
  deleted: 'was deleted',
  gone: 'is no longer in the account',
  limit_exceeded: 'is one too many for the account',
}

/** Why a template may not be sent now, in words; null where it may. */
export function againstTemplate(row: Pick<TemplateRow, 'name' | 'status' | 'rejectedFor' | 'category' | 'acceptedCategory' | 'quality'>): string | null {
  const { name, status, rejectedFor, category, acceptedCategory, quality } = row
  if (status !== 'approved') {
    const why = rejectedFor === null ? '' : ` (${rejectedFor.replaceAll('_', ' ')})`
    return `its WhatsApp template ${name} ${states[status] ?? `stands at “${status}” with Meta`}${why}`
  }
  if (category !== acceptedCategory)
    return `Meta moved its WhatsApp template ${name} from ${acceptedCategory} to ${category}: a person must say yes to that, under WhatsApp`
  if (quality === 'red') return `Meta calls the quality of its WhatsApp template ${name} low: change the copy before it is paused`
  return null
} // prettier-ignore

/** The template of each piece of copy that may be sent now, and why the others may not. */
export async function standingOf(
  db: Queryable,
  account: string,
  contents: readonly Hash[],
): Promise<Map<Hash, { kind: 'fit'; template: TemplateRow } | { kind: 'held'; why: string }>> {
  const rows = new Map((await selectTemplatesOf(db, account, contents)).map((row) => [row.contentHash, row]))
  return new Map(
    contents.map((hash) => {
      const template = rows.get(hash)
      if (!template) return [hash, { kind: 'held', why: 'its copy has no WhatsApp template yet: propose one, under WhatsApp' }] // prettier-ignore
      const why = againstTemplate(template)
      return [hash, why === null ? { kind: 'fit', template } : { kind: 'held', why }]
    }),
  )
}

/** What a webhook tells of a template; of one that is not kept nothing is, the next look brings it. */
export const noteTemplate = (
  tx: Queryable,
  key: { account: string; name: string; language: string },
  told: { status?: string; quality?: string; category?: Category; rejectedFor?: string | null },
): Promise<boolean> => updateTemplate(tx, key, told)
