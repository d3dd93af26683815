import { html, raw } from 'hono/html'
import { pageLanguage } from '#campaigns/pages/page-words.ts'
import type { Block, DraftBody } from '#rag/draft.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import type { Html } from './layout.ts'

/** How a page looks, in light and dark: the same in the frame where it is approved and where it is published. */
export const pageStyles = `
  :root { color-scheme: light dark; --ink: light-dark(#2b2622, #ece7e0); --soft: light-dark(#645b53, #b3aaa0); --paper: light-dark(#fff, #1d1a17); --ground: light-dark(#f4f1ec, #131110); --accent: light-dark(#7a3e1d, #e9a67f); --on-accent: light-dark(#fff, #2b1a10); --line: light-dark(#d9d2c8, #443d36); }
  * { box-sizing: border-box; }
  body { margin: 0; font: 18px/1.65 Georgia, 'Times New Roman', serif; color: var(--ink); background: var(--ground); overflow-wrap: anywhere; }
  main { max-width: 38rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; background: var(--paper); min-height: 100vh; }
  h1 { font-size: 2.1rem; line-height: 1.2; font-weight: normal; margin: 0 0 0.5rem; }
  h2 { font-size: 1.35rem; font-weight: normal; margin: 2rem 0 0.5rem; }
  a { color: var(--accent); }
  .summary { font-size: 1.15rem; color: var(--soft); margin: 0 0 2rem; }
  .business { font-size: 0.85rem; color: var(--soft); margin: 0 0 2rem; }
  li { margin: 0 0 0.5rem; }
  a.button, button { display: inline-block; margin: 1.5rem 0; padding: 0.7rem 1.5rem; background: var(--accent); color: var(--on-accent); border: 0; border-radius: 4px; text-decoration: none; font: 1rem Helvetica, Arial, sans-serif; cursor: pointer; }
  form { margin: 2.5rem 0 0; padding: 1.5rem 0 0; border-top: 1px solid var(--line); }
  label { display: block; margin: 0 0 0.25rem; }
  input[type='email'] { width: 100%; max-width: 24rem; padding: 0.6rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 4px; }
  form button { margin: 1rem 0 0; }
  form.quiet { font-size: 0.85rem; color: var(--soft); }
  form.quiet p { margin: 0; }
  form.quiet button { margin: 0.75rem 0.5rem 0 0; padding: 0.4rem 1rem; font-size: 0.85rem; color: var(--ink); background: none; border: 1px solid var(--soft); }
  .trap { position: absolute; left: -999px; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`

// As it is: quotes that are escaped mean nothing inside of a style.
export const pageStyle: Html = html`${raw(`<style>${pageStyles}</style>`)}`

/** A landing page or blog post whole, with its styles: what is approved, and nothing else; in the brand's language where its words do not tell. */
export const pageCopy = (
  body: DraftBody,
  { business, language }: { business: string; language?: Language | undefined },
): Html =>
  html`<!doctype html>
    <html lang="${pageLanguage(body, language)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${body.subject.text}</title>
        <meta name="description" content="${body.preheader.text}" />
        ${pageStyle}
      </head>
      <body>
        <main>${pageMain(body, business)}</main>
      </body>
    </html>`

/** The words of a page in their places. */
export const pageMain = (body: DraftBody, business: string): Html =>
  html`<p class="business">${business}</p>
    <h1>${body.subject.text}</h1>
    ${body.preheader.text === '' ? '' : html`<p class="summary">${body.preheader.text}</p>`}
    ${body.blocks.map(blockView)}`

function blockView(block: Block): Html {
  if (block.kind === 'heading') return html`<h2>${block.text}</h2>`
  if (block.kind === 'button') return html`<p><a class="button" href="${block.url}">${block.label}</a></p>`
  if (block.kind === 'paragraph') return html`<p>${block.sentences.map(({ text }) => text).join(' ')}</p>`
  return html`<ul>
    ${block.items.map(({ text }) => html`<li>${text}</li>`)}
  </ul>`
}
