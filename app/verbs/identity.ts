import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const identity: Verb = {
  name: 'identity',
  about: 'Resolve records into people, by rules with limits; says what it refused to join, and why',
  usage: ['identity [--json]'],
  options: {},
  explains: {},
  run: (call) =>
    withHouse(call.config, async (house) => {
      const report = await resolveIdentities(house, { by: 'millrace' })
      answer(call, report, [
        `${report.people} people and ${report.visitors} visitors from ${report.identifiers} identifiers; ${report.merges} profiles joined to another`,
        ...report.refusals.map((refusal) => `  not joined ${refusal.count} times by ${refusal.rule}: ${refusal.why}`),
      ])
      return exit.done
    }),
}
