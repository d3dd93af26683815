import type { ImapFlow } from 'imapflow'
import { sha256 } from '#kernel/crypto.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Mailbox, Mark, TakenBefore } from '../../reading/mailbox.ts'
import type { ImapServer } from './server.ts'
import { Unfit, visit, type Patience } from './visit.ts'

/** On mails that a person should read: they stay unread, and are not looked at again. */
const takenKeyword = '$MillraceTaken'
const flags: Readonly<Record<Mark, string>> = { done: '\\Seen', flagged: '\\Flagged', unread: takenKeyword }

/** Of a mail that is too long no more is fetched than this. */
const beginning = 256_000
const patience: Patience = { timeoutMs: 30_000, visitMs: 120_000 }
/** No further mail is begun after this long: others wait for the round. */
const roundMs = 60_000

type Waiting = { uid: number; name: string }

/**
 * A folder on an IMAP server (RFC 3501, 9051). What was dealt with is marked as read, what is in quarantine flagged, what a
 * person should answer left unread under a keyword of ours; where the server keeps no such mark, the mail is remembered
 * here. Each mail is fetched by itself, and too long a one only in part. One at which the connection broke, or that could not be
 * taken, comes last the next time, so that it does not stand before the others for ever.
 */
export function imapMailbox(server: ImapServer, before: TakenBefore, change: Partial<Patience> = {}): Mailbox {
  const { host, port, user, folder } = server
  const id = sha256(`${user}@${host}:${port}/${folder}`)
  const settings = { ...patience, ...change }
  const broke = new Set<string>()
  return {
    name: `${folder} at ${host}`,
    read: ({ most, maxBytes }, take) =>
      visit(server, settings, async (client) => {
        const over = AbortSignal.timeout(roundMs)
        const waiting = await waitingIn(client, folder)
        const taken = await before.among(id, waiting.map(({ name }) => name)) // prettier-ignore
        const next = waiting
          .filter(({ name }) => !taken.has(name))
          .toSorted((one, other) => Number(broke.has(one.name)) - Number(broke.has(other.name)))
          .slice(0, most)
        const sizes = await sizesOf(client, next)
        for (const { uid, name } of next) {
          const size = sizes.get(uid)
          if (over.aborted || size === undefined) continue
          broke.add(name)
          const bytes = await fetchMail(client, uid, size > maxBytes ? beginning : null)
          const mark = bytes && (await take({ bytes, cut: size > maxBytes || bytes.length > maxBytes }))
          if (mark || bytes === null) broke.delete(name)
          if (mark && !(await marked(client, uid, mark))) await before.keep(id, name)
        }
      }),
    answers: async () => {
      try {
        const waiting = await visit(server, settings, (client) => waitingIn(client, folder))
        const taken = await before.among(id, waiting.map(({ name }) => name)) // prettier-ignore
        return { kind: 'answers', waiting: waiting.filter(({ name }) => !taken.has(name)).length }
      } catch (fault) {
        return { kind: 'silent', why: messageOf(fault) }
      }
    },
  }
}

/** What nobody read, flagged or took, the oldest first. A UID names a mail only within the validity that the server gives. */
async function waitingIn(client: ImapFlow, folder: string): Promise<Waiting[]> {
  const { uidValidity, permanentFlags } = await client.mailboxOpen(folder).catch((fault: unknown) => {
    throw client.usable ? new Unfit('has no such folder') : fault
  })
  const keepsKeywords = !permanentFlags || permanentFlags.has('\\*') || permanentFlags.has(takenKeyword)
  const asked = { seen: false, flagged: false, deleted: false, ...(keepsKeywords && { unKeyword: takenKeyword }) }
  const uids = await client.search(asked, { uid: true })
  if (!uids) throw whyNot(client, 'does not say which mails wait')
  return uids.map((uid) => ({ uid, name: `${uidValidity}:${uid}` }))
}

async function sizesOf(client: ImapFlow, mails: readonly Waiting[]): Promise<Map<number, number>> {
  if (mails.length === 0) return new Map()
  const range = mails.map(({ uid }) => uid).join(',')
  const told = await client.fetchAll(range, { uid: true, size: true }, { uid: true })
  return new Map(told.flatMap(({ uid, size }) => (size === undefined ? [] : [[uid, size] as const])))
}

/** The bytes of a mail, or of its beginning; null where it is gone. */
async function fetchMail(client: ImapFlow, uid: number, most: number | null): Promise<Uint8Array | null> {
  const source = most === null ? true : { start: 0, maxLength: most }
  const mail = await client.fetchOne(String(uid), { uid: true, source }, { uid: true })
  if (!mail && !client.usable) throw whyNot(client, 'closed the connection')
  return (mail && mail.source) || null
}

/** Whether the server keeps the mark. */
async function marked(client: ImapFlow, uid: number, mark: Mark): Promise<boolean> {
  const kept = await client.messageFlagsAdd(String(uid), [flags[mark]], { uid: true, silent: true })
  if (!kept && !client.usable) throw whyNot(client, 'closed the connection')
  return kept
}

const whyNot = ({ usable }: ImapFlow, why: string): Unfit => new Unfit(usable ? why : 'closed the connection')
