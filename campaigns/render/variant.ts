import { Liquid } from 'liquidjs'
import type { DraftBody } from '#rag/draft.ts'
import type { Sender } from '../definition.ts'
import type { Layout } from './layout.ts'
import { compileMime, type CompiledMime } from './mime.ts'
import { ContentError, escapeHtml, piecesOf, slotCollector, type Pieces, type Slot } from './slots.ts'

/** A content compiled once: filling it for a person is joining strings. `links` are the targets its buttons lead to. */
export type Variant = {
  subject: Pieces
  html: Pieces
  text: Pieces
  /** HTML and text again, encoded for mail. */
  mime: CompiledMime
  slots: readonly Slot[]
  links: readonly string[]
}

const layoutEngine = new Liquid({ strictFilters: true, strictVariables: true })

/**
 * Compiles a content in a layout: blocks → MJML (validated strictly) → HTML, and the same as plain text.
 * Throws ContentError when a slot or the layout cannot be read.
 */
export async function compileVariant(content: DraftBody, layout: Layout, sender: Sender): Promise<Variant> {
  const { slots, mark, marked } = slotCollector()
  const links = linksOf(content)
  const hrefs = new Map(links.map((url, index) => [url, mark({ kind: 'link', index })]))
  const unsubscribe = mark({ kind: 'unsubscribe' })
  const html = (text: string) => marked(text, escapeHtml)
  const plain = (text: string) => marked(text, (literal) => literal)
  const mjml = String(
    layoutEngine.parseAndRenderSync(layout.mjml, {
      title: escapeHtml(sender.businessName),
      preheader: html(content.preheader.text),
      business: escapeHtml(sender.businessName),
      address: escapeHtml(sender.postalAddress),
      colours: layout.colours,
      blocks: content.blocks.map((block) => htmlBlock(block, html, hrefs)),
      unsubscribe,
      pixel: mark({ kind: 'pixel' }),
    }),
  )
  const body = content.blocks.map((block) => textBlock(block, plain, hrefs)).join('\n\n')
  const footer = `-- \n${sender.businessName} · ${sender.postalAddress}\nUnsubscribe: ${unsubscribe}\n`
  const parts = { html: piecesOf(await toHtml(mjml)), text: piecesOf(`${body}\n\n${footer}`) }
  return {
    subject: piecesOf(plain(content.subject.text.replace(/[\s\p{Cc}]+/gu, ' '))),
    ...parts,
    mime: compileMime(parts, sender),
    slots,
    links,
  }
}

/** The distinct targets of the buttons, in reading order: the only places a tracked link leads to. */
export const linksOf = (content: DraftBody): string[] => [
  ...new Set(content.blocks.flatMap((block) => (block.kind === 'button' ? [webTarget(block.url)] : []))),
]

function webTarget(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new ContentError('A button must lead to a web page (https://…)')
  return url
}

async function toHtml(mjml: string): Promise<string> {
  // Whoever renders nothing new (most processes, most of the time) does without its hundred megabytes.
  const { default: mjml2html } = await import('mjml')
  try {
    const { html } = await mjml2html(mjml, { validationLevel: 'strict', keepComments: false, ignoreIncludes: true })
    // MJML indents for people; a mail of half the size is the same mail.
    return html.replace(/\n\s+/g, '\n')
  } catch (cause) {
    throw new ContentError('The layout is no valid MJML: mend the template', { cause })
  }
}

type Marked = (text: string) => string
type Block = DraftBody['blocks'][number]

const joined = (sentences: readonly { text: string }[], marked: Marked): string =>
  sentences.map((sentence) => marked(sentence.text)).join(' ')

function htmlBlock(block: Block, html: Marked, hrefs: ReadonlyMap<string, string>) {
  if (block.kind === 'heading') return { kind: 'heading', html: html(block.text) }
  if (block.kind === 'paragraph') return { kind: 'paragraph', html: joined(block.sentences, html) }
  if (block.kind === 'button') return { kind: 'button', html: html(block.label), href: hrefs.get(block.url) ?? '' }
  const items = block.items.map((item) => `<li>${html(item.text)}</li>`).join('')
  return { kind: 'list', html: `<ul style="margin:0;padding-left:20px">${items}</ul>` }
}

function textBlock(block: Block, plain: Marked, hrefs: ReadonlyMap<string, string>): string {
  if (block.kind === 'heading') return `${plain(block.text)}\n${'='.repeat(20)}`
  if (block.kind === 'paragraph') return joined(block.sentences, plain)
  if (block.kind === 'button') return `${plain(block.label)}:\n${hrefs.get(block.url) ?? ''}`
  return block.items.map((item) => `- ${plain(item.text)}`).join('\n')
}
