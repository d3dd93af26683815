import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { isTextChannel } from '../channel.ts'
import { definitionOf } from '../definition.ts'
import type { DeliverSettings } from './deliver.ts'
import { withEntered } from '../entries/properties.ts'
import { armsOfMessages } from '../experiments/contents.ts'
import type { Outgoing } from '../render/person-fields.ts'
import { renderMessage } from '../render/message.ts'
import { renderText } from '../render/text.ts'
import { textOf, variantKey } from '../render/variants.ts'

/** Every row's message, in order, or why it has none. */
export async function renderAll(deps: DeliverSettings, release: Approved<Release>, outgoing: readonly Outgoing[]) {
  const definition = definitionOf(release)
  const rows = await withEntered(deps.db, definition, outgoing)
  const { channel } = deps
  const arms = await armsOfMessages(deps.db, definition, rows.map(({ id }) => id)) // prettier-ignore
  if (isTextChannel(channel)) {
    return rows.map((row) => {
      const arm = textOf(definition, variantKey(row.stepKey, arms.get(row.id)), channel.carries)
      const variant = arm ?? textOf(definition, row.stepKey, channel.carries)
      if (!variant) return noCopy(channel.carries)
      return orBlocked(() => renderText(variant, deps.links, recipientOf(row, definition.name)))
    })
  }
  const variants = await deps.variants(release)
  return rows.map((row) => {
    const recipient = recipientOf(row, definition.name)
    const variant = variants.get(variantKey(row.stepKey, arms.get(row.id))) ?? variants.get(row.stepKey)!
    return orBlocked(() => renderMessage(variant, definition.sender, deps.links, recipient))
  })
}

const recipientOf = ({ id, address, person, tracked, stepKey, personId, occurrence, attempts }: Outgoing, campaign: string) => ({ deliveryId: id, address, person, tracked, campaign, stepKey, personId, occurrence, attempts }) // prettier-ignore

/** A row that cannot be rendered must not stop the others of its batch. */
function orBlocked<Rendered>(render: () => Rendered): Rendered | { kind: 'blocked'; why: string } {
  try {
    return render()
  } catch (fault) {
    // What a library says may repeat what it was given.
    return { kind: 'blocked', why: `it could not be rendered (${fault instanceof Error ? fault.name : 'a fault'})` }
  }
}

const noCopy = (channel: string) => ({
  kind: 'blocked' as const,
  why: `the live release has no such step by ${channel}`,
})
