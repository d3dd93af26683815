import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { UsageError } from './errors.ts'
import { settings } from './settings.ts'

/** The settings, read once at the start of a process and frozen; `from` is where the user stands. */
export type Config = Readonly<z.infer<typeof settings> & { from: string }>

const settingsFile = 'settings.json'

/**
 * Reads the settings from the environment, over those kept in the data directory (`settings.json`).
 * Throws one UsageError that names every wrong setting.
 * @param from the folder that a relative MILLRACE_HOME starts at: where the user stands
 */
export function readConfig(
  env: NodeJS.ProcessEnv = process.env,
  from: string = env['INIT_CWD'] ?? process.cwd(),
): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in settings.shape && value !== ''),
  )
  const home = resolve(from, given['MILLRACE_HOME'] ?? '.millrace')
  const parsed = settings.safeParse({ ...keptSettings(home), ...given, MILLRACE_HOME: home })
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new UsageError(`These settings need mending:\n${problems.join('\n')}`)
  }
  if (parsed.data.DATABASE_URL && !parsed.data.SECRET_KEY) {
    throw new UsageError(
      'SECRET_KEY is required with DATABASE_URL: set it to 32 random bytes in base64url, and keep a copy apart from backups',
    )
  }
  refuseDeadLinks(parsed.data)
  const models = resolve(from, parsed.data.MILLRACE_MODELS || join(home, 'models'))
  return Object.freeze({ ...parsed.data, MILLRACE_MODELS: models, from })
}

/** What leaves the machine must carry links that lead back to it: without them nobody could unsubscribe, or follow an SMS. */
function refuseDeadLinks(given: z.infer<typeof settings>): void {
  const { PUBLIC_URL, RESEND_API_KEY, SECOND_RESEND_API_KEY, SMTP_URL, SECOND_SMTP_URL, SMS_URL, SECOND_SMS_URL } = given // prettier-ignore
  const relays = [SMTP_URL, SECOND_SMTP_URL, SMS_URL, SECOND_SMS_URL].flatMap((relay) =>
    relay === undefined ? [] : [new URL(relay).hostname],
  )
  const leaves =
    (RESEND_API_KEY ?? SECOND_RESEND_API_KEY) !== undefined ||
    relays.some((relay) => !['127.0.0.1', '[::1]', 'localhost'].includes(relay))
  if (leaves && PUBLIC_URL === undefined) {
    throw new UsageError(
      'PUBLIC_URL is required to send mail or SMS: links in messages, to unsubscribe above all, lead there',
    )
  }
}

function keptSettings(home: string): Record<string, unknown> {
  const path = join(home, settingsFile)
  if (!existsSync(path)) return {}
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (fault) {
    throw new UsageError(`${path} cannot be read: it must be one JSON object of settings`, { cause: fault })
  }
}

/** Where the settings of a data directory are kept. */
export const settingsPath = (home: string): string => join(home, settingsFile)

/** The text of `.env.example`. */
export function envExample(): string {
  const lines = Object.entries(settings.shape).map(([name, type]) => {
    const about = type.description === undefined ? '' : `# ${type.description}\n`
    const standard = type.safeParse(undefined)
    return `${about}${name}=${standard.success && standard.data !== undefined ? quoted(standard.data) : ''}`
  })
  return `# Every setting of Millrace. All are optional: with none, the embedded engine and the offline composer work.\n${lines.join('\n')}\n`
}

const quoted = (value: string | number): string =>
  /^[\w./:+-]*$/.test(String(value)) ? String(value) : JSON.stringify(value)
