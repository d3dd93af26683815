import { purposeOf, sendsOf } from '../../definition.ts'
import { countGrants } from '../../queries/deliverability-evidence.ts'
import { fail, pass, unknown, warn, worstOf, type Finding } from '../finding.ts'
import { channelsAsked, inWords, type Point, type Subject } from '../point.ts'
import { rehearsed } from '../rehearsal.ts'

/** Each reader said yes, and it can be shown when and how; the footer says who writes and from where. */
export const consent: Point = {
  id: 'consent',
  what: 'Everybody agreed, and it can be shown',
  outside: false,
  run: async (subject) => {
    if (subject.definition === null) return unknown('No campaign was named.', 'millrace preflight CAMPAIGN')
    return worstOf([await audience(subject), await footer(subject)])
  },
}

async function audience({ db, clock, members, definition }: Subject): Promise<Finding> {
  if (definition !== null && purposeOf(definition) === 'transactional')
    return pass('It is transactional: it answers what its readers did, which needs no consent to marketing. Its approver says so.') // prettier-ignore
  const people = definition === null ? [] : await members(definition.audience.rule, clock())
  const channels = channelsAsked({ definition })
  const { granted, worded } = await countGrants(db, people, channels)
  if (people.length === 0) return warn('Its segment selects nobody now.', 'Choose another segment.')
  if (granted === 0)
    return fail(`None of its ${people.length} people agreed to ${inWords(channels)}.`, 'Ask them first.')
  const left = people.length - granted
  const others = left === 0 ? '' : ` The other ${left} get nothing.`
  const said = `${granted} of ${people.length} people agreed to ${inWords(channels)}, each with a basis, a source and a time.${others}`
  return worded === granted
    ? pass(`${said} All of them under words that are kept.`)
    : warn(
        `${said} Of ${granted - worded} the words they agreed to are not kept.`,
        'Import the text version with them.',
      )
}

async function footer(subject: Subject): Promise<Finding> {
  if (!channelsAsked(subject).includes('email')) return pass('Its texts say who writes by the account they come from.')
  const { postalAddress, businessName } = subject.sender
  const messages = await rehearsed(subject)
  const lacking = messages.filter((one) => 'message' in one && !(one.message.text.includes(postalAddress) && one.message.text.includes(businessName))) // prettier-ignore
  if (messages.every((one) => 'blocked' in one))
    return sendsOf(subject.definition!).length === 0
      ? pass('It sends no mail.')
      : unknown('No message could be rendered to look for it.', 'Mend its copy.')
  return lacking.length === 0
    ? pass(`Every message names ${businessName}, ${postalAddress}.`)
    : fail(`${lacking.length} messages do not say who writes and from where.`, 'Use a layout with the footer.')
}
