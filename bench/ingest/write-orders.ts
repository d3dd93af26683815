import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** How the file that `writeOrders` makes is read. */
export const ordersMapping =
  'name=bench;id=id,customer=customer,date=date,amount=amount,email=email,title=title;currency=EUR'

const titles = ['Morning blend, whole beans', 'A "house" espresso', 'Filter papers 02', 'Ketill Æthiopia, 1 kg']
const note = 'left at the door, please ring twice; '

/**
 * Writes orders as CSV until the file holds so many bytes, in rows of about `rowBytes`; every thousandth row cannot be
 * read. The same numbers write the same bytes. Returns the rows.
 */
export async function writeOrders(path: string, bytes: number, rowBytes = 250): Promise<number> {
  const mostNotes = Math.max(1, Math.round((2 * (rowBytes - 85)) / note.length))
  const out = createWriteStream(path)
  out.write('id,customer,date,amount,email,title,note\n')
  let [written, row] = [0, 0]
  while (written < bytes) {
    const lines: string[] = []
    for (let n = 0; n < 1000; n += 1) lines.push(lineOf((row += 1), mostNotes))
    const text = lines.join('')
    written += Buffer.byteLength(text)
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  return row
}

function lineOf(row: number, mostNotes: number): string {
  const day = row % 1000 === 0 ? 'never' : new Date(Date.UTC(2024, 0, 1 + (row % 700))).toISOString().slice(0, 10)
  const customer = (row * 7919) % 200_003
  const title = `"${titles[row % titles.length]!.replaceAll('"', '""')}"`
  return `o${row},c${customer},${day},${(row % 97) + 1}.50,c${customer}@example.com,${title},"${note.repeat(1 + (row % mostNotes))}"\n`
}
