import { readFile } from 'node:fs/promises'
import { UsageError } from '#kernel/errors.ts'
import { calibrate } from '#rag/router/calibrate.ts'
import { comparePolicies } from '#rag/router/compare.ts'
import { decisionById, pastDecisions, type PastDecision } from '#rag/router/decisions.ts'
import { livePolicy, policyHistory, policyOf, releasePolicy } from '#rag/router/live-policy.ts'
import { policyHash, route, routerPolicySchema, type RouterPolicy } from '#rag/router/policy.ts'
import { replay } from '#rag/router/replay.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const dayMs = 86_400_000

export const router: Verb = {
  name: 'router',
  about: 'Which model was asked and why; what another policy would have done; the policy itself',
  usage: [
    'router explain [DECISION] [--last N] [--json]',
    'router replay --policy FILE [--days N] [--json]',
    'router report [--days N] [--json]',
    'router calibrate [--dry-run] [--json]',
    'router policy [--set FILE --reason WORDS] [--json]',
  ],
  takes: 2,
  options: {
    last: { type: 'string' },
    days: { type: 'string' },
    policy: { type: 'string' },
    set: { type: 'string' },
    reason: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  explains: {
    last: 'how many decisions, the newest; 10 unless told',
    days: 'decisions of so many days back; 30 unless told',
    policy: 'a policy as JSON, as `router policy --json` prints it',
    set: 'release this policy; an older one goes back',
    reason: 'why, for the record',
    'dry-run': 'say what would be moved, and leave it',
  },
  run: async (call) => {
    const verbs: Readonly<Record<string, (call: Call, house: House) => Promise<number>>> = {
      explain, replay: replayed, report, calibrate: calibrated, policy,
    } // prettier-ignore
    const run = verbs[call.positionals[0] ?? '']
    if (!run) throw new UsageError(`Say what: ${Object.keys(verbs).join(', ')}. millrace router --help explains`)
    return withHouse(call.config, (house) => run(call, house))
  },
}

const counted = (call: Call, option: string, standard: number): number => {
  const text = call.text(option)
  const number = Number(text ?? standard)
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`--${option} takes a whole number, such as ${standard}`)
  return number
}

async function explain(call: Call, { db }: House): Promise<number> {
  const id = call.positionals[1]
  const found = id === undefined ? null : await decisionById(db, uuid(id))
  if (id !== undefined && !found)
    throw new UsageError(`There is no decision ${id}: \`router explain\` lists the newest`)
  const decisions = found ? [found] : await pastDecisions(db, { since: new Date(0), limit: counted(call, 'last', 10) })
  const again = await Promise.all(
    decisions.map(async (decision) => {
      const then = await policyOf(db, decision.policyHash)
      const chain = then && route(decision.features, then).chain
      return { ...decision, replaysToTheSame: chain && JSON.stringify(chain) === JSON.stringify(decision.chain) }
    }),
  )
  answer(call, again, again.length === 0 ? ['Nothing was decided yet'] : again.flatMap(wordsOf))
  return exit.done
}

function uuid(text: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return text
  throw new UsageError(`${text} is no id of a decision: \`router explain\` lists them`)
}

const dollars = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(4)}`
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

const wordsOf = (decision: PastDecision & { replaysToTheSame: boolean | null }): string[] => [
  `${decision.id}  ${decision.at.toISOString()}  ${decision.purpose}${decision.subject === null ? '' : ` for ${decision.subject}`}`,
  ...decision.reasons.map((reason) => `  ${reason}`),
  `  asked: ${decision.outcomes.join(', ')}; ${decision.inputTokens}${decision.cachedTokens > 0 ? ` (${decision.cachedTokens} from the cache)` : ''} + ${decision.outputTokens} tokens, ${dollars(decision.costMicroUsd)}`,
  `  policy ${decision.policyHash.slice(0, 12)}${decision.replaysToTheSame === null ? ', which is not kept' : decision.replaysToTheSame ? ', decides the same again' : ', DECIDES OTHERWISE NOW'}`,
]

async function readPolicy(call: Call, path: string): Promise<RouterPolicy> {
  const text = await readFile(pathOf(call, path), 'utf8').catch((fault: unknown) => {
    throw new UsageError(`${path} cannot be read`, { cause: fault })
  })
  try {
    return routerPolicySchema.parse(JSON.parse(text))
  } catch (fault) {
    throw new UsageError(`${path} is no policy: change what \`router policy --json\` prints`, { cause: fault })
  }
}

const recent = ({ db, clock }: House, call: Call): Promise<PastDecision[]> =>
  pastDecisions(db, { since: new Date(clock().getTime() - counted(call, 'days', 30) * dayMs), limit: 100_000 })

async function replayed(call: Call, house: House): Promise<number> {
  const path = call.text('policy')
  if (path === undefined) throw new UsageError('Name the policy: router replay --policy FILE')
  const wanted = await readPolicy(call, path)
  const past = await recent(house, call)
  const hashes = [...new Set(past.map(({ policyHash: hash }) => hash))]
  const policies = new Map(
    await Promise.all(hashes.map(async (hash) => [hash, await policyOf(house.db, hash)] as const)),
  )
  const live = await livePolicy(house)
  const done = replay(past, ({ policyHash: hash }) => policies.get(hash) ?? live, wanted)
  const { strongShare, costMicroUsd } = done
  answer(call, { ...done, policy: policyHash(wanted) }, [
    `${done.decisions} decisions; ${done.moved.length} would have gone elsewhere`,
    `strong share ${percent(strongShare.before)} → ${percent(strongShare.after)}`,
    `cost ${dollars(costMicroUsd.before)} → ${dollars(costMicroUsd.after)}${done.unpriced > 0 ? `, ${done.unpriced} without a known price left out` : ''}`,
    ...done.moved.slice(0, 20).map(({ decision, after }) => `  ${decision.id} ${decision.purpose}: ${decision.chain[0] ?? 'nobody'} → ${after.chain[0] ?? 'nobody'} (${after.reasons[0]})`),
  ]) // prettier-ignore
  return exit.done
}

async function report(call: Call, house: House): Promise<number> {
  const compared = comparePolicies(await recent(house, call), await livePolicy(house))
  answer(call, compared, [
    'policy                    strong share   cost        messages behind strong calls',
    ...compared.map(
      ({ name, strongShare, costMicroUsd, reachShare }) =>
        `${name.padEnd(26)}${percent(strongShare).padEnd(15)}${dollars(costMicroUsd).padEnd(12)}${percent(reachShare)}`,
    ),
  ])
  return exit.done
}

async function calibrated(call: Call, house: House): Promise<number> {
  const done = await calibrate(house, { by: 'millrace', dryRun: call.flag('dry-run') })
  const moved =
    done.kind === 'moved'
      ? `moved from ${done.from} to ${done.threshold}`
      : `${call.flag('dry-run') ? 'would be' : 'stays at'} ${done.threshold}`
  answer(call, done, [`The threshold ${moved}: ${done.why}`])
  return exit.done
}

async function policy(call: Call, house: House): Promise<number> {
  const path = call.text('set')
  if (path !== undefined) {
    const reason = call.text('reason')
    if (!reason) throw new UsageError('Say why: router policy --set FILE --reason WORDS')
    await releasePolicy(house, { policy: await readPolicy(call, path), by: 'millrace', reason })
  }
  const live = await livePolicy(house)
  if (call.json) {
    call.printJson(live)
    return exit.done
  }
  const moves = await policyHistory(house.db)
  call.print(
    `${policyHash(live).slice(0, 12)}: threshold ${live.threshold}, ${percent(live.strongShare)} to the strong vendors`,
  )
  for (const move of moves)
    call.print(`  ${move.movedAt.toISOString()} ${move.hash.slice(0, 12)} by ${move.movedBy}: ${move.reason}`)
  return exit.done
}
