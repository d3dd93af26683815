import { stopOnSignal } from '#kernel/shutdown.ts'
import { startBackground, startSending } from '../services.ts'
import { exit, type Verb } from '../verb.ts'
import { openHouse } from '../wire.ts'

export const worker: Verb = {
  name: 'worker',
  about: 'Do the background work without the web app: one more process, here or on another machine',
  usage: ['worker'],
  options: {},
  explains: {},
  run: async (call) => {
    const house = await openHouse(call.config)
    const background = await startBackground(house)
    const stopSending = startSending(house, house.publicUrl)
    call.say(
      house.channel
        ? `Working; mail leaves by ${house.channel.name}. Ctrl-C stops.`
        : 'Working, but no mail can leave: set SMTP_URL or RESEND_API_KEY.',
    )
    await stopOnSignal(house.log, [house.close, background.stop, stopSending])
    return exit.done
  },
}
