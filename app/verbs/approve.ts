import { approveDraft } from '#campaigns/launch/approve-draft.ts'
import { userByEmail } from '#governance/access.ts'
import { parseId } from '#kernel/ids.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { draftById } from '#rag/drafts.ts'
import { forms } from '#rag/forms.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'
import { launchOf } from '../website.ts'

export const approve: Verb = {
  name: 'approve',
  about:
    'Approve a waiting draft as a person who may: an e-mail is released and sent, other copy is there to be published',
  usage: ['approve DRAFT --version VERSION --as ADDRESS [--others back] [--people N] [--json]'],
  takes: 1,
  options: {
    as: { type: 'string' },
    version: { type: 'string' },
    others: { type: 'string' },
    people: { type: 'string' },
  },
  explains: {
    version: 'what you read: the first 12 signs at least, as generate prints them',
    as: 'the e-mail address of whoever approves',
    people: 'how many people it goes to: typed where that is everybody there is',
    others: '`back` sends the variants that wait beside it back; kept unless told',
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
      const people = call.text('people')
      const typed = people === undefined ? {} : { people: Number(people) }
      const yes = { draftId, contentHash: draft.contentHash, by: user.id, others: othersOf(call.text('others')), ...typed } // prettier-ignore
      const approved = await approveDraft(launchOf(house), yes)
      if (approved.kind === 'refused') throw new RefusedError(approved.why)
      const version = `version ${approved.releaseHash.slice(0, 12)}`
      const what =
        approved.kind === 'copy'
          ? `${forms[approved.form].words}, ${version}, to be published`
          : `campaign ${approved.campaign}, ${version}, ${approved.plan.planned} messages planned`
      answer(call, approved, [
        `Approved: ${what}`,
        ...(approved.sentBack > 0 ? [`${approved.sentBack} other variants sent back`] : []),
      ])
      return exit.done
    })
  },
}

function othersOf(asked: string | undefined): 'back' | 'keep' {
  if (asked === undefined || asked === 'keep') return 'keep'
  if (asked === 'back') return 'back'
  throw new UsageError(`--others is back or keep, not "${asked}"`)
}
