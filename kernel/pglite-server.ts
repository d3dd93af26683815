import { createServer, type Server, type Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'

/**
 * Serves one PGlite to many PostgreSQL clients on a Unix socket, each statement whole and each transaction alone.
 * PGlite is one backend: the parts of an extended-protocol statement (Parse, Bind, Execute …) share its one unnamed
 * statement, so they run together, up to their Sync; and while a client's transaction is open, only that client runs.
 */
export class PGliteServer {
  readonly #engine: PGlite
  readonly #server: Server
  readonly #clients = new Set<Client>()
  readonly #queue: Unit[] = []
  #running = false
  /** Whose transaction is open. */
  #holder: Client | null = null

  #patience: NodeJS.Timeout | undefined
  readonly #onFault: (fault: unknown) => void

  /** @param onFault told when the engine itself failed; the client whose statement it was is disconnected */
  constructor(engine: PGlite, onFault: (fault: unknown) => void = () => {}) {
    this.#engine = engine
    this.#onFault = onFault
    this.#server = createServer((socket) => this.#admit(socket))
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
  }

  get clientCount(): number {
    return this.#clients.size
  }

  /** Closes every connection; the statement that runs is finished first. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const client of this.#clients) client.socket.destroy()
    await closed
    await this.#engine.runExclusive(() => Promise.resolve())
  }

  #admit(socket: Socket): void {
    const client: Client = { socket, unread: Buffer.alloc(0), started: false, held: [] }
    this.#clients.add(client)
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#receive(client, data))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => void this.#leave(client))
  }

  #receive(client: Client, data: Buffer): void {
    client.unread = client.unread.length === 0 ? data : Buffer.concat([client.unread, data])
    for (let message = nextMessage(client); message !== null; message = nextMessage(client)) {
      this.#take(client, message)
    }
    void this.#run()
  }

  #take(client: Client, message: Message): void {
    switch (message.kind) {
      case 'refused-encryption':
        client.socket.write('N')
        return
      case 'goodbye':
        client.socket.end()
        return
      case 'part':
        client.held.push(message.bytes)
        return
      case 'whole':
        this.#queue.push({ client, bytes: Buffer.concat([...client.held, message.bytes]) })
        client.held = []
    }
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    for (let unit = this.#next(); unit !== null; unit = this.#next()) await this.#execute(unit)
    this.#running = false
  }

  #next(): Unit | null {
    const at = this.#holder === null ? 0 : this.#queue.findIndex((unit) => unit.client === this.#holder)
    return this.#queue.splice(at < 0 ? this.#queue.length : at, 1)[0] ?? null
  }

  async #execute({ client, bytes }: Unit): Promise<void> {
    let tail = Buffer.alloc(0)
    try {
      await this.#engine.runExclusive(() =>
        this.#engine.execProtocolRawStream(bytes, {
          onRawData: (data) => {
            // The engine reuses its memory: what is written later must be a copy.
            const copy = Buffer.from(data)
            tail = Buffer.concat([tail, copy]).subarray(-readyLength)
            if (client.socket.writable) client.socket.write(copy)
          },
        }),
      )
      this.#holder = isIdle(tail) ? null : client
      this.#watch()
    } catch (fault) {
      this.#onFault(fault)
      client.socket.destroy()
    }
    if (this.#holder !== null && !this.#clients.has(this.#holder)) await this.#rollBack()
  }

  /** A client that holds a transaction and says nothing (it was stopped) does not keep the others waiting for ever. */
  #watch(): void {
    clearTimeout(this.#patience)
    const holder = this.#holder
    if (holder !== null) this.#patience = setTimeout(() => holder.socket.destroy(), silenceMs).unref()
  }

  async #leave(client: Client): Promise<void> {
    this.#clients.delete(client)
    const kept = this.#queue.filter((unit) => unit.client !== client)
    this.#queue.splice(0, this.#queue.length, ...kept)
    // While a statement runs, the end of it finds that its client has left.
    if (this.#holder === client && !this.#running) await this.#rollBack()
    void this.#run()
  }

  async #rollBack(): Promise<void> {
    this.#holder = null
    await this.#engine.exec('rollback').catch(() => {})
  }
}

type Client = { socket: Socket; unread: Buffer; started: boolean; held: Buffer[] }
/** What runs together: a simple query, or an extended statement up to its Sync. */
type Unit = { client: Client; bytes: Buffer }
type Message =
  | { kind: 'refused-encryption' | 'goodbye' }
  | { kind: 'part'; bytes: Buffer }
  | { kind: 'whole'; bytes: Buffer }

const encryptionRequests = new Set([80877103, 80877104])
const cancelRequest = 80877102
const parts = new Set(['P', 'B', 'D', 'E', 'C'].map((letter) => letter.charCodeAt(0)))
const terminate = 'X'.charCodeAt(0)
const readyLength = 6
const silenceMs = 60_000

/** The next whole message of a client (PostgreSQL protocol 3.0), or null until more has arrived. */
function nextMessage(client: Client): Message | null {
  const header = client.started ? 1 : 0
  if (client.unread.length < header + 4) return null
  const length = header + client.unread.readInt32BE(header)
  if (length < header + 4) return malformed(client)
  if (client.unread.length < length) return null
  const bytes = client.unread.subarray(0, length)
  client.unread = client.unread.subarray(length)
  if (!client.started) return opening(client, bytes)
  const type = bytes[0] ?? 0
  if (type === terminate) return { kind: 'goodbye' }
  return { kind: parts.has(type) ? 'part' : 'whole', bytes }
}

function malformed(client: Client): null {
  client.socket.destroy()
  client.unread = Buffer.alloc(0)
  return null
}

function opening(client: Client, bytes: Buffer): Message {
  const code = bytes.length >= 8 ? bytes.readInt32BE(4) : 0
  if (encryptionRequests.has(code)) return { kind: 'refused-encryption' }
  if (code === cancelRequest) return { kind: 'goodbye' }
  client.started = true
  return { kind: 'whole', bytes }
}

/** ReadyForQuery ends a statement and says whether a transaction is open: I, T or E. Without it more is to come. */
const isIdle = (tail: Buffer): boolean => tail.toString('latin1') === 'Z\u0000\u0000\u0000\u0005I'
