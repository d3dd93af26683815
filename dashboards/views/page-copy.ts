import { html } from 'hono/html'
import type { Block, DraftBody } from '#rag/draft.ts'
import type { Html } from './layout.ts'

const styles = `
  body { margin: 0; font: 18px/1.65 Georgia, 'Times New Roman', serif; color: #2b2622; background: #f4f1ec; }
  main { max-width: 38rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; background: #fff; min-height: 100vh; box-sizing: border-box; }
  h1 { font-size: 2.1rem; line-height: 1.2; font-weight: normal; margin: 0 0 0.5rem; }
  h2 { font-size: 1.35rem; font-weight: normal; margin: 2rem 0 0.5rem; }
  .summary { font-size: 1.15rem; color: #6b625a; margin: 0 0 2rem; }
  .business { font-size: 0.85rem; color: #6b625a; margin: 0 0 2rem; }
  li { margin: 0 0 0.5rem; }
  a.button { display: inline-block; margin: 1.5rem 0; padding: 0.7rem 1.5rem; background: #7a3e1d; color: #fff; border-radius: 4px; text-decoration: none; font-family: Helvetica, Arial, sans-serif; font-size: 1rem; }
`

/** A landing page or blog post whole, with its styles: what is approved, and nothing else. */
export const pageCopy = (body: DraftBody, business: string): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${body.subject.text}</title>
        <meta name="description" content="${body.preheader.text}" />
        <style>
          ${styles}
        </style>
      </head>
      <body>
        <main>
          <p class="business">${business}</p>
          <h1>${body.subject.text}</h1>
          <p class="summary">${body.preheader.text}</p>
          ${body.blocks.map(blockView)}
        </main>
      </body>
    </html>`

function blockView(block: Block): Html {
  if (block.kind === 'heading') return html`<h2>${block.text}</h2>`
  if (block.kind === 'button') return html`<p><a class="button" href="${block.url}">${block.label}</a></p>`
  if (block.kind === 'paragraph') return html`<p>${block.sentences.map(({ text }) => text).join(' ')}</p>`
  return html`<ul>
    ${block.items.map(({ text }) => html`<li>${text}</li>`)}
  </ul>`
}
