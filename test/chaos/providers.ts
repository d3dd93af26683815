import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '#examples/roastery/random.ts'
import { fakeResend, type Email, type Trouble } from '../support/fake-resend.ts'
import { roughSmtp, type Trick } from '../support/rough-smtp.ts'
import { shownBy, type Shown } from './town.ts'

/** A message that was taken. `id`: its ledger row's, as it names itself. */
export type Letter = Shown & { to: string; id: string }

/** Where mail leaves to: it fails in every way its kind does, and promises once or does not. */
export type Provider = {
  kind: 'resend' | 'smtp'
  settings: Readonly<Record<string, string>>
  /** Every message it took, as often as it took it. */
  taken: Letter[]
  /** How often it left a worker without a clear answer at an address (SMTP). */
  unanswered: ReadonlyMap<string, number>
  /** Webhooks that nobody has taken yet. */
  untold: () => number
  close: () => Promise<void>
}

type Settings = {
  random: Random
  now: () => Date
  isDead: (to: string) => boolean
  complains: (to: string) => boolean
  onTaken: (letter: Letter) => void
}

const webhookKey = Buffer.from('a secret of twenty-four b')
const busy: Trouble = { status: 429, name: 'rate_limit_exceeded', message: 'Too many requests', retryAfter: 2 }
const broken: Trouble = { status: 500, name: 'application_error', message: 'Something broke' }
const away: Trouble = { status: 503, name: 'service_unavailable', message: 'Try again later' }
const troubles: readonly (readonly [Trouble | undefined, number])[] = [
  [undefined, 77], [busy, 4], [broken, 4], [away, 3], ['lost', 4], ['half-answer', 3], ['refuse-connection', 3], ['silence', 2],
] // prettier-ignore

/** A provider that promises once for a key, and tells what became of each message: twice, late, and in any order. */
export async function idempotentProvider(settings: Settings & { webhooksTo: string }): Promise<Provider> {
  const { random, onTaken } = settings
  const taken: Letter[] = []
  const tell = webhooks(settings)
  const server = await fakeResend({
    thinkMs: 150,
    troubleOf: () => random.weighted(troubles),
    onTaken: (email) => {
      const id = email.tags.find(({ name }) => name === 'delivery')?.value ?? ''
      const letter = { to: email.to[0] ?? '', id, ...shownBy(email.subject) }
      taken.push(letter)
      onTaken(letter)
      tell.about(email)
    },
  })
  return {
    kind: 'resend',
    settings: {
      RESEND_API_KEY: 're_test',
      RESEND_BASE_URL: server.baseUrl,
      RESEND_WEBHOOK_SECRET: `whsec_${webhookKey.toString('base64')}`,
    },
    taken,
    unanswered: new Map(),
    untold: tell.untold,
    close: async () => {
      tell.stop()
      await server.close()
    },
  }
}

/** What the provider says of a message, each word twice, in the order that chance gives. */
function webhooks({ random, now, isDead, complains, webhooksTo }: Settings & { webhooksTo: string }) {
  const stopping = new AbortController()
  let untold = 0
  const wordsOf = (to: string): object[] => {
    const full = { type: 'email.bounced', data: { bounce: { type: 'Transient', message: 'mailbox full' } } }
    if (isDead(to)) return [full, { type: 'email.bounced', data: { bounce: { type: 'Permanent', message: 'no such mailbox' } } }] // prettier-ignore
    return [{ type: 'email.delivered' }, ...(complains(to) ? [{ type: 'email.complained' }] : [])]
  }
  const post = async (payload: string, id: string): Promise<void> => {
    for (let tries = 1; !stopping.signal.aborted; tries++) {
      const timestamp = String(Math.floor(now().getTime() / 1000))
      const signature = createHmac('sha256', webhookKey).update(`${id}.${timestamp}.${payload}`).digest('base64')
      const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
      const answer = await fetch(webhooksTo, { method: 'POST', body: payload, headers, signal: AbortSignal.timeout(10_000) }).catch(() => null) // prettier-ignore
      await answer?.arrayBuffer().catch(() => null)
      if (answer?.ok) return
      await pause(Math.min(2_000, 200 * tries))
    }
  }
  const lane = Array.from({ length: 4 }, () => Promise.resolve())
  return {
    about: (email: Email): void => {
      const words = wordsOf(email.to[0] ?? '').map((word) => ({ ...word, ...base(email, word, now()) }))
      for (const [n, word] of random.shuffle([...words, ...words]).entries()) {
        untold += 1
        const at = random.int(0, lane.length - 1)
        lane[at] = lane[at]!.then(() => post(JSON.stringify(word), `msg_${n}`)).then(() => void (untold -= 1))
      }
    },
    untold: () => untold,
    stop: () => stopping.abort(),
  }
}

const base = ({ tags }: Email, word: { data?: object }, at: Date) => ({
  created_at: at.toISOString(),
  data: { ...word.data, tags: Object.fromEntries(tags.map(({ name, value }) => [name, value])) },
})

const tricks: readonly (readonly [Trick | null, number])[] = [
  [null, 92], [{ at: 'rcpt', does: { reply: '451 4.7.1 later' } }, 4], [{ at: 'data', does: { reply: '421 4.3.2 going down' } }, 1],
  [{ at: 'body', does: 'take-and-cut' }, 1], [{ at: 'body', does: 'cut' }, 1], [{ at: 'rcpt', does: 'cut' }, 1], [{ at: 'body', does: 'silence' }, 0.5],
] // prettier-ignore

/** A mail server, which cannot promise once: it defers, cuts connections before and after it took a message, falls silent. */
export async function roughProvider({ random, isDead, onTaken }: Settings): Promise<Provider> {
  const taken: Letter[] = []
  const unanswered = new Map<string, number>()
  const server = await roughSmtp({
    latencyMs: 3,
    trick: (to, attempt) => {
      if (isDead(to)) return { at: 'rcpt', does: { reply: '550 5.1.1 no such user' } }
      const trick = attempt < 8 ? random.weighted(tricks) : null
      if (trick?.at === 'body') unanswered.set(to, (unanswered.get(to) ?? 0) + 1)
      return trick
    },
    onTaken: (to, raw) => {
      const id = /^Message-ID: <([^@]*)@/m.exec(raw)?.[1] ?? ''
      const letter = { to, id: asUuid(id), ...shownBy(/^Subject: (.*)$/m.exec(raw)?.[1] ?? '') }
      taken.push(letter)
      onTaken(letter)
    },
  })
  return {
    kind: 'smtp',
    settings: { SMTP_URL: server.url },
    taken,
    unanswered,
    untold: () => 0,
    close: server.close,
  }
}

const asUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
