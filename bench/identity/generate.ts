import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { badSets, writeBad } from './bad.ts'
import { writeCorrupted } from './corrupted.ts'
import { writeHistorical } from './historical.ts'
import { writeHouseholds } from './households.ts'
import { writeTrapExports } from './traps-house.ts'
import { writeTraps } from './traps.ts'

/** A file of records, and where its truth stands as `identity evaluate --truth` takes it. */
export type DataSet = { name: string; data: string; truth: string }

export type Size = { records?: number | undefined; seed: string }

type Maker = { about: string; make: (folder: string, size: Size) => DataSet }

const beside = (folder: string, name: string): { data: string; truth: string } => ({
  data: join(folder, `${name}.csv`),
  truth: join(folder, `${name}-truth.csv`),
})

/** Each set that can be made, by its name. */
export const makers: Readonly<Record<string, Maker>> = {
  households: {
    about: 'a nation of customers, one in six living with others (1,200,000 records)',
    make: (folder, { records = 1_200_000, seed }) => {
      const to = beside(folder, 'households')
      writeHouseholds(to, { records, seed })
      return { name: 'households', data: to.data, truth: `${to.truth}:person` }
    },
  },
  corrupted: {
    about: 'records as FEBRL writes them, hard: up to 9 duplicates and 10 modifications (10,000 records)',
    make: (folder, { records = 10_000, seed }) => {
      const data = join(folder, 'corrupted.csv')
      writeCorrupted({ data }, { records, seed, perColumn: 3, perRecord: 10 })
      return { name: 'corrupted', data, truth: `${data}:rec_id:^rec-(\\d+)-` }
    },
  },
  historical: {
    about: 'notable people of four centuries, about ten records each, badly recorded (50,578 records)',
    make: (folder, { records = 50_578, seed }) => {
      const data = join(folder, 'historical.csv')
      writeHistorical({ data }, { records, seed })
      return { name: 'historical', data, truth: `${data}:cluster` }
    },
  },
  traps: {
    about: 'twins, shared addresses, recycled phones, namesakes: nobody may be taken for another (about 3,000 records)',
    make: (folder, { records = 3_000, seed }) => {
      const to = beside(folder, 'traps')
      writeTraps(to, { each: Math.max(1, Math.round(records / 71)), seed })
      return { name: 'traps', data: to.data, truth: `${to.truth}:human` }
    },
  },
  ...Object.fromEntries(
    Object.keys(badSets).map((set): [string, Maker] => [
      `bad-${set}`,
      {
        about: 'a file that breaks linkers (200,000 records)',
        make: (folder, { records = 200_000, seed }) => {
          const to = beside(folder, `bad-${set}`)
          writeBad(to, set, { records, seed })
          return { name: `bad-${set}`, data: to.data, truth: `${to.truth}:person` }
        },
      },
    ]),
  ),
}

function main(args: readonly string[]): void {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { records: { type: 'string' }, seed: { type: 'string', default: '1' } },
  })
  const [folder, ...names] = positionals
  const known = [...Object.keys(makers), 'traps-exports']
  if (folder === undefined || names.length === 0 || names.some((name) => !known.includes(name))) {
    const list = Object.entries(makers).map(([name, { about }]) => `  ${name.padEnd(18)}${about}`)
    process.stderr.write(`node bench/identity/generate.ts FOLDER SET… [--records N] [--seed S]\n${list.join('\n')}\n  traps-exports     the traps as exports of a business, with truth.json\n`) // prettier-ignore
    process.exitCode = 2
    return
  }
  for (const name of names) {
    const records = values.records === undefined ? undefined : Number(values.records)
    const made = name === 'traps-exports' ? null : makers[name]!.make(resolve(folder), { records, seed: values.seed })
    if (made === null) writeTrapExports(resolve(folder), { each: Math.round((records ?? 3000) / 71), seed: values.seed }) // prettier-ignore
    process.stdout.write(made === null ? `${resolve(folder)}\n` : `${made.data}  --truth '${made.truth}'\n`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
