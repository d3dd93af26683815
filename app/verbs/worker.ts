import { startBackground } from '../services.ts'
import { startSending } from '../sending.ts'
import { answer, exit, untilStopped, type Stop, type Verb } from '../verb.ts'
import { openHouse } from '../wire.ts'

export const worker: Verb = {
  name: 'worker',
  about: 'Do the background work without the web app: one more process, here or on another machine',
  usage: ['worker [--json]'],
  options: {},
  explains: {},
  run: async (call) => {
    const stops: Stop[] = []
    await untilStopped(stops, async () => {
      const house = await openHouse(call.config)
      stops.push(house.close)
      stops.push((await startBackground(house)).stop)
      stops.push(startSending(house, house.publicUrl))
      const mail = house.channel?.name ?? null
      const texts = house.texts.length === 0 ? '' : `, messages by ${house.texts.join(', ')}`
      answer(call, { mail, texts: house.texts }, [
        mail === null
          ? `Working, but no mail can leave: set SMTP_URL or RESEND_API_KEY${texts}.`
          : `Working; mail leaves by ${mail}${texts}. Ctrl-C stops.`,
      ])
      return house
    })
    return exit.done
  },
}
