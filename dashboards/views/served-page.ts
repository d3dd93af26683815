import { html, raw } from 'hono/html'
import { pageWords, type PageWords } from '#campaigns/pages/page-words.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import type { DraftBody } from '#rag/draft.ts'
import type { Html } from './layout.ts'
import { pageMain, pageStyle } from './page-copy.ts'

/** What a page offers beside its words. */
export type Offers = {
  slug: string
  /** That of the page: its forms speak it. */
  language: Language
  /** The form to sign up, with the words one agrees to, their language and their version, and which copy it stands below. */
  signUp: { words: string; language: string; version: string; arm: string | null } | null
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
    { title: body.subject.text, language: offers.language },
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
export const plainPage = (about: { title: string; business: string; language: Language }, main: Html): Html =>
  shell(
    about,
    html`<meta name="robots" content="noindex" />`,
    html`<p class="business">${about.business}</p>
      <h1>${about.title}</h1>
      ${main}`,
  )

const shell = ({ title, language }: { title: string; language: Language }, head: Html, main: Html): Html =>
  html`<!doctype html>
    <html lang="${language}">
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
export function offersView({ slug, language, signUp, counting }: Offers): Html {
  const house = pageWords[language]
  return html`${signUp ? signUpForm(slug, signUp, house) : ''} ${counting ? countingForm(slug, counting, house) : ''}`
}

const signUpForm = (
  slug: string,
  { words, language, version, arm }: NonNullable<Offers['signUp']>,
  house: PageWords,
): Html =>
  html`<form method="post" action="/p/${slug}/sign-up">
    <input type="hidden" name="words" value="${version}" />
    ${arm === null ? '' : html`<input type="hidden" name="arm" value="${arm}" />`}
    <label for="email">${house.email}</label>
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
      <label for="website">${house.leaveEmpty}</label>
      <input id="website" name="website" tabindex="-1" autocomplete="off" />
    </div>
    <p id="words" lang="${language}">${words}</p>
    <button>${house.signUp}</button>
  </form>`

const countingForm = (slug: string, counting: 'ask' | 'counted', house: PageWords): Html =>
  html`<form class="quiet" method="post" action="/p/${slug}/visits">
    <p>${counting === 'ask' ? house.mayWeCount : house.counted}</p>
    ${counting === 'ask' ? html`<button name="may" value="yes">${house.countThem}</button>` : html`<button name="may" value="no">${house.stopCounting}</button>`}
  </form>`

/** Asks once more before anything is agreed to: programs that open every link of a mail agree to nothing. */
export const confirmMain = ({ address, words }: { address: string; words: string }, house: PageWords): Html =>
  html`<p class="summary">${house.forAddress(address)}</p>
    <p>${words}</p>
    <form method="post"><button>${house.writeToMe}</button></form>`
