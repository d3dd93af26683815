import { copiesOf } from '../../definition.ts'
import { selectOpenStop } from '../../queries/channel-stops.ts'
import { numberStanding } from '../../whatsapp/number.ts'
import { againstTemplate, standingOf, templatesOf } from '../../whatsapp/templates.ts'
import { fail, pass, unknown, warn, worstOf, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'

type Account = NonNullable<Subject['whatsapp']>

/** A point on WhatsApp: nothing is known where it is not set up. */
const point = (id: string, what: string, ask: (subject: Subject, account: Account) => Promise<Finding>): Point => ({
  id,
  what,
  channels: ['whatsapp'],
  outside: false,
  run: (subject) =>
    subject.whatsapp
      ? ask(subject, subject.whatsapp)
      : unknown('This house has no WhatsApp number set up.', 'Set WHATSAPP_TOKEN, WHATSAPP_ACCOUNT_ID and WHATSAPP_NUMBER_ID before you send by it.'), // prettier-ignore
})

const contentsOf = (definition: NonNullable<Subject['definition']>) =>
  copiesOf(definition).flatMap(({ channel, contentHash }) => (channel === 'whatsapp' ? [contentHash] : []))

async function templates({ db, definition }: Subject, { account }: Account): Promise<Finding> {
  if (definition === null) {
    const rows = await templatesOf(db, account)
    const against = rows.filter(({ status }) => status !== 'gone').flatMap((row) => againstTemplate(row) ?? [])
    const known = `${rows.length - against.length} templates may be sent.`
    return against.length === 0 ? pass(known) : warn(`${known} Of others: ${against.join('; ')}.`, 'See WhatsApp.')
  }
  const standing = await standingOf(db, account, contentsOf(definition))
  return worstOf(
    [...standing.values()].map((one) => {
      if (one.kind === 'held') return fail(`It cannot be sent: ${one.why}.`, 'Nothing leaves by WhatsApp before it is approved: see WhatsApp.') // prettier-ignore
      const { name, category, quality } = one.template
      return quality === 'yellow'
        ? warn(`The quality of template ${name} falls.`, 'Send it to fewer people, or change the copy.')
        : pass(`Template ${name} is approved as ${category}.`)
    }),
  )
}

async function number({ db, clock }: Subject, account: Account): Promise<Finding> {
  const [standing, stop] = [await numberStanding(db, account.number, clock()), await selectOpenStop(db, 'whatsapp')]
  if (stop) return fail(`WhatsApp is stopped: ${stop.why}.`, 'Mend it, and let it go on at Channels.')
  if (!standing) return unknown('Meta was not asked about the number yet.', 'Ask under WhatsApp.')
  const { against, quality, most, begun, shown } = standing
  if (against !== null) return fail(`${against}.`, 'Look at the number with Meta.')
  if (quality === 'yellow') return warn(`The quality of ${shown} falls.`, 'Send to fewer people, who asked for it.')
  if (most === null) return pass(`${shown} is connected; nothing limits how many people it begins with.`)
  const words = `${shown} is connected; ${begun} of ${most} people of 24 hours are begun with.`
  return begun < most ? pass(words) : warn(words, 'The others follow as the day goes on.')
}

export const whatsappPoints: readonly Point[] = [
  point('whatsapp-templates', 'WhatsApp templates are approved', templates),
  point('whatsapp-number', 'The WhatsApp number is in good standing', number),
]
