import { selectOpenStops } from '#campaigns/queries/channel-stops.ts'
import { countChats } from '#campaigns/queries/telegram.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const channels: Verb = {
  name: 'channels',
  about: 'What messages leave by beside mail, and what stops it; setting up the Telegram bot',
  usage: ['channels [--json]', 'channels telegram [--json]'],
  takes: 1,
  options: {},
  explains: {},
  run: (call) =>
    withHouse(call.config, (house) => {
      const [what] = call.positionals
      if (what === undefined) return tell(call, house)
      if (what === 'telegram') return listen(call, house)
      throw new UsageError(`channels knows telegram, not "${what}"`)
    }),
}

async function tell(call: Call, { db, channel, texts }: House): Promise<number> {
  const stops = await selectOpenStops(db)
  const chats = texts.includes('telegram') ? await countChats(db) : null
  answer(call, { mail: channel?.name ?? null, texts, stops, telegram: chats }, [
    `Mail: ${channel?.name ?? 'not set up'}.`,
    `Beside it: ${texts.length === 0 ? 'nothing is set up' : texts.join(', ')}.`,
    ...stops.map((stop) => `${stop.channel} is stopped: ${stop.why}. Let it go on at Channels.`),
    ...(chats ? [`Telegram: ${chats.chats} chats began with the bot, ${chats.stopped} want no more.`] : []),
  ])
  return exit.done
}

/** Has Telegram tell our webhook what people do, with the secret that only it then knows. */
async function listen(call: Call, { ways, config, publicUrl }: House): Promise<number> {
  const { TELEGRAM_WEBHOOK_SECRET: first, SECOND_TELEGRAM_WEBHOOK_SECRET: second } = config
  const bots = [
    { bot: ways.texts.bot('TELEGRAM_BOT_TOKEN'), secret: first, path: 'telegram' },
    { bot: ways.texts.bot('SECOND_TELEGRAM_BOT_TOKEN'), secret: second, path: 'second-telegram' },
  ]
  const told: { bot: string; url: string }[] = []
  for (const { bot, secret, path } of bots) {
    if (!bot || secret === undefined) continue
    const url = `${publicUrl.replace(/\/$/, '')}/webhooks/${path}`
    await bot.listen(url, secret)
    told.push({ bot: await bot.name(), url })
  }
  if (told.length === 0) throw new UsageError('Set TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET first')
  answer(call, told, told.map(({ bot, url }) => `@${bot} tells ${url} what people do in their chats with it.`)) // prettier-ignore
  return exit.done
}
