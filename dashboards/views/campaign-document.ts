import { html } from 'hono/html'
import { csrfInput, type Html } from './layout.ts'

type Data = { text: string; problems: readonly string[]; csrf: string }

/** A campaign as a document, pasted or from a file. */
export function campaignDocumentView({ text, problems, csrf }: Data): Html {
  return html`<p class="crumb"><a href="/campaigns">Campaigns</a></p>
    <h1>A campaign as a document</h1>
    <p class="lede">YAML or JSON. What it says is kept as a version that waits for somebody’s yes.</p>
    ${
      problems.length === 0
        ? ''
        : html`<div class="notice bad" role="alert">
            <p>This speaks against it:</p>
            <ul>
              ${problems.map((problem) => html`<li>${problem}</li>`)}
            </ul>
          </div>`
    }
    <form method="post" action="/campaign-document" enctype="multipart/form-data" class="card">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="file">A file</label><input id="file" name="file" type="file" accept=".yaml,.yml,.json" />
      </div>
      <div class="field">
        <label for="document">or the document itself</label>
        <textarea id="document" name="document" class="mono" rows="20" spellcheck="false">${text}</textarea>
      </div>
      <button class="main">Read it</button>
    </form>`
}
