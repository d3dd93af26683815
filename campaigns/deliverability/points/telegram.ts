import { selectOpenStop } from '../../queries/channel-stops.ts'
import { fail, pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'

/** The bot is asked what it is called, by the token that messages leave under. */
export const telegram: Point = {
  id: 'telegram',
  what: 'The Telegram bot answers',
  channels: ['telegram'],
  outside: false,
  run: async ({ db, bot }) => {
    if (!bot) return unknown('This house has no Telegram bot set up.', 'Set TELEGRAM_BOT_TOKEN before you send by it.')
    const stop = await selectOpenStop(db, 'telegram')
    if (stop) return fail(`Telegram is stopped: ${stop.why}.`, 'Mend it, and let it go on at Channels.')
    return pass(`Telegram knows the token: messages come from @${await bot.name()}.`)
  },
}
