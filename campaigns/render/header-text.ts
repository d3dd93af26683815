import { writtenAddress } from '../address.ts'
import { remembered } from './remembered.ts'

const control = /[\p{Cc}\u2028\u2029]+/gu
const plain = /^[ -~]*$/
const lineRoom = 76
/** So much fits a line behind the longest of our names, `Reply-To: `, in base64 of UTF-8, which takes 4 for 3 bytes. */
const wordBytes = 39

/** One line of text: whatever could end a header is a space. */
export const oneLine = (text: string): string => (plain.test(text) ? text : text.replace(control, ' ')).trim()

/** A header of free text: as it is where it may be, else in encoded words (RFC 2047); folded (RFC 5322 § 2.2.3). */
export function textHeader(name: string, text: string): string {
  const line = oneLine(text)
  if (!plain.test(line) || line.includes('=?')) return `${name}: ${encodedWords(line)}\r\n`
  if (name.length + line.length + 2 <= lineRoom) return `${name}: ${line}\r\n`
  // A word that no line can hold could not be folded.
  if (line.split(' ').some((word) => word.length > lineRoom - 2)) return `${name}: ${encodedWords(line)}\r\n`
  return `${folded(`${name}: ${line}`)}\r\n`
}

/** A header that names a mailbox. */
export function mailboxHeader(name: string, mailbox: { name: string; address: string }): string {
  const said = oneLine(mailbox.name)
  const address = writtenAddress(mailbox.address)
  if (said === '') return `${name}: ${address}\r\n`
  const phrase =
    plain.test(said) && said.length <= 60 && !said.includes('=?')
      ? `"${said.replace(/["\\]/g, '\\$&')}"`
      : encodedWords(said)
  return `${name}: ${phrase}\r\n <${address}>\r\n`
}

function folded(line: string): string {
  let [out, current] = ['', '']
  for (const word of line.split(/(?= )/)) {
    if (current.trim() !== '' && current.length + word.length > lineRoom) {
      out += `${current}\r\n`
      current = ''
    }
    current += word
  }
  return out + current
}

/** Subjects that name a person differ by a first name: those of many are kept. */
const encodedWords = remembered((text) => {
  const words: string[] = []
  let [word, bytes] = ['', 0]
  for (const character of text) {
    const size = Buffer.byteLength(character)
    if (bytes + size > wordBytes) {
      words.push(word)
      ;[word, bytes] = ['', 0]
    }
    word += character
    bytes += size
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ')
})
