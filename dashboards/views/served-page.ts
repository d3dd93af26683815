import { html, raw } from 'hono/html'
import type { DraftBody } from '#rag/draft.ts'
import type { Html } from './layout.ts'
import { pageMain, pageStyle } from './page-copy.ts'

/** What a page offers beside its words. */
export type Offers = {
  slug: string
  /** The form to sign up, with the words one agrees to and their version. */
  signUp: { words: string; version: string } | null
  /** Whether visits are counted: `ask` where nothing was said yet, null where a browser wants no such question. */
  counting: 'ask' | 'counted' | null
}

type Served = Offers & {
  body: DraftBody
  business: string
  url: string
  kind: 'article' | 'website'
  structured: Record<string, unknown>
}

/** A published page: static, complete in one answer, nothing from elsewhere. */
export const servedPage = ({ body, business, url, kind, structured, ...offers }: Served): Html =>
  shell(
    body.subject.text,
    html`<meta name="description" content="${body.preheader.text}" />
      <link rel="canonical" href="${url}" />
      <meta property="og:type" content="${kind}" />
      <meta property="og:title" content="${body.subject.text}" />
      <meta property="og:description" content="${body.preheader.text}" />
      <meta property="og:url" content="${url}" />
      <meta property="og:site_name" content="${business}" />
      ${raw(`<script type="application/ld+json">${dataText(structured)}</script>`)}`,
    html`${pageMain(body, business)} ${offersView(offers)}`,
  )

/** JSON inside of a page: no sign of it can end the element it stands in. */
const dataText = (data: Record<string, unknown>): string =>
  JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')

/** What stands where nothing of a page may be claimed any more, and for answers to a form. It is in no index. */
export const plainPage = (about: { title: string; business: string }, main: Html): Html =>
  shell(
    about.title,
    html`<meta name="robots" content="noindex" />`,
    html`<p class="business">${about.business}</p>
      <h1>${about.title}</h1>
      ${main}`,
  )

const shell = (title: string, head: Html, main: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${head} ${pageStyle}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html>`

/** The forms below the words. */
export const offersView = ({ slug, signUp, counting }: Offers): Html =>
  html`${signUp ? signUpForm(slug, signUp) : ''} ${counting ? countingForm(slug, counting) : ''}`

const signUpForm = (slug: string, { words, version }: NonNullable<Offers['signUp']>): Html =>
  html`<form method="post" action="/p/${slug}/sign-up">
    <input type="hidden" name="words" value="${version}" />
    <label for="email">Your e-mail address</label>
    <input
      id="email"
      name="email"
      type="email"
      autocomplete="email"
      maxlength="254"
      required
      aria-describedby="words"
    />
    <div class="trap" aria-hidden="true">
      <label for="website">Leave this empty</label>
      <input id="website" name="website" tabindex="-1" autocomplete="off" />
    </div>
    <p id="words">${words}</p>
    <button>Sign up</button>
  </form>`

const countingForm = (slug: string, counting: 'ask' | 'counted'): Html =>
  html`<form class="quiet" method="post" action="/p/${slug}/visits">
    <p>
      ${
        counting === 'ask'
          ? 'May we count your visits to our pages? That takes a cookie of this site alone, for half a year. Without your yes nothing is kept.'
          : 'Your visits to our pages are counted, as you allowed.'
      }
    </p>
    ${counting === 'ask' ? html`<button name="may" value="yes">Yes, count them</button>` : html`<button name="may" value="no">Stop counting</button>`}
  </form>`

/** Asks once more before anything is agreed to: programs that open every link of a mail agree to nothing. */
export const confirmMain = ({ address, words }: { address: string; words: string }): Html =>
  html`<p class="summary">For ${address}</p>
    <p>${words}</p>
    <form method="post"><button>Yes, write to me</button></form>`
