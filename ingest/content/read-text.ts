/** A text as it is kept: its head as far as it says something, and its body in Markdown, of whose bytes offsets are. */
export type ReadText = {
  kind: 'text'
  title: string | undefined
  language: string | undefined
  /** As the source writes it. */
  date: string | undefined
  tags: string[]
  body: string
}
export type Unreadable = { kind: 'unreadable'; reason: string; fix: string }
