import { verifyAudit } from '#governance/audit.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const audit: Verb = {
  name: 'audit',
  about: 'Verify the audit chain: every entry in its place, none changed, none missing',
  usage: ['audit [--json]'],
  options: {},
  explains: {},
  run: (call) =>
    withHouse(call.config, async (house) => {
      const verdict = await verifyAudit(house.db)
      if (verdict.kind === 'intact') {
        answer(call, verdict, [
          `Intact: ${verdict.entries} entries. Head ${verdict.head.hash}: keep it somewhere else to prove it later`,
        ])
        return exit.done
      }
      answer(call, verdict, [`Broken at entry ${verdict.seq}: ${verdict.why}`])
      return exit.refused
    }),
}
