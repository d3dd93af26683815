import { copiesOf } from '../../definition.ts'
import { pass, unknown, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'

/** What a campaign of e-mail alone need not be asked; what speaks for the other channels is not read here yet. */
const ofChannel = (id: string, what: string, channel: string, missing: string): Point => ({
  id,
  what,
  outside: false,
  run: ({ definition }: Subject): Finding =>
    definition !== null && !uses(definition, channel)
      ? pass(`This campaign sends nothing by ${channel}.`)
      : unknown(missing, `Look at it where ${channel} is kept before you send by it.`),
})

/** Whether a step of a campaign sends by a channel. */
function uses(definition: NonNullable<Subject['definition']>, channel: string): boolean {
  return copiesOf(definition).some((copy) => copy.channel === channel.toLowerCase())
}

export const telegram: Point = ofChannel(
  'telegram',
  'The Telegram bot answers',
  'Telegram',
  'The bot is not asked by the preflight.',
)
