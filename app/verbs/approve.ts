import { launchDraft } from '#campaigns/launch.ts'
import { userByEmail } from '#governance/access.ts'
import { parseId } from '#kernel/ids.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { draftById } from '#rag/drafts.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'
import { launchOf } from '../website.ts'

export const approve: Verb = {
  name: 'approve',
  about: 'Approve a waiting draft as a person who may: it is released, its audience enrolled, and the worker sends it',
  usage: ['approve DRAFT --version VERSION --as ADDRESS [--json]'],
  takes: 1,
  options: { as: { type: 'string' }, version: { type: 'string' } },
  explains: {
    version: 'what you read: the first 12 signs at least, as generate prints them',
    as: 'the e-mail address of whoever approves',
  },
  run: async (call) => {
    const draftId = parseId<'draft'>(call.positionals[0])
    const address = call.text('as')
    if (!draftId || address === undefined)
      throw new UsageError('Which draft, and who says yes? millrace approve DRAFT --as ADDRESS')
    return withHouse(call.config, async (house) => {
      const user = await userByEmail(house.db, address)
      if (!user)
        throw new RefusedError(
          'Nobody of this address may approve: add them with millrace sign-in ADDRESS --role marketer',
        )
      const draft = await draftById(house.db, draftId)
      if (!draft?.contentHash)
        throw new UsageError('There is no such draft, or nothing is written yet: millrace generate --list')
      const seen = call.text('version')
      if (seen === undefined || !draft.contentHash.startsWith(seen) || seen.length < 12)
        throw new RefusedError(
          `Say what you read: --version, as generate printed it. The draft now is ${draft.contentHash.slice(0, 12)}`,
        )
      const launched = await launchDraft(launchOf(house), { draftId, contentHash: draft.contentHash, by: user.id })
      if (launched.kind === 'refused') throw new RefusedError(launched.why)
      answer(call, launched, [
        `Approved: campaign ${launched.campaign}, version ${launched.releaseHash.slice(0, 12)}, ${launched.plan.planned} messages planned`,
      ])
      return exit.done
    })
  },
}
