/** The local inbox of a demo: what really arrived over SMTP. Present only where app/wire hands one in. */
export type InboxItem = { id: string; to: string; subject: string; receivedAt: Date }

export type InboxMessage = InboxItem & {
  from: string
  html: string
  text: string
  headers: readonly { name: string; value: string }[]
}

export type Inbox = {
  list: () => Promise<InboxItem[]>
  read: (id: string) => Promise<InboxMessage | null>
  /** Writes back to the sender as the reader would, over SMTP. */
  reply: (id: string, text: string) => Promise<void>
}
