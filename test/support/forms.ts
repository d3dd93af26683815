/** What the fields of an editing page say, as a browser would send them. */
export function formIn(page: string): Record<string, string> {
  const form: Record<string, string> = {}
  const text = (value: string): string =>
    value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&') // prettier-ignore
  for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
    const [, name] = /name="([^"]+)"/.exec(tag) ?? []
    const [, value = ''] = /value="([^"]*)"/.exec(tag) ?? []
    const isOff = /type="(?:radio|checkbox)"/.test(tag) && !/\schecked/.test(tag)
    if (name !== undefined && !isOff) form[name] = text(value)
  }
  for (const [, name = '', inside = ''] of page.matchAll(/<select[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g))
    form[name] = text(/<option value="([^"]*)" selected/.exec(inside)?.[1] ?? /<option value="([^"]*)"/.exec(inside)?.[1] ?? '') // prettier-ignore
  for (const [, name = '', inside = ''] of page.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<\/textarea>/g))
    form[name] = text(inside)
  return form
}

/** What a page told whoever sent a form: it stands in the address they are sent on to. */
export const noticeOf = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '', 'http://here').searchParams.get('notice') ?? ''
