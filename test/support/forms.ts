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
  for (const [, name = '', inside = ''] of page.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)<\/textarea>/g))
    form[name] = text(inside)
  return form
}

/** What a page told whoever sent a form: it stands in the address they are sent on to. */
export const noticeOf = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '', 'http://here').searchParams.get('notice') ?? ''

/** The forms of a page that are posted to an address, each as a browser would send it. */
export const formsAt = (page: string, action: string): Record<string, string>[] =>
  [...page.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)]
    .filter(([, at]) => at === action)
    .map(([, , inside = '']) => formIn(inside))

/** Why a form was refused, as its page says it when it comes back. */
export const refusalIn = (page: string): string => /<p class="notice bad" role="alert">([^<]*)</.exec(page)?.[1] ?? ''

export const refusalOf = async (answer: Response): Promise<string> => refusalIn(await answer.text())
