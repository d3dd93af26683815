import { stopOnSignal } from '#kernel/shutdown.ts'
import { startBackground, startSending } from '../services.ts'
import { exit, type Verb } from '../verb.ts'
import { serveWebsite } from '../website.ts'
import { openHouse } from '../wire.ts'

export const start: Verb = {
  name: 'start',
  about: 'Serve the web app and do all background work, until stopped',
  usage: ['start'],
  options: {},
  explains: {},
  run: async (call) => {
    const house = await openHouse(call.config)
    const background = await startBackground(house)
    const site = await serveWebsite(house, background.jobs, null)
    const stopSending = startSending(house, site.url)
    call.print(`Millrace is at ${site.url}`)
    call.say('For a way in: npm run -s millrace -- sign-in YOUR-ADDRESS --role owner. Ctrl-C stops.')
    await stopOnSignal(house.log, [house.close, background.stop, stopSending, site.close])
    return exit.done
  },
}
