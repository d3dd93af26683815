import { join } from 'node:path'
import { recordProviderEvent } from '#campaigns/provider-events.ts'
import { codeOf } from '#kernel/errors.ts'
import type { Jobs } from '#kernel/jobs.ts'
import { stopOnSignal } from '#kernel/shutdown.ts'
import { actItOut } from '../demo/auto.ts'
import { openInbox, type LocalInbox } from '../demo/inbox.ts'
import { marketer, owner, prepareSample } from '../demo/prepare.ts'
import { moveIn } from '../demo/sample.ts'
import { startBackground, startSending } from '../services.ts'
import { linkFor } from '../sign-in.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { serveWebsite, type Serving } from '../website.ts'
import { openHouse, type House } from '../wire.ts'

export const demo: Verb = {
  name: 'demo',
  about: 'From raw exports to an approved, sent campaign and a report: a sample coffee roaster, no keys, no servers',
  usage: ['demo', 'demo --auto [--json]'],
  options: { auto: { type: 'boolean' } },
  explains: { auto: 'a scripted person approves, reads and answers; ends with a summary' },
  run: async (call) => {
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
    house = await openHouse({ ...config, SMTP_URL: inbox.smtpUrl })
    const draft = await prepareSample(house, call.say)
    const background = await startBackground(house)
    const site = await served(house, background.jobs, inbox)
    const stops = [house.close, inbox.close, background.stop, startSending(house, site.url), site.close]
    if (call.flag('auto')) {
      const summary = await actItOut(house, { site: site.url, draft, inbox })
      answer(
        call,
        summary,
        Object.entries(summary).map(([name, value]) => `${name}: ${value}`),
      )
      for (const end of stops.toReversed()) await end()
      return exit.done
    }
    await invite(call, house, site.url)
    await stopOnSignal(house.log, stops)
    return exit.done
  },
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
  call.print('\nA campaign waits for your word. Open this link (it works once):\n')
  call.print(`  ${await linkFor(house, marketer, site)}\n`)
  call.print('Then: read the draft at the Desk, press a (or the button) to approve it, and find it in the Inbox.')
  call.print('The Report shows what customers cost and bring; every number opens its rows.')
  call.print(`For the owner’s eyes: ${await linkFor(house, owner, site)}`)
  call.say('Ctrl-C stops. Run it again and everything is still there.')
}
