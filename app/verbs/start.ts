import { codeOf, UsageError } from '#kernel/errors.ts'
import { startBackground, type Background } from '../services.ts'
import { startSending } from '../sending.ts'
import { answer, exit, untilStopped, type Stop, type Verb } from '../verb.ts'
import { serveWebsite, type Serving } from '../website.ts'
import { openHouse, type House } from '../wire.ts'

export const start: Verb = {
  name: 'start',
  about: 'Serve the web app and do all background work, until stopped',
  usage: ['start [--json]'],
  options: {},
  explains: {},
  run: async (call) => {
    const stops: Stop[] = []
    await untilStopped(stops, async () => {
      const house = await openHouse(call.config)
      stops.push(house.close)
      const background = await startBackground(house)
      stops.push(background.stop)
      const site = await served(house, background)
      stops.push(startSending(house, site.url), site.close)
      answer(call, { url: site.url }, [`Millrace is at ${site.url}`])
      call.say('For a way in: npm run -s millrace -- sign-in YOUR-ADDRESS --role owner. Ctrl-C stops.')
      return house
    })
    return exit.done
  },
}

async function served(house: House, background: Background): Promise<Serving> {
  try {
    return await serveWebsite(house, background.jobs, null)
  } catch (fault) {
    if (codeOf(fault) !== 'EADDRINUSE') throw fault
    throw new UsageError(`Port ${house.config.PORT} is taken: set PORT to another one, or to 0 for any that is free`, {
      cause: fault,
    })
  }
}
