import { project } from '#graph/project.ts'
import { answer, exit, type Verb } from '../verb.ts'
import { withHouse } from '../wire.ts'

export const graph: Verb = {
  name: 'graph',
  about: 'Bring the customer and content graph up to date; --rebuild makes it anew and swaps when counts agree',
  usage: ['graph [--rebuild] [--json]'],
  options: { rebuild: { type: 'boolean' } },
  explains: { rebuild: 'build a new generation from all canonical rows' },
  run: (call) =>
    withHouse(call.config, async (house) => {
      const done = await project({ ...house, store: house.graph }, { rebuild: call.flag('rebuild') })
      if (done.kind === 'busy') {
        answer(call, done, [done.why])
        return exit.refused
      }
      answer(call, done, [
        `${done.nodes} nodes and ${done.edges} edges in generation ${done.generation}${done.rebuilt ? ', built anew' : ''}; ${done.changes} changes applied`,
      ])
      return exit.done
    }),
}
