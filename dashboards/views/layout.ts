import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Action, Role } from '#governance/permissions.ts'
import { navigation } from './navigation.ts'

/** Escaped markup: what every view returns. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export type Viewer = { name: string; role: Role; csrf: string }

/** Whether the reader of a page may do something: what they may not is not offered. */
export type May = (action: Action) => boolean

export type Page = {
  title: string
  path: string
  viewer: Viewer | null
  business: string
  notice?: string | undefined
  /** Why a form of this page was refused. */
  refusal?: string | undefined
  scripts?: readonly string[]
  inbox?: boolean
}

const mark = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true">
  <circle cx="12" cy="11" r="6.5" />
  <path d="M12 4.5v13M5.5 11h13M7.4 6.4l9.2 9.2M16.6 6.4l-9.2 9.2" />
  <path d="M2 21c2 0 2-1 4-1s2 1 4 1 2-1 4-1 2 1 4 1 2-1 4-1" />
</svg>`

/** A whole page: head, navigation, the main part, foot. */
export function layout(page: Page, main: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · Millrace</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${(page.scripts ?? []).map((path) => html`<script type="module" src="${path}"></script>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the page</a>
        <header class="top">
          <div>
            <a class="brand" href="/">${mark} Millrace</a>
            ${page.viewer ? html`${navigation(page, page.viewer)} ${who(page.viewer)}` : ''}
          </div>
        </header>
        <main id="main" class="${page.viewer ? '' : 'narrow'}">
          ${page.notice ? html`<p class="notice" role="status">${page.notice}</p>` : ''}
          ${page.refusal ? html`<p class="notice bad" role="alert">${page.refusal}</p>` : ''} ${main}
        </main>
        <footer class="foot">${page.business} · Millrace</footer>
      </body>
    </html>`
}

const who = (viewer: Viewer): Html =>
  html`<form method="post" action="/sign-out" class="who">
    ${csrfInput(viewer.csrf)}<span>${viewer.name}, ${viewer.role}</span>
    <button class="quiet">Sign out</button>
  </form>`

/** The hidden field every form carries. */
export const csrfInput = (csrf: string): Html => html`<input type="hidden" name="csrf" value="${csrf}" />`

/** A page that says what went wrong and what to do next. */
export function problemPage(page: Page, what: string, next: string): Html {
  return layout(
    page,
    html`<h1>${page.title}</h1>
      <p class="lede">${what}</p>
      <p>${next}</p>
      <p><a class="button" href="/">Back to the start</a></p>`,
  )
}

/** A table that scrolls within itself on a phone. Columns named in `numbers` are set right. */
export function table(
  caption: string,
  columns: readonly (string | Html)[],
  rows: readonly (readonly (string | number | Html)[])[],
  numbers: readonly number[] = [],
): Html {
  const kind = (index: number): Html => (numbers.includes(index) ? html`class="number"` : html``)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((name, index) => html`<th scope="col" ${kind(index)}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td ${kind(index)}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
