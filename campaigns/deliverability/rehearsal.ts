import type { Queryable } from '#kernel/db.ts'
import { newId, type DeliveryId } from '#kernel/ids.ts'
import type { Message, TextChannelName, TextMessage } from '../channel.ts'
import { copiesOf, type CampaignDefinition } from '../definition.ts'
import { propertiesOf } from '../entries/properties.ts'
import { fieldsIn } from '../render/slots.ts'
import { renderMessage } from '../render/message.ts'
import { compileText, renderText } from '../render/text.ts'
import { textsOf } from '#rag/draft.ts'
import { sampledReaders } from '../content/sampled-readers.ts'
import { compileContents, variantKey } from '../render/variants.ts'
import type { Subject } from './point.ts'

/** A message of a campaign as a reader of its audience would get it, with links that are signed for no message. */
export type Rehearsed = { stepKey: string; message: Message } | { stepKey: string; blocked: string }

/** The same of what is no mail. */
export type RehearsedText =
  | { stepKey: string; channel: TextChannelName; message: TextMessage }
  | { stepKey: string; channel: TextChannelName; blocked: string }

type Asked = Pick<Subject, 'db' | 'clock' | 'members' | 'links' | 'definition'>

/** One message of each mail of a campaign, by the same code that sends it. */
export async function rehearsed(subject: Asked): Promise<Rehearsed[]> {
  const { definition, links } = subject
  const mails = definition === null ? [] : copiesOf(definition).filter(({ channel }) => channel === 'email')
  if (definition === null || mails.length === 0) return []
  const variants = await compileContents(subject.db, definition)
  const recipient = await recipientIn(subject, definition)
  return mails.map(({ key: stepKey, arm }) => {
    const reader = { ...recipient, stepKey, address: 'reader@example.com', personId: 'rehearsal', occurrence: 1 }
    const rendered = renderMessage(variants.get(variantKey(stepKey, arm))!, definition.sender, links, reader)
    return rendered.kind === 'ready' ? { stepKey, message: rendered.message } : { stepKey, blocked: rendered.why }
  })
}

/** One of each of its texts. */
export async function rehearsedTexts(subject: Asked): Promise<RehearsedText[]> {
  const { definition, links } = subject
  const texts = definition === null ? [] : copiesOf(definition).flatMap((copy) => (copy.channel === 'email' ? [] : [{ ...copy, channel: copy.channel }])) // prettier-ignore
  if (definition === null || texts.length === 0) return []
  const recipient = await recipientIn(subject, definition)
  return texts.map((copy) => {
    const { key: stepKey, channel } = copy
    const reader = { ...recipient, stepKey, address: 'reader', attempts: 0 }
    const rendered = renderText(compileText(copy, definition.sender), links, reader)
    return rendered.kind === 'ready' ? { stepKey, channel, message: rendered.message } : { stepKey, channel, blocked: rendered.why } // prettier-ignore
  })
}

async function recipientIn(subject: Asked, definition: CampaignDefinition) {
  return {
    deliveryId: newId<'delivery'>(subject.clock) satisfies DeliveryId,
    person: { ...propertiesOf(definition), ...(await aReader(subject.db, subject)) },
    tracked: true,
    campaign: definition.name,
  }
}

async function aReader(
  db: Queryable,
  { definition, members, clock }: Pick<Subject, 'definition' | 'members' | 'clock'>,
) {
  if (definition === null) return {}
  const fields = fieldsIn(copiesOf(definition).flatMap(({ content }) => textsOf(content)))
  const audience = fields.length === 0 ? [] : await members(definition.audience.rule, clock())
  const readers = await sampledReaders(db, audience, fields)
  return readers[0]?.person ?? {}
}
