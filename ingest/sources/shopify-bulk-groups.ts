import { z } from 'zod'
import { sha256 } from '#kernel/crypto.ts'
import { rejected } from '../reading/csv-table.ts'
import { jsonLines, type JsonRow } from '../reading/json-rows.ts'
import { longestRow } from '../reading/lines.ts'
import type { Place, Rejected, SourceInput } from '../source.ts'

/** An order and what belongs to it: the order's own line first, the others as they came. */
export type OrderGroup = { is: 'group'; lines: readonly Buffer[]; raw: Buffer; place: Place }

type Open = { lines: Buffer[]; ids: string[]; place: Place; bytes: number }
type Gathering = { owners: Map<string, Open>; waiting: Set<Open>; held: number }

/** How much is held back for lines that come late. Lines that directly follow their order need none of it. */
const windowBytes = 16 * 1024 * 1024

const orphan = { reason: 'The line belongs to an order that does not stand before it', fix: 'Run the bulk operation with groupObjects: true, and keep the file whole' } // prettier-ignore
const tooLarge = { reason: 'The order is larger than 1 MB', fix: 'It was not kept, only its place and hash: export it alone' } // prettier-ignore

/**
 * Gathers the lines of a bulk operation's file to their orders, in the order of the orders and in constant memory. A
 * line may follow its order at once or after others (16 MB at most); one that comes later still is rejected.
 */
export async function* orderGroups(input: SourceInput): AsyncGenerator<OrderGroup | Rejected> {
  const gathering: Gathering = { owners: new Map(), waiting: new Set(), held: 0 }
  for await (const row of jsonLines(input, 'order')) {
    const stray = row.is === 'json' ? taken(gathering, row) : row
    if (stray) yield stray
    for (const oldest of gathering.waiting) {
      if (gathering.held <= windowBytes) break
      yield closed(gathering, oldest)
    }
  }
  for (const open of gathering.waiting) yield closed(gathering, open)
}

const head = z.object({ id: z.string().optional(), __parentId: z.string().optional() })

/** Puts a line where it belongs; returns it where it belongs nowhere. */
function taken(gathering: Gathering, { value, raw, place }: JsonRow): Rejected | null {
  const { id, __parentId: parent } = head.safeParse(value).data ?? {}
  const owner = parent === undefined ? undefined : gathering.owners.get(parent)
  if (parent !== undefined && owner === undefined) return rejected('order', raw, place, orphan)
  const open = owner ?? { lines: [], ids: [], place, bytes: 0 }
  if (owner === undefined) gathering.waiting.add(open)
  open.bytes += raw.length + 1
  // Of an order that is too large its own line is enough to tell it by.
  if (open.bytes <= longestRow || open.lines.length === 0) {
    open.lines.push(raw)
    gathering.held += raw.length + 1
  }
  if (id !== undefined) {
    open.ids.push(id)
    gathering.owners.set(id, open)
  }
  return null
}

function closed(gathering: Gathering, open: Open): OrderGroup | Rejected {
  const { lines, ids, place, bytes } = open
  gathering.waiting.delete(open)
  for (const id of ids) if (gathering.owners.get(id) === open) gathering.owners.delete(id)
  gathering.held -= lines.reduce((sum, line) => sum + line.length + 1, 0)
  const raw = Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [Buffer.from('\n'), line])))
  if (bytes > longestRow + 1) return rejected('order', null, place, tooLarge, sha256(raw))
  return { is: 'group', lines, raw, place }
}
