import { checkGraph, type Checked, type Differing } from '#graph/check.ts'
import { graphLag, type Lag } from '#graph/lag.ts'
import { project, sizeOf } from '#graph/project.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const graph: Verb = {
  name: 'graph',
  about:
    'Bring the customer and content graph up to date, compare it with the canonical tables, see how far it is behind',
  usage: ['graph [--rebuild] [--json]', 'graph check [--repair] [--json]', 'graph status [--json]'],
  takes: 1,
  options: { rebuild: { type: 'boolean' }, repair: { type: 'boolean' } },
  explains: {
    rebuild: 'build a new generation from all canonical rows, and swap when counts agree',
    repair: 'put what is missing or different once more, and take back what is extra',
  },
  run: (call) => {
    const [what = 'project'] = call.positionals
    const act = Object.hasOwn(acts, what) ? acts[what as keyof typeof acts] : undefined
    if (!act) throw new UsageError(`graph ${what} is nothing I know: say graph, graph check or graph status`)
    return withHouse(call.config, (house) => act(call, house))
  },
}

const acts = { project: bringUpToDate, check, status }

async function bringUpToDate(call: Call, house: House): Promise<number> {
  const done = await project({ ...house, store: house.graph }, { rebuild: call.flag('rebuild') })
  if (done.kind === 'busy') {
    answer(call, done, [done.why])
    return exit.refused
  }
  const size = sizeOf(await house.graph.census(done.generation))
  answer(call, { ...done, ...size }, [
    `${size.nodes} nodes and ${size.edges} edges in generation ${done.generation}${done.rebuilt ? ', built anew' : ''}; ${done.changes} changes applied`,
  ])
  return exit.done
}

async function check(call: Call, house: House): Promise<number> {
  const checked = await checkGraph({ ...house, store: house.graph }, { repair: call.flag('repair') })
  if (checked.kind === 'unchecked') {
    answer(call, checked, [checked.why])
    return exit.refused
  }
  answer(call, checked, wordsOf(checked))
  return checked.differences === 0 || checked.repaired ? exit.done : exit.fault
}

function wordsOf({ kinds, generation, differences, repaired }: Extract<Checked, { kind: 'checked' }>): string[] {
  const same = kinds.reduce((sum, kind) => sum + kind.same, 0)
  const waiting = kinds.reduce((sum, kind) => sum + kind.waiting, 0)
  const named = kinds.flatMap((kind) =>
    (['missing', 'extra', 'different'] as const).flatMap((how) => differenceOf(kind.kind, how, kind[how])),
  )
  const verdict =
    differences === 0
      ? `Generation ${generation} is what the canonical tables say: ${same} nodes with their edges`
      : `Generation ${generation} differs from the canonical tables in ${differences} of ${same + differences} nodes with their edges`
  const then = repaired ? ['All of them are as the tables say again'] : differences > 0 ? ['Run `millrace graph check --repair`, or `millrace graph --rebuild`'] : [] // prettier-ignore
  return [verdict, ...named, ...(waiting > 0 ? [`${waiting} changed since, and wait for \`millrace graph\``] : []), ...then] // prettier-ignore
}

function differenceOf(kind: string, how: string, { count, first }: Differing): string[] {
  if (count === 0) return []
  const more = count > first.length ? ` and ${count - first.length} more` : ''
  return [`  ${kind}: ${count} ${how}: ${first.join(', ')}${more}`]
}

async function status(call: Call, house: House): Promise<number> {
  const lag = await graphLag({ ...house, store: house.graph })
  answer(call, lag, [lagWords(lag)])
  return exit.done
}

function lagWords(lag: Lag): string {
  if (lag.kind === 'unbuilt') return lag.why
  const rules = lag.isCurrent ? '' : '; it was made by other rules than now hold, so the next projection rebuilds it'
  if (lag.changes === 0) return `Generation ${lag.generation} is up to date${rules}`
  const oldest = lag.behindMs === null ? '' : `, the oldest heard of ${Math.round(lag.behindMs / 1000)} s ago`
  return `Generation ${lag.generation} is ${lag.changes} changes behind${oldest}${rules}`
}
