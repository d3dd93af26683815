import type { Queryable } from '#kernel/db.ts'
import { newId, type DeliveryId } from '#kernel/ids.ts'
import type { Message } from '../channel.ts'
import { copiesOf } from '../definition.ts'
import { propertiesOf } from '../entries/properties.ts'
import { fieldsIn } from '../render/slots.ts'
import { renderMessage } from '../render/message.ts'
import { textsOf } from '#rag/draft.ts'
import { sampledReaders } from '../sampled-readers.ts'
import { compileContents, variantKey } from '../variants.ts'
import type { Subject } from './point.ts'

/** A message of a campaign as a reader of its audience would get it, with links that are signed for no message. */
export type Rehearsed = { stepKey: string; message: Message } | { stepKey: string; blocked: string }

/** One message of each mail of a campaign, by the same code that sends it. */
export async function rehearsed(
  subject: Pick<Subject, 'db' | 'clock' | 'members' | 'links' | 'definition'>,
): Promise<Rehearsed[]> {
  const { definition, clock, links } = subject
  if (definition === null) return []
  const variants = await compileContents(subject.db, definition)
  const person = { ...propertiesOf(definition), ...(await aReader(subject.db, subject)) }
  const mails = copiesOf(definition).filter(({ channel }) => channel === 'email')
  return mails.map(({ key: stepKey, arm }) => {
    const recipient = {
      deliveryId: newId<'delivery'>(clock) satisfies DeliveryId,
      address: 'reader@example.com',
      person,
      tracked: true,
      campaign: definition.name,
      stepKey,
      personId: 'rehearsal',
      occurrence: 1,
    }
    const rendered = renderMessage(variants.get(variantKey(stepKey, arm))!, definition.sender, links, recipient)
    return rendered.kind === 'ready' ? { stepKey, message: rendered.message } : { stepKey, blocked: rendered.why }
  })
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
