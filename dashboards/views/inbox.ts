import { html } from 'hono/html'
import type { InboxItem, InboxMessage } from '../inbox.ts'
import { csrfInput, type Html } from './layout.ts'
import { mailFrame } from './mail-frame.ts'
import { plural, when } from './words.ts'

/** Every message that arrived, newest first. */
export function inboxView(items: readonly InboxItem[]): Html {
  return html`<h1>Inbox</h1>
    <p class="lede">${plural(items.length, 'message')} arrived over SMTP, as readers would see them.</p>
    ${
      items.length === 0
        ? html`<p class="notice">Nothing has arrived yet. Approve a draft at the <a href="/desk">desk</a>.</p>`
        : html`<section class="card">
            <ul class="plain rows">
              ${items.map(
                (item) =>
                  html`<li class="apart">
                    <div>
                      <a class="title" href="/inbox/${item.id}">${item.subject}</a>
                      <p class="soft">To ${item.to}</p>
                    </div>
                    <span class="soft">${when(item.receivedAt)}</span>
                  </li>`,
              )}
            </ul>
          </section>`
    }`
}

/** One message as its reader has it, and what a mail program hides. */
export function messageView(mail: InboxMessage, csrf: string): Html {
  return html`<p class="crumb"><a href="/inbox">Inbox</a></p>
    <h1>${mail.subject}</h1>
    <p class="lede">From ${mail.from} to ${mail.to}, ${when(mail.receivedAt)}</p>
    <div class="split">
      <div>${mailFrame(`/inbox/${mail.id}/html`, 'The message')}</div>
      <div>
        <form method="post" action="/inbox/${mail.id}/reply" class="card">
          ${csrfInput(csrf)}
          <div class="field">
            <label for="text">Write back as the reader</label><textarea id="text" name="text" required></textarea>
          </div>
          <button>Send the answer</button>
        </form>
        <details class="card">
          <summary>Text part</summary>
          <pre class="document">${mail.text}</pre>
        </details>
        <details class="card">
          <summary>Headers</summary>
          <dl class="stacked">
            ${mail.headers.map(
              ({ name, value }) =>
                html`<dt>${name}</dt>
                  <dd class="mono">${value}</dd>`,
            )}
          </dl>
        </details>
      </div>
    </div>`
}
