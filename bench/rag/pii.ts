import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { evaluatePii, readLabelled, type Labelled, type PiiScore, type TypeScore } from '#rag/evaluate/pii.ts'
import { findMentioned } from '#rag/redact/mentions.ts'
import { findPersonal, type Found } from '#rag/redact/patterns.ts'

/**
 * People's data in labelled texts, by type: touched (some find overlaps), covered (each letter and digit), exact. Rules
 * were written with the texts of even templates in sight; those of odd ones show what the rules do on others.
 */
function main(): void {
  const path = resolve(process.env['MILLRACE_DATA'] ?? '../shared/data', 'rag/pii_dev.json')
  if (!existsSync(path)) throw new Error(`There is no ${path}: set MILLRACE_DATA`)
  const all = readLabelled(readFileSync(path, 'utf8'))
  const isOdd = ({ template }: Labelled): boolean => Number(template) % 2 === 1
  const began = performance.now()
  const whole = evaluatePii(all, findMentioned)
  const ms = (performance.now() - began) / all.length
  print('all texts, everything that is mentioned', whole)
  print('templates kept out of sight', evaluatePii(all.filter(isOdd), findMentioned))
  print('what identifies alone (the rules before a model is asked)', evaluatePii(all, findPersonal))
  console.log(`Presidio as it comes, on its synth_dataset_v2: precision 0.685, recall 0.603`)
  console.log(`${ms.toFixed(2)} ms a text\n`)
  copyOfTheSampleBusiness()
}

const share = (part: number, of: number): string => (of === 0 ? '–' : (part / of).toFixed(3)).padStart(9)

function print(title: string, { types, whole, found, right }: PiiScore): void {
  console.log(`${title}: precision ${share(right, found).trim()} of ${found} finds`)
  console.log(`  ${'type'.padEnd(20)}${'labels'.padStart(7)}${['touched', 'covered', 'exact'].map((name) => name.padStart(9)).join('')}`)
  const line = (name: string, { labelled, touched, covered, exact }: TypeScore): string =>
    `  ${name.padEnd(20)}${String(labelled).padStart(7)}${[touched, covered, exact].map((part) => share(part, labelled)).join('')}`
  for (const [name, type] of [...types].toSorted(([, a], [, b]) => b.labelled - a.labelled)) console.log(line(name, type))
  console.log(`${line('all', whole)}\n`)
} // prettier-ignore

/** What would be hidden of copy that tells of products: nearly nothing but how to reach the shop. */
function copyOfTheSampleBusiness(): void {
  const folder = resolve('examples/roastery/content')
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    const shown = ({ kind, start, end }: Found): string => `${kind} ${JSON.stringify(text.slice(start, end))}`
    const found = findPersonal(text)
    console.log(`${name.padEnd(40)}${found.length === 0 ? 'nothing' : found.map(shown).join(', ')}`)
  }
}

main()
