import { setTimeout as pause } from 'node:timers/promises'

/** A person of the demo, scripted: everything goes through the same HTTP routes as a browser's clicks. */
export type Visit = {
  get: (path: string) => Promise<string>
  post: (path: string, form: Record<string, string>) => Promise<string>
}

const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0 Safari/537.36'

/** Opens a sign-in link and keeps its session. */
export async function signedIn(link: string): Promise<Visit> {
  const { origin, searchParams } = new URL(link)
  const opened = await fetch(`${origin}/sign-in`, form({ token: searchParams.get('token') ?? '' }, { origin }))
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  if (opened.status !== 303 || cookie === '')
    throw new Error(`The sign-in link was not taken (status ${opened.status})`)
  return {
    get: async (path) => read(path, await fetch(new URL(path, origin), { headers: { cookie } })),
    post: async (path, fields) => {
      const answer = await fetch(new URL(path, origin), form(fields, { origin, cookie }))
      if (answer.status !== 303)
        throw new Error(`POST ${path} was answered with ${answer.status}: ${await answer.text()}`)
      return answer.headers.get('location') ?? ''
    },
  }
}

const form = (fields: Record<string, string>, headers: Record<string, string>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers,
  redirect: 'manual',
})

async function read(path: string, answer: Response): Promise<string> {
  if (!answer.ok) throw new Error(`GET ${path} was answered with ${answer.status}`)
  return answer.text()
}

/** The value of a hidden field of a page. */
export function hiddenField(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]
  if (value === undefined) throw new Error(`The page has no field "${name}"`)
  return value
}

/** The first link of a page that starts so. */
export const linkIn = (page: string, start: string): string | null =>
  new RegExp(`href="(${start.replaceAll(/[.?/]/g, String.raw`\$&`)}[^"]+)"`)
    .exec(page)?.[1]
    ?.replaceAll('&amp;', '&') ?? null

/** Fetches as a reader's mail program would; returns where it leads. */
export async function asReader(url: string): Promise<{ status: number; location: string | null }> {
  const answer = await fetch(url, { redirect: 'manual', headers: { 'user-agent': browser } })
  await answer.arrayBuffer()
  return { status: answer.status, location: answer.headers.get('location') }
}

/** Waits until something holds, looking again every 200 ms. */
export async function until<T>(what: string, patienceMs: number, look: () => Promise<T | null>): Promise<T> {
  for (let waited = 0; waited < patienceMs; waited += 200) {
    const found = await look()
    if (found !== null) return found
    await pause(200)
  }
  throw new Error(`Waited ${patienceMs / 1000} s in vain: ${what}`)
}
