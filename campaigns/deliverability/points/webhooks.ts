import type { ChannelName, TextChannelName } from '../../channel.ts'
import { selectLastHeard } from '../../queries/deliverability-evidence.ts'
import { pass, unknown, worstOf, type Finding } from '../finding.ts'
import { leavesTheHouse } from '../outlet.ts'
import { channelsAsked, inWords, type Point, type Subject } from '../point.ts'

const weekMs = 7 * 24 * 3_600_000

/** A signed word of each provider that messages leave by was taken lately. */
export const webhooks: Point = {
  id: 'webhooks',
  what: 'Providers’ callbacks arrive, signed',
  outside: false,
  run: async (subject) =>
    worstOf(await Promise.all(channelsAsked(subject).map((channel) => (channel === 'email' ? ofMail(subject) : ofTexts(subject, channel))))), // prettier-ignore
}

async function ofMail(subject: Subject): Promise<Finding> {
  const { outlet, webhooks: taken } = subject
  if (!leavesTheHouse(outlet)) return unknown('Mail does not leave this machine: nobody calls back.', 'Set the way that mail will really leave by, and run this again.') // prettier-ignore
  if (outlet.kind !== 'resend') return pass('SMTP calls nobody back.')
  if (!taken.includes('resend')) return unknown('Callbacks of Resend are not taken.', 'Set RESEND_WEBHOOK_SECRET.')
  return heardOf(subject, 'email', 'Have Resend send a test to /webhooks/resend.')
}

const settings: Readonly<Record<TextChannelName, string>> = {
  whatsapp: 'WHATSAPP_APP_SECRET and WHATSAPP_VERIFY_TOKEN',
  sms: 'SMS_WEBHOOK_SECRET',
  telegram: 'TELEGRAM_WEBHOOK_SECRET',
}

/** Who answers STOP says so by a callback, too: without them nobody here would know. */
async function ofTexts(subject: Subject, channel: TextChannelName): Promise<Finding> {
  if (!subject.webhooks.includes(channel))
    return unknown(`Callbacks of ${inWords([channel])} are not taken: whoever answers STOP is not heard.`, `Set ${settings[channel]}.`) // prettier-ignore
  return heardOf(subject, channel, `Write to yourself by ${inWords([channel])} and answer it: its word comes to /webhooks/${channel}.`) // prettier-ignore
}

async function heardOf({ db, clock }: Subject, channel: ChannelName, fix: string): Promise<Finding> {
  const heard = await selectLastHeard(db, { channel, since: new Date(clock().getTime() - weekMs) })
  return heard
    ? pass(`A signed callback of ${inWords([channel])} was taken at ${heard.toISOString()}.`)
    : unknown(`No signed callback of ${inWords([channel])} was taken in 7 days.`, fix)
}
