import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Starts a throwaway server, which prints its URL and serves until it is stopped. */
export async function started(name: 'postgres' | 'neo4j'): Promise<{ url: string; stop: () => Promise<void> }> {
  const program = fileURLToPath(new URL(`../../test/support/${name}-server.mjs`, import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const url of createInterface({ input: child.stdout })) {
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
    return { url, stop }
  }
  throw new Error(`The ${name} server ended before it printed its URL: give one by --${name === 'postgres' ? 'pg' : name}-url`) // prettier-ignore
}
