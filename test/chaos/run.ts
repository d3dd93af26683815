import { parseArgs } from 'node:util'
import { storm } from './storm.ts'
import { tableOf } from './table.ts'

// `npm run chaos`: the whole storm, and its table. `--seed` repeats who is killed when; `--kills` makes it shorter.
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now()) },
    people: { type: 'string', default: '300' },
  },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const say = (line: string): void => void process.stdout.write(`${line}\n`)
say(`seed ${values.seed}`)
const peopleEach = Number(values.people)
const done = await storm({
  seed: values.seed,
  kills: Number(values.kills),
  days: 5,
  houses: [
    {
      name: 'resend',
      sendsBy: 'resend',
      on: 'postgres',
      campaigns: ['letters', 'answers', 'rounds', 'arms', 'guests'],
      peopleEach,
    },
    { name: 'smtp', sendsBy: 'smtp', on: 'postgres', campaigns: ['letters', 'rounds', 'shop'], peopleEach },
    { name: 'embedded', sendsBy: 'smtp', on: 'embedded', campaigns: ['answers', 'guests'], peopleEach },
  ],
  say,
})
say(tableOf(values.seed, done))
const objections = [...done.verdicts.values()].flatMap((verdict) => verdict.objections)
for (const words of done.ownEnds) say(`ended by itself: ${words}`)
for (const objection of objections.slice(0, 50)) say(objection)
process.exitCode = objections.length > 0 ? 1 : 0
