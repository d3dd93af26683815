import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Component } from '#campaigns/whatsapp/meta.ts'

/**
 * How a message is met: taken; refused with an error of Meta's; taken, and the connection cut before the answer or within it;
 * an answer that is no JSON of Meta's; silence.
 */
export type Manner =
  | 'take'
  | { code: number; status?: number; subcode?: number }
  | 'take-and-drop'
  | 'take-and-cut'
  | 'drop'
  | { page: number }
  | 'silence'

export type Taken = {
  id: string
  from: string
  to: string
  type: string
  callback: string
  payload: Record<string, unknown>
}

export type Listed = {
  id: string
  name: string
  language: string
  status: string
  category: string
  quality_score?: { score: string }
  rejected_reason?: string
  components: Component[]
}

/** A status of Meta's, of a message that was taken. */
export type Status = { of: Taken; status: string; at: Date; code?: number; category?: string }

export type FakeWhatsApp = {
  baseUrl: string
  account: string
  number: string
  /** Another number of the account. */
  second: string
  token: string
  taken: Taken[]
  /** How many messages each number got. */
  copies: () => Map<string, number>
  behave: (manner: (to: string, payload: Record<string, unknown>) => Manner) => void
  templates: Listed[]
  /** What the number is said to be. */
  about: { status: string; quality_rating: string; whatsapp_business_manager_messaging_limit: string }
  /** How a number is written, where it is not as the first. */
  showAs: (number: string, shown: string) => void
  /** Refuses everything that is asked of templates and number with this error, until null. */
  refuseAll: (code: number | null) => void
  /** How many templates a page of the list holds. */
  pageSize: number
  asked: { method: string; path: string }[]
  /** A webhook of these statuses, as Meta would post it. */
  statuses: (...told: Status[]) => string
  close: () => Promise<void>
}

const account = '102290129340398'
const number = '106540352242922'
const second = '106540352242999'
const token = 'EAAtest'

/** A server that speaks the messages, templates and numbers of Meta's Graph API, and can fail in every way. */
export async function fakeWhatsApp(): Promise<FakeWhatsApp> {
  const taken: Taken[] = []
  const templates: Listed[] = []
  const asked: FakeWhatsApp['asked'] = []
  const about = { status: 'CONNECTED', quality_rating: 'GREEN', whatsapp_business_manager_messaging_limit: 'TIER_2K' }
  let manner: (to: string, payload: Record<string, unknown>) => Manner = () => 'take'
  const shown = new Map<string, string>()
  let refusing: number | null = null
  const fake = { pageSize: 100 }

  const takeMessage = (from: string, payload: Record<string, unknown>): Taken => {
    const { to, type, biz_opaque_callback_data: callback } = payload as Record<string, string>
    const one = {
      id: `wamid.${taken.length + 1}`,
      from,
      to: to ?? '',
      type: type ?? '',
      callback: callback ?? '',
      payload,
    }
    taken.push(one)
    return one
  }

  const message = (from: string, payload: Record<string, unknown>, response: ServerResponse): void => {
    const how = manner(String(payload['to']), payload)
    if (how === 'silence') return
    if (how === 'drop') return void response.destroy()
    if (typeof how === 'object' && 'page' in how)
      return void response.writeHead(how.page, { 'content-type': 'text/html' }).end('<html>')
    if (typeof how === 'object') return fault(response, how.status ?? 400, how.code, how.subcode)
    const { id, to } = takeMessage(from, payload)
    const body = JSON.stringify({ messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to.slice(1) }], messages: [{ id, message_status: 'accepted' }] }) // prettier-ignore
    if (how === 'take-and-drop') return void response.destroy()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(how === 'take-and-cut' ? body.slice(0, 60) : body)
  }

  const list = (url: URL, response: ServerResponse): void => {
    const from = Number(url.searchParams.get('after') ?? 0)
    const page = templates.slice(from, from + fake.pageSize)
    const after = String(from + fake.pageSize)
    const more = from + fake.pageSize < templates.length
    answer(response, 200, { data: page, paging: { cursors: { before: String(from), after }, ...(more ? { next: `https://graph.facebook.com/x?after=${after}` } : {}) } }) // prettier-ignore
  }

  const propose = (asking: Omit<Listed, 'id' | 'status'>, response: ServerResponse): void => {
    if (templates.some(({ name, language }) => name === asking.name && language === asking.language))
      return fault(response, 400, 100, 2_388_024)
    const { name, language, category, components } = asking
    const made = { id: String(9_000 + templates.length), status: 'PENDING', name, language, category, components }
    templates.push(made)
    answer(response, 200, { id: made.id, status: made.status, category })
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '', 'http://localhost')
    const { method = '' } = request
    asked.push({ method, path: url.pathname })
    if (request.headers['authorization'] !== `Bearer ${token}`) return fault(response, 401, 190)
    const body =
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>)
    const [, of = '', what] = url.pathname.split('/')
    const isOurs = of === number || of === second
    if (isOurs && what === 'messages' && method === 'POST') return message(of, body, response)
    if (refusing !== null) return fault(response, 400, refusing)
    if (url.pathname === `/${account}/message_templates`)
      return method === 'GET' ? list(url, response) : propose(body as Omit<Listed, 'id' | 'status'>, response)
    if (isOurs && what === undefined)
      return answer(response, 200, { id: of, display_phone_number: shown.get(of) ?? '+31 20 123 4567', verified_name: 'Alder & Ash', ...about }) // prettier-ignore
    return fault(response, 404, 100)
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(fake, {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    account, number, second, token, taken, templates, about, asked,
    copies: () => new Map([...Map.groupBy(taken, ({ to }) => to)].map(([to, all]) => [to, all.length])),
    behave: (next: typeof manner) => void (manner = next),
    refuseAll: (code: number | null) => void (refusing = code),
    showAs: (of: string, as: string) => void shown.set(of, as),
    statuses: (...told: Status[]) => webhook({ statuses: told.map(statusOf) }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }) // prettier-ignore
}

const statusOf = ({ of, status, at, code, category }: Status) => ({
  id: of.id,
  status,
  timestamp: String(Math.floor(at.getTime() / 1_000)),
  recipient_id: of.to.replace('+', ''),
  biz_opaque_callback_data: of.callback,
  ...(category === undefined ? {} : { pricing: { billable: true, pricing_model: 'PMP', category } }),
  ...(code === undefined ? {} : { errors: [{ code, title: 'An error' }] }),
})

/** The bytes of a webhook about one thing. */
export const webhook = (value: object, field = 'messages'): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      { id: account, changes: [{ field, value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '31201234567', phone_number_id: number }, ...value } }] },
    ],
  }) // prettier-ignore

/** A webhook as Meta signs it. */
export const signed = (url: string, body: string, appSecret: string): Request =>
  new Request(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
    },
  })

function fault(response: ServerResponse, status: number, code: number, subcode?: number): void {
  const error = { message: `(#${code}) An error`, type: 'OAuthException', code, ...(subcode === undefined ? {} : { error_subcode: subcode }), error_data: { messaging_product: 'whatsapp', details: 'Details of it' }, fbtrace_id: 'A1' } // prettier-ignore
  answer(response, status, { error })
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
