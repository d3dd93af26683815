import type { DeliveryId } from '#kernel/ids.ts'

/** A message ready to leave: one recipient, nothing to fill in. Headers carry no line break. */
export type Message = {
  deliveryId: DeliveryId
  messageId: string
  from: { name: string; address: string }
  replyTo: string | null
  to: string
  subject: string
  html: string
  text: string
  headers: Readonly<Record<string, string>>
  /** The same as MIME but for its Date, where it was compiled ahead: what `mimeOf` makes of it. */
  mime?: string
}

/**
 * What became of one message.
 * `sent`: the other side took responsibility. `retry`: it certainly did not, and may later; `scope` says whether the
 * message or the whole channel was refused. `refused`: it never will; `addressDead` when the address is at fault.
 * `unclear`: nobody can tell, as when the connection breaks between the last byte and the answer.
 */
export type Outcome =
  | { kind: 'sent'; providerId: string | null }
  | { kind: 'retry'; scope: 'message' | 'channel'; why: string; afterMs?: number }
  | { kind: 'refused'; why: string; addressDead: boolean }
  | { kind: 'unclear'; why: string }

/** Messages that leave together. The same key means the same messages in the same order. */
export type Batch = { key: string; messages: readonly Message[] }

/** A way out of the house. It never throws for what the other side does; it tells it as an outcome for each message. */
export type Channel = {
  readonly name: string
  readonly maxBatch: number
  /** Batches that may be on their way together, one unless told. */
  readonly atOnce?: number
  /** True when sending a batch again under its key sends nobody anything twice. */
  readonly idempotent: boolean
  /** One outcome a message, in order. After the deadline what is not answered is `unclear`, or `retry` if not begun. */
  readonly send: (batch: Batch, deadline: AbortSignal) => Promise<Outcome[]>
  readonly close: () => Promise<void>
}
