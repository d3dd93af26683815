import { readFile } from 'node:fs/promises'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { acceptLearnt, learnBrand } from '#rag/brand/learn.ts'
import { brandHistory, goBackTo, liveBrand, releaseBrand, type BrandDeps, type BrandReleased } from '#rag/brand/live-brand.ts' // prettier-ignore
import { brandFields, fieldWords, type BrandProfile } from '#rag/brand/profile.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const by = 'millrace'

export const brand: Verb = {
  name: 'brand',
  about: 'How the business speaks: the profile that copy is written by and checked against, learnt and edited',
  usage: [
    'brand show [--json]',
    'brand set FILE --reason WORDS [--json]',
    'brand learn [--accept] [--json]',
    'brand history [--json]',
    'brand rollback HASH [--json]',
  ],
  takes: 2,
  options: { reason: { type: 'string' }, accept: { type: 'boolean' } },
  explains: {
    reason: 'why, for the record',
    accept: 'take all that was learnt into the brand; without it, a person takes each value on the page /brand',
  },
  run: async (call) => {
    const verbs: Readonly<Record<string, (call: Call, deps: BrandDeps) => Promise<number>>> = {
      show, set, learn, history, rollback,
    } // prettier-ignore
    const run = verbs[call.positionals[0] ?? 'show']
    if (!run) throw new UsageError(`Say what: ${Object.keys(verbs).join(', ')}. millrace brand --help explains`)
    return withHouse(call.config, (house) => run(call, depsOf(house)))
  },
}

const depsOf = ({ db, clock, brandSettings: settings }: House): BrandDeps => ({ db, clock, settings })

async function show(call: Call, deps: BrandDeps): Promise<number> {
  const { profile, hash, own } = await liveBrand(deps)
  answer(call, profile, [
    `Version ${hash.slice(0, 12)}`,
    ...brandFields.flatMap((field) => {
      const said = wordsOf(profile[field])
      return said === '' ? [] : [`${fieldWords[field]}${own.includes(field) ? '' : ' (by the settings)'}: ${said}`]
    }),
  ])
  return exit.done
}

function wordsOf(value: BrandProfile[keyof BrandProfile]): string {
  if (!Array.isArray(value)) return value === undefined ? '' : String(value)
  return value
    .map((item) => {
      if (typeof item === 'string') return item
      if ('text' in item) return `“${item.text}”`
      return 'url' in item ? [item.url, item.label].filter(Boolean).join(' ') : `${item.what} “${item.words}”`
    })
    .join(', ')
}

async function set(call: Call, deps: BrandDeps): Promise<number> {
  const [path, reason] = [call.positionals[1], call.text('reason')]
  if (path === undefined || !reason) throw new UsageError('Say what and why: brand set FILE --reason WORDS')
  return released(call, await releaseBrand(deps, { profile: await readProfile(call, path), by, reason }))
}

async function readProfile(call: Call, path: string): Promise<unknown> {
  const text = await readFile(pathOf(call, path), 'utf8').catch((fault: unknown) => {
    throw new UsageError(`${path} cannot be read`, { cause: fault })
  })
  try {
    return JSON.parse(text)
  } catch (fault) {
    throw new UsageError(`${path} is no JSON: change what \`brand show --json\` prints`, { cause: fault })
  }
}

function released(call: Call, done: BrandReleased): number {
  if (done.kind === 'refused') throw new RefusedError(done.why)
  const words =
    done.kind === 'unchanged'
      ? 'Nothing was changed'
      : `Version ${done.hash.slice(0, 12)} is the brand: ${done.changed.map((field) => fieldWords[field].toLowerCase()).join(', ')}`
  answer(call, done, [words])
  return exit.done
}

async function learn(call: Call, deps: BrandDeps): Promise<number> {
  const { texts, passedOver, proposals } = await learnBrand(deps)
  const taken = call.flag('accept') ? proposals.map(({ id }) => id) : []
  const done = taken.length > 0 ? await acceptLearnt(deps, { ids: taken, by }) : null
  if (done?.kind === 'refused') throw new RefusedError(done.why)
  answer(call, { texts, passedOver, proposals, taken }, [
    `${texts} texts read, ${passedOver} passages passed over because they hide words or speak to a model`,
    ...proposals.flatMap(({ field, value, why, evidence }) => [
      `${fieldWords[field]}: ${value} (${why})`,
      ...evidence.map(({ title, quote }) => `  ${title}: “${quote}”`),
    ]),
    taken.length > 0 ? `All ${taken.length} are in the brand now` : 'None of it applies before a person takes it: open /brand, or say --accept', // prettier-ignore
  ])
  return exit.done
}

async function history(call: Call, deps: BrandDeps): Promise<number> {
  await liveBrand(deps)
  const moves = await brandHistory(deps.db)
  answer(call, moves, moves.map(({ movedAt, hash, movedBy, reason }) => `${movedAt.toISOString()} ${hash.slice(0, 12)} by ${movedBy}: ${reason}`)) // prettier-ignore
  return exit.done
}

async function rollback(call: Call, deps: BrandDeps): Promise<number> {
  const hash = call.positionals[1]
  if (hash === undefined) throw new UsageError('Name the version: brand rollback HASH (`brand history` lists them)')
  return released(call, await goBackTo(deps, { hash, by }))
}
