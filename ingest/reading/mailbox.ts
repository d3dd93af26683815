/** `done`: nobody need read it; `unread`: a person should; `flagged`: a person must. */
export type Mark = 'done' | 'unread' | 'flagged'

/** A mail as it lies there; `cut`: only its beginning, since it is longer than may be looked at. */
export type LyingMail = { bytes: Uint8Array; cut: boolean }

/** Whether a mailbox can be read now, and how many mails wait in it. `why` names no person and no password. */
export type Answering = { kind: 'answers'; waiting: number } | { kind: 'silent'; why: string }

/** A mailbox that mail for the house arrives in: a folder here, or one on a server. */
export type Mailbox = {
  /** What it is called in logs and answers. */
  readonly name: string
  /**
   * Hands over the mails that nobody looked at, one after the other, the oldest first, and marks each by what came of it;
   * null leaves it for the next time. Nothing is ever deleted. A mail is marked after it was taken: one that a killed process
   * had taken is handed over again.
   */
  read: (limits: { most: number; maxBytes: number }, take: (mail: LyingMail) => Promise<Mark | null>) => Promise<void>
  answers: () => Promise<Answering>
}

/** Remembers the mails of mailboxes that keep no marks of ours. A mail is named within its mailbox for good. */
export type TakenBefore = {
  /** Those of the mails in a mailbox that were taken; what lies there no more is forgotten. */
  among: (mailbox: string, mails: readonly string[]) => Promise<ReadonlySet<string>>
  keep: (mailbox: string, mail: string) => Promise<void>
}
