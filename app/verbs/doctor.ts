import { envExample } from '#kernel/config.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { mailboxHealth } from '../wire-inbound.ts'
import { withHouse } from '../wire.ts'

export const doctor: Verb = {
  name: 'doctor',
  about: 'Say what the settings set up: engine, graph, mail, models',
  usage: ['doctor [--json]', 'doctor --env-example [--json]'],
  options: { 'env-example': { type: 'boolean' } },
  explains: { 'env-example': 'print the text of .env.example' },
  run: async (call) => {
    if (call.flag('env-example')) {
      answer(call, { envExample: envExample() }, [envExample().trimEnd()])
      return exit.done
    }
    return withHouse(call.config, async (house) => {
      const health: Record<string, unknown> = {
        ...(await house.health()),
        mailbox: await mailboxHealth(house.mailboxes),
      }
      answer(
        call,
        health,
        Object.entries(health).map(([name, value]) => `${name}: ${String(value)}`),
      )
      return exit.done
    })
  },
}
