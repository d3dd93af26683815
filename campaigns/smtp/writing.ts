import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { roomOf, sizeOf, writeAll, type Parts } from '../bytes.ts'

const pieceSize = 192 * 1024
let piece = Buffer.allocUnsafeSlow(pieceSize)

/**
 * Writes texts and bytes to a socket at once. As a rule the system takes them on the spot, and the same memory serves the
 * next write; where it does not, the memory is the socket's until it is done.
 */
export function writeTo(socket: Socket, parts: Parts): void {
  const room = roomOf(parts)
  const isShared = room <= pieceSize && !(socket instanceof TLSSocket)
  const bytes = isShared ? piece : Buffer.allocUnsafe(sizeOf(parts))
  socket.write(bytes.subarray(0, writeAll(parts, bytes)))
  if (isShared && socket.writableLength > 0) piece = Buffer.allocUnsafeSlow(pieceSize)
}
