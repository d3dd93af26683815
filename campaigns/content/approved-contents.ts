import { approvedAmong } from '#governance/approvals.ts'
import type { Queryable } from '#kernel/db.ts'
import { approvedCopy, campaignReleases } from './copy.ts'
import { copiesOf, definitionOf, type CampaignDefinition, type Copy } from '../definition.ts'
import { channelOfForm } from '../render/text.ts'

/** Content that somebody approved, and what it was approved as: a campaign, or the goal of a piece of copy. */
export type ApprovedContent = Pick<Copy, 'channel' | 'contentHash' | 'content'> & { of: string }

const mostLooked = 200

/** What a step may send: the contents of approved campaigns and approved copy, each once, the newest first. */
export async function approvedContents(db: Queryable): Promise<ApprovedContent[]> {
  const newest = (await campaignReleases(db)).slice(0, mostLooked)
  const yes = new Set((await approvedAmong(db, newest.map(({ hash }) => hash))).map(({ hash }) => hash)) // prettier-ignore
  const sent = newest.filter(({ hash }) => yes.has(hash)).flatMap((release) => contentsOf(definitionOf(release)))
  const copy = (await approvedCopy(db, mostLooked)).flatMap(({ form, contentHash, content, goal }) => {
    const channel = channelOfForm(form)
    return channel === null ? [] : [{ channel, contentHash, content, of: goal }]
  })
  return [...new Map([...sent, ...copy].map((one) => [`${one.channel} ${one.contentHash}`, one])).values()]
}

/** The contents of one campaign. */
export const contentsOf = (definition: CampaignDefinition): ApprovedContent[] =>
  copiesOf(definition).map(({ channel, contentHash, content }) => ({ channel, contentHash, content, of: definition.name })) // prettier-ignore
