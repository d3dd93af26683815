/** The design of a message as data: a version of kind 'template'. `mjml` is Liquid over the blocks of the content. */
export type Layout = {
  mjml: string
  colours: { page: string; paper: string; ink: string; faint: string; accent: string }
}

const mjml = `<mjml lang="en">
  <mj-head>
    <mj-title>{{ title }}</mj-title>
    <mj-preview>{{ preheader }}</mj-preview>
    <mj-attributes>
      <mj-all font-family="Georgia, 'Times New Roman', serif" color="{{ colours.ink }}" />
      <mj-text font-size="16px" line-height="1.6" padding="6px 24px" />
      <mj-button font-family="Helvetica, Arial, sans-serif" background-color="{{ colours.accent }}" color="#ffffff"
        font-size="16px" border-radius="4px" inner-padding="12px 24px" padding="18px 24px" align="left" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="{{ colours.page }}" width="600px">
    <mj-section padding="24px 0 0"><mj-column>
      <mj-text font-size="14px" color="{{ colours.faint }}" align="center">{{ business }}</mj-text>
    </mj-column></mj-section>
    <mj-section background-color="{{ colours.paper }}" padding="24px 0"><mj-column>
      {%- for block in blocks %}
      {%- case block.kind %}
      {%- when 'heading' %}
      <mj-text font-size="24px" line-height="1.3" padding="12px 24px"><h1 style="margin:0;font-size:24px;font-weight:normal">{{ block.html }}</h1></mj-text>
      {%- when 'button' %}
      <mj-button href="{{ block.href }}">{{ block.html }}</mj-button>
      {%- else %}
      <mj-text>{{ block.html }}</mj-text>
      {%- endcase %}
      {%- endfor %}
    </mj-column></mj-section>
    <mj-section padding="12px 0 24px"><mj-column>
      <mj-text font-size="13px" color="{{ colours.faint }}" align="center">
        {{ business }} · {{ address }}<br />
        <a href="{{ unsubscribe }}" style="color:{{ colours.faint }}">Unsubscribe</a>
      </mj-text>
    </mj-column></mj-section>
    <mj-raw>{{ pixel }}</mj-raw>
  </mj-body>
</mjml>`

/** The design that comes with the house: a quiet letter on paper. */
export const letter: Layout = {
  mjml,
  colours: { page: '#f4f1ec', paper: '#ffffff', ink: '#2b2622', faint: '#6b625a', accent: '#7a3e1d' },
}
export const letterName = 'letter'
