import { join } from 'node:path'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { codeOf } from '#kernel/errors.ts'
import type { Jobs } from '#kernel/jobs.ts'
import type { Draft } from '#rag/drafts.ts'
import { actItOut, type Summary } from '../demo/auto.ts'
import { openInbox, type LocalInbox } from '../demo/inbox.ts'
import { marketer, owner, prepareSample } from '../demo/prepare.ts'
import { moveIn } from '../demo/sample.ts'
import { startBackground } from '../services.ts'
import { startSending } from '../sending.ts'
import { linkFor } from '../sign-in.ts'
import { answer, closeAll, exit, untilStopped, type Call, type Stop, type Verb } from '../verb.ts'
import { serveWebsite, type Serving } from '../website.ts'
import { openHouse, type House } from '../wire.ts'

export const demo: Verb = {
  name: 'demo',
  about: 'From raw exports to an approved, sent campaign and a report: a sample coffee roaster, no keys, no servers',
  usage: ['demo [--json]', 'demo --auto [--json]'],
  options: { auto: { type: 'boolean' } },
  explains: { auto: 'a scripted person approves, reads and answers; ends with a summary' },
  run: async (call) => {
    const stops: Stop[] = []
    if (call.flag('auto')) {
      const summary = await actedOut(call, stops)
      const lines = Object.entries(summary).map(([name, value]) => `${name}: ${value}`)
      answer(call, summary, lines)
      return summary.sent > 0 ? exit.done : exit.fault
    }
    await untilStopped(stops, async () => {
      const { house, site } = await opened(call, stops)
      await invite(call, house, site.url)
      return house
    })
    return exit.done
  },
}

async function actedOut(call: Call, stops: Stop[]): Promise<Summary> {
  try {
    const { house, site, draft, merges, inbox } = await opened(call, stops)
    return await actItOut(house, { site: site.url, draft, merges, inbox })
  } finally {
    await closeAll(stops)
  }
}

type Opened = { house: House; site: Serving; draft: Draft; merges: number; inbox: LocalInbox }

/** Everything that runs during the demo; `stops` is given what closes it, newest last. */
async function opened(call: Call, stops: Stop[]): Promise<Opened> {
  const config = moveIn(call.config)
  let house: House | undefined
  const inbox = await openInbox(join(config.MILLRACE_HOME, 'inbox'), async ({ inReplyTo, subject }) => {
    if (!house) return
    await recordProviderEvent(house, {
      message: { providerId: inReplyTo },
      occurredAt: house.clock(),
      event: { kind: 'replied', subject },
    })
  })
  stops.push(inbox.close)
  house = await openHouse({ ...config, SMTP_URL: inbox.smtpUrl })
  stops.unshift(house.close)
  const { draft, merges } = await prepareSample(house, call.say)
  const background = await startBackground(house)
  stops.push(background.stop)
  const site = await served(house, background.jobs, inbox)
  stops.push(startSending(house, site.url), site.close)
  return { house, site, draft, merges, inbox }
}

/** At the port of the settings, or at any free one where another server has it. */
async function served(house: House, jobs: Jobs, inbox: LocalInbox): Promise<Serving> {
  try {
    return await serveWebsite(house, jobs, inbox)
  } catch (fault) {
    if (codeOf(fault) !== 'EADDRINUSE') throw fault
    return serveWebsite({ ...house, config: { ...house.config, PORT: 0 } }, jobs, inbox)
  }
}

async function invite(call: Call, house: House, site: string): Promise<void> {
  const links = { marketer: await linkFor(house, marketer, site), owner: await linkFor(house, owner, site) }
  answer(call, { site, ...links }, [
    '\nA campaign waits for your word. Open this link (it works once):\n',
    `  ${links.marketer}\n`,
    'Then: read the draft at the Desk, press a (or the button) to approve it, and find it in the Inbox.',
    'The Report shows what customers cost and bring; every number opens its rows.',
    `For the owner’s eyes: ${links.owner}`,
  ])
  call.say('Ctrl-C stops. Run it again and everything is still there.')
}
