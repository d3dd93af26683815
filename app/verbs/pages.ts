import { pageStates, type PageState } from '#campaigns/pages/shown.ts'
import { signUpText } from '#campaigns/pages/sign-up.ts'
import { readTrial, type Trial } from '#campaigns/pages/trial.ts'
import { goBackPage, keepOnPage, publishPage, takeDownPage, tryOnPage, type Moved } from '#campaigns/pages/versions.ts'
import { releaseConsentText } from '#governance/consent-texts.ts'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

const by = 'millrace'

type Act = (call: Call, house: House) => Promise<number>

const acts: Readonly<Record<string, Act>> = { publish, try: tryBeside, keep, back, down, words }

export const pages: Verb = {
  name: 'pages',
  about: 'Landing pages and blog posts that this house serves at /p/SLUG: approved copy, version by version',
  usage: [
    'pages [--json]',
    'pages publish SLUG --copy HASH [--sign-up]',
    'pages try SLUG --copy HASH [--percent 50]',
    'pages keep SLUG --copy HASH',
    'pages back|down SLUG [--reason WORDS]',
    'pages words TEXT',
  ],
  takes: 2,
  options: { copy: { type: 'string' }, percent: { type: 'string' }, 'sign-up': { type: 'boolean' }, reason: { type: 'string' } },
  explains: {
    copy: 'the whole hash of an approved landing page or blog post, as its address among the copy has it',
    percent: 'of the visitors that get the copy which is tried beside the first',
    'sign-up': 'with a form to sign up for e-mail: a link is mailed, and only who follows it has agreed',
    reason: 'kept with the move',
  },
  run: (call) => {
    const [act] = call.positionals
    const work = act === undefined ? list : acts[act]
    if (!work) throw new UsageError(`pages cannot "${act}": say ${Object.keys(acts).join(', ')}, or nothing to list them`)
    if (act !== undefined && call.positionals[1] === undefined)
      throw new UsageError(act === 'words' ? 'Say the words that people agree to' : 'Say which page: its SLUG')
    if (['publish', 'try', 'keep'].includes(act ?? '') && call.text('copy') === undefined) throw new UsageError('Say what of the approved copy: --copy HASH')
    return withHouse(call.config, (house) => work(call, house))
  },
} // prettier-ignore

async function list(call: Call, { db, clock }: House): Promise<number> {
  const states = await pageStates(db, clock())
  const all = await Promise.all(states.map(async (state) => ({ ...state, trial: await readTrial(db, state.slug) })))
  answer(call, all, all.length === 0 ? ['No page was published yet'] : all.flatMap((one) => [inWords(one), ...tried(one.trial)])) // prettier-ignore
  return exit.done
}

const tried = (trial: Trial | null): string[] =>
  trial === null
    ? []
    : [
        `  ${trial.readout.words}`,
        ...trial.readout.arms.map(({ name, people, converted }, at) => `  ${name} (${trial.arms[at]!.copy.slice(0, 12)}), ${trial.arms[at]!.percent} %: ${converted} of ${people} signed up`), // prettier-ignore
      ]

function inWords({ slug, shown, signUps }: PageState): string {
  const state =
    shown.kind === 'taken-down' || shown.kind === 'unknown'
      ? 'taken down'
      : shown.held === null
        ? 'published'
        : `held, ${shown.kind === 'page' ? 'the version before it is shown' : 'a page without claims stands in its place'}: ${shown.held}`
  return `/p/${slug}, ${signUps} signed up: ${state}`
}

const slugOf = (call: Call): string => call.positionals[1] ?? ''

async function publish(call: Call, house: House): Promise<number> {
  const given = { slug: slugOf(call), copy: copyOf(call), signUp: call.flag('sign-up'), by, reason: call.text('reason') ?? 'published' } as const // prettier-ignore
  return moved(call, await publishPage(house, given), 'is published')
}

const copyOf = (call: Call): Hash => (call.text('copy') ?? '') as Hash

async function tryBeside(call: Call, house: House): Promise<number> {
  const beside = { slug: slugOf(call), copy: copyOf(call), percent: Number(call.text('percent') ?? 50) }
  return moved(
    call,
    await tryOnPage(house, { ...beside, by, reason: reasonOf(call) }),
    'tries it beside what there was',
  )
}

async function keep(call: Call, house: House): Promise<number> {
  const kept = { slug: slugOf(call), copy: copyOf(call) }
  return moved(call, await keepOnPage(house, { ...kept, by, reason: reasonOf(call) }), 'shows it to everybody')
}

const reasonOf = (call: Call): string => call.text('reason') ?? 'from the command line'

async function back(call: Call, house: House): Promise<number> {
  return moved(call, await goBackPage(house, { slug: slugOf(call), by, reason: reasonOf(call) }), 'is back at the version before') // prettier-ignore
}

async function down(call: Call, house: House): Promise<number> {
  return moved(call, await takeDownPage(house, { slug: slugOf(call), by, reason: reasonOf(call) }), 'is taken down')
}

function moved(call: Call, done: Moved, what: string): number {
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`/p/${done.slug} ${what} (${done.hash.slice(0, 12)})`])
  return exit.done
}

async function words(call: Call, house: House): Promise<number> {
  const text = slugOf(call)
  const said = { name: signUpText, language: languageOf(text) ?? 'en', channel: 'email', text }
  const done = await releaseConsentText(house, { ...said, by, reason: reasonOf(call) })
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [`Forms show these words from now on (${done.hash.slice(0, 12)})`])
  return exit.done
}
