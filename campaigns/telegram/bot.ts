/** The bot that our messages come from. Both ask Telegram, and throw when it does not answer. */
export type TelegramBot = {
  /** What it is called in links, without the @. */
  name: () => Promise<string>
  /** Has Telegram tell an address of ours what people do in their chats with it. */
  listen: (url: string, secret: string) => Promise<void>
}
