import { createSocket } from 'node:dgram'

const types = { A: 1, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const
type Type = keyof typeof types
const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const

/** Records by name and type. An MX is `10 mail.example.com`; a name may also misbehave, whatever is asked of it. */
export type Zone = Record<string, Partial<Record<Type, string[]>> | 'silence' | 'SERVFAIL' | 'REFUSED'>

export type FakeDns = {
  /** As resolvers take it: address and port. */
  server: string
  /** Every question, `TXT example.com`, in order. */
  asked: string[]
  /** What it knows from now on. */
  serve: (zone: Zone) => void
  close: () => Promise<void>
}

/** A name server on this machine that speaks DNS over UDP (RFC 1035), and is wrong on order. */
export async function fakeDns(zone: Zone = {}): Promise<FakeDns> {
  let known = zone
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (packet, peer) => {
    const { name, type, end } = questionOf(packet)
    asked.push(`${nameOf(type)} ${name}`)
    const answer = answerTo(known, name, type)
    if (answer !== 'silence') socket.send(replyTo(packet, end, type, answer), peer.port, peer.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    serve: (next) => void (known = next),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

const nameOf = (type: number): string => Object.entries(types).find(([, code]) => code === type)?.[0] ?? `TYPE${type}`

type Reply = { code: number; records: string[] }

function answerTo(zone: Zone, name: string, type: number): Reply | 'silence' {
  const entry = zone[name]
  if (entry === 'silence') return 'silence'
  if (entry === 'SERVFAIL' || entry === 'REFUSED') return { code: codes[entry], records: [] }
  if (entry !== undefined) return { code: codes.NOERROR, records: entry[nameOf(type) as Type] ?? [] }
  // A name with others below it is there, and empty (RFC 8020).
  const isParent = Object.keys(zone).some((other) => other.endsWith(`.${name}`))
  return { code: isParent ? codes.NOERROR : codes.NXDOMAIN, records: [] }
}

function questionOf(packet: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = packet[at]!; length > 0; length = packet[at]!) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: packet.readUInt16BE(at + 1), end: at + 5 }
}

function replyTo(packet: Buffer, end: number, type: number, { code, records }: Reply): Buffer {
  const header = Buffer.alloc(12)
  packet.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180 | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  const answers = records.map((record) => {
    const data = dataOf(type, record)
    const head = Buffer.alloc(12)
    head.writeUInt16BE(0xc00c, 0)
    head.writeUInt16BE(type, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt32BE(60, 6)
    head.writeUInt16BE(data.length, 10)
    return Buffer.concat([head, data])
  })
  return Buffer.concat([header, packet.subarray(12, end), ...answers])
}

function dataOf(type: number, record: string): Buffer {
  if (type === types.A) return Buffer.from(record.split('.').map(Number))
  // All eight groups, written out.
  if (type === types.AAAA) return Buffer.from(record.split(':').map((group) => group.padStart(4, '0')).join(''), 'hex') // prettier-ignore
  if (type === types.TXT) return Buffer.concat((record.match(/.{1,255}/gs) ?? ['']).map(counted))
  if (type === types.MX) {
    const [priority = '0', exchange = ''] = record.split(' ')
    return Buffer.concat([Buffer.from([0, Number(priority)]), encoded(exchange)])
  }
  return encoded(record)
}

const counted = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')])

/** A name on the wire; `.` is the root. */
const encoded = (name: string): Buffer =>
  Buffer.concat([...name.split('.').filter(Boolean).map(counted), Buffer.from([0])])
