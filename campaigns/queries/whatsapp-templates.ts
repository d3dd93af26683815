import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Category, Component, Fills, MetaTemplate } from '../whatsapp/meta.ts'

/** A template as it is kept here: see the migration for what its columns mean. */
export type TemplateRow = {
  account: string
  name: string
  language: string
  metaId: string | null
  status: string
  category: Category
  acceptedCategory: Category
  quality: string
  rejectedFor: string | null
  components: readonly Component[]
  fills: Fills | null
  contentHash: Hash | null
  proposedBy: string | null
  proposedAt: Date | null
  lookedAt: Date
}

const columns = sql`account, name, language, meta_id as "metaId", status, category,
  accepted_category as "acceptedCategory", quality, rejected_for as "rejectedFor", components, fills,
  content_hash as "contentHash", proposed_by as "proposedBy", proposed_at as "proposedAt", looked_at as "lookedAt"`

/** Every template of an account, the last proposed first. */
export const selectTemplates = (db: Queryable, account: string): Promise<TemplateRow[]> =>
  db.query<TemplateRow>(sql`select ${columns} from campaigns.whatsapp_templates where account = ${account}
    order by proposed_at desc nulls last, name, language`)

/** The templates of approved copy, by its hash. */
export const selectTemplatesOf = (db: Queryable, account: string, contents: readonly Hash[]): Promise<TemplateRow[]> =>
  db.query<TemplateRow>(sql`select ${columns} from campaigns.whatsapp_templates
    where account = ${account} and content_hash = any(${[...contents]}::text[])`)

type Key = Pick<TemplateRow, 'account' | 'name' | 'language'>

/** Keeps a proposal before Meta hears of it; false where the copy has a template already. */
export async function insertProposal(
  tx: Queryable,
  row: Key & { category: Category; components: readonly Component[]; fills: Fills; contentHash: Hash; by: string; at: Date }, // prettier-ignore
): Promise<boolean> {
  const rows = await tx.query(sql`
    insert into campaigns.whatsapp_templates (account, name, language, status, category, accepted_category, quality,
      components, fills, content_hash, proposed_by, proposed_at, looked_at)
    values (${row.account}, ${row.name}, ${row.language}, 'proposed', ${row.category}, ${row.category}, 'unknown',
      ${json(row.components)}, ${json(row.fills)}, ${row.contentHash}, ${row.by}, ${row.at}, ${row.at})
    on conflict do nothing returning name`)
  return rows.length === 1
}

/** Forgets a proposal that Meta did not take: its copy may be proposed again. */
export async function deleteProposal(tx: Queryable, { account, name, language }: Key): Promise<void> {
  await tx.query(sql`delete from campaigns.whatsapp_templates
    where account = ${account} and name = ${name} and language = ${language} and meta_id is null`)
}

/** The same of proposals from before an instant that Meta's list does not have: they never arrived. */
export async function deleteLost(tx: Tx, account: string, before: Date): Promise<void> {
  await tx.query(sql`delete from campaigns.whatsapp_templates
    where account = ${account} and meta_id is null and proposed_at < ${before}`)
}

/** What changed about a template at a look: what it was, and what it is. */
export type TemplateChange = { name: string; language: string; was: string | null; status: string; category: Category }

/** Writes Meta's list over what is kept; what is new here is taken as it is. Returns what changed. */
export const upsertTemplates = (
  tx: Tx,
  account: string,
  templates: readonly MetaTemplate[],
  at: Date,
): Promise<TemplateChange[]> =>
  tx.query<TemplateChange>(sql`
    with told as (
      select * from jsonb_to_recordset(${json(templates)}::jsonb) as t (id text, name text, language text, status text,
        category text, quality text, "rejectedFor" text, components jsonb)),
    before as (
      select k.name, k.language, k.status, k.category from campaigns.whatsapp_templates k
      where k.account = ${account} for update),
    kept as (
      insert into campaigns.whatsapp_templates as k (account, name, language, meta_id, status, category,
        accepted_category, quality, rejected_for, components, looked_at)
      select ${account}, name, language, id, status, category, category, quality, "rejectedFor", components, ${at} from told
      on conflict (account, name, language) do update set meta_id = excluded.meta_id, status = excluded.status,
        category = excluded.category, quality = excluded.quality, rejected_for = excluded.rejected_for,
        components = excluded.components, looked_at = excluded.looked_at
      returning k.name, k.language, k.status, k.category)
    select kept.name, kept.language, before.status as was, kept.status, kept.category
    from kept left join before on before.name = kept.name and before.language = kept.language
    where before.status is distinct from kept.status or before.category is distinct from kept.category
    order by kept.name, kept.language`)

/** Marks what Meta's list of `at` no longer has. */
export async function markGone(tx: Tx, account: string, at: Date): Promise<void> {
  await tx.query(sql`update campaigns.whatsapp_templates set status = 'gone'
    where account = ${account} and looked_at < ${at} and meta_id is not null and status <> 'gone'`)
}

/** What a webhook, a refused proposal or a refused message tells of one template; what is left out stays. */
export async function updateTemplate(
  tx: Queryable,
  key: Key,
  told: { metaId?: string; status?: string; quality?: string; category?: Category; rejectedFor?: string | null },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update campaigns.whatsapp_templates set status = coalesce(${told.status ?? null}, status),
      meta_id = coalesce(${told.metaId ?? null}, meta_id),
      quality = coalesce(${told.quality ?? null}, quality), category = coalesce(${told.category ?? null}, category),
      rejected_for = case when ${told.rejectedFor !== undefined}::boolean then ${told.rejectedFor ?? null} else rejected_for end
    where account = ${key.account} and name = ${key.name} and language = ${key.language} returning name`)
  return rows.length === 1
}

/** What a failed message tells of the template it was made of. */
export async function updateStatusOf(tx: Queryable, contentHash: Hash, status: string): Promise<void> {
  await tx.query(
    sql`update campaigns.whatsapp_templates set status = ${status} where content_hash = ${contentHash} and status = 'approved'`,
  )
}

/** A person's yes to the category that Meta says. Null where it is accepted, or not the one they read. */
export async function acceptCategory(tx: Tx, key: Key, category: string): Promise<TemplateRow | null> {
  const rows = await tx.query<TemplateRow>(sql`
    update campaigns.whatsapp_templates set accepted_category = category
    where account = ${key.account} and name = ${key.name} and language = ${key.language}
      and category = ${category} and accepted_category <> category
    returning ${columns}`)
  return rows[0] ?? null
}
