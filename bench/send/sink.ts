import { createServer as createHttp } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { parseArgs } from 'node:util'

/**
 * An SMTP server of its own process that takes every mail, keeps none, and counts who got how many:
 * `node bench/send/sink.ts [--latency-ms N] [--fail 0.05]` prints where it listens. GET /stats, POST /reset.
 */
const { values } = parseArgs({
  options: { 'latency-ms': { type: 'string', default: '0' }, fail: { type: 'string', default: '0' } },
})
const [latencyMs, fail] = [Number(values['latency-ms']), Number(values.fail)]
let copies = new Map<string, number>()
let attempts = new Map<string, number>()
let first: number | null = null
let last = 0
let rejected = 0
let [open, peak] = [0, 0]

const said = {
  EHLO: '250-sink\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n',
  DATA: '354 go\r\n',
  QUIT: '221 bye\r\n',
} as const
const taken = '250 2.0.0 taken\r\n'
const later = '451 4.3.0 later\r\n'

/** The same tries are put off in every run: a draw from address and number of the try. */
function draw(to: string): boolean {
  if (fail === 0) return false
  const attempt = (attempts.get(to) ?? 0) + 1
  attempts.set(to, attempt)
  let hash = 2166136261
  for (const letter of `${attempt} ${to}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619)
  return ((hash >>> 8) & 0xffff) / 0x10000 < fail
}

function take(to: string): string {
  if (draw(to)) return ((rejected += 1), later)
  copies.set(to, (copies.get(to) ?? 0) + 1)
  last = performance.timeOrigin + performance.now()
  first ??= last
  return taken
}

function converse(socket: Socket): void {
  open += 1
  peak = Math.max(peak, open)
  socket.on('error', () => {}).once('close', () => (open -= 1))
  socket.setNoDelay(true).setEncoding('latin1').write('220 sink ESMTP\r\n')
  let [unread, to, inBody, thinking] = ['', '', false, false]
  const read = (): void => {
    let out = ''
    while (!thinking) {
      const end = inBody ? unread.indexOf('\r\n.\r\n') : unread.indexOf('\r\n')
      if (end < 0) break
      const text = unread.slice(0, end)
      unread = unread.slice(end + (inBody ? 5 : 2))
      if (inBody && latencyMs === 0) [out, inBody] = [out + take(to), false]
      else if (inBody) {
        thinking = true
        setTimeout(() => { socket.write(take(to)); [inBody, thinking] = [false, false]; read() }, latencyMs) // prettier-ignore
      } else {
        const verb = text.slice(0, 4).toUpperCase()
        if (verb === 'RCPT') to = text.slice(text.indexOf('<') + 1, text.indexOf('>'))
        if (verb === 'DATA') inBody = true
        out += verb in said ? said[verb as keyof typeof said] : '250 ok\r\n'
        if (verb === 'QUIT') socket.end()
      }
    }
    if (out !== '') socket.write(out)
  }
  socket.on('data', (text: string) => {
    unread += text
    read()
  })
}

function stats() {
  const counts = [...copies.values()]
  const count = counts.reduce((sum, one) => sum + one, 0)
  const seconds = first === null ? 0 : (last - first) / 1000
  const per_second = seconds > 0 ? (count - 1) / seconds : 0
  const at = (ms: number | null) => (ms === null ? null : new Date(ms))
  return { count, first: at(first), last: at(last), per_second, distinct: counts.length, duplicates: count - counts.length, rejected, connections_peak: peak } // prettier-ignore
}

function forget(): void {
  copies = new Map()
  attempts = new Map()
  ;[first, last, rejected, peak] = [null, 0, 0, open]
}

const web = createHttp((request, response) => {
  if (request.method === 'POST') forget()
  response.setHeader('content-type', 'application/json').end(JSON.stringify(stats()))
})
const server = createServer(converse)
server.listen(0, '127.0.0.1', () =>
  web.listen(0, '127.0.0.1', () => {
    const port = (of: typeof web | typeof server) => (of.address() as AddressInfo).port
    process.stdout.write(`smtp://127.0.0.1:${port(server)} http://127.0.0.1:${port(web)}\n`)
  }),
)
process.stdin.on('close', () => process.exit(0)).resume()
