import { evaluateClustering, type Evaluation, type Score } from '#ingest/linkage/evaluate.ts'
import { readLabels, truthPlace } from '#ingest/linkage/labels.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call } from '../verb.ts'

/** `identity evaluate CLUSTERS --truth FILE:column[:regex]`: how well clusters agree with a known truth. */
export async function evaluateClusters(call: Call): Promise<number> {
  const file = call.positionals[1]
  const told = call.text('truth')
  if (file === undefined || told === undefined)
    throw new UsageError('Say: millrace identity evaluate CLUSTERS --truth FILE:column, or FILE:column:regex')
  const labels = await readLabels(
    pathOf(call, file),
    truthPlace(told, (path) => pathOf(call, path)),
  )
  const found = evaluateClustering(labels.clusters, labels.truth)
  const { pairs, ...rest } = found
  const counts = { claimed: Number(pairs.claimed), real: Number(pairs.real), found: Number(pairs.found) }
  const { idColumn, unlabelled } = labels
  answer(call, { ...rest, pairs: counts, idColumn, unlabelled }, [...linesOf(found), ...notesOf(found, unlabelled)])
  return exit.done
}

const shown = (value: number): string => value.toFixed(4)

const scoreLine = (name: string, { precision, recall, f1 }: Score): string =>
  `${name.padEnd(9)} precision ${shown(precision)}  recall ${shown(recall)}  F1 ${shown(f1)}`

function linesOf({ records, clusters, entities, pairs, pairwise, bcubed }: Evaluation): string[] {
  return [
    `${records} records, ${entities} entities, ${clusters} clusters`,
    scoreLine('pairwise', pairwise),
    scoreLine('B³', bcubed),
    `pairs: ${pairs.claimed} claimed, ${pairs.real} real, ${pairs.found} of them found`,
  ]
}

function notesOf({ unclustered, unjudged }: Evaluation, unlabelled: number): string[] {
  const notes: [number, string][] = [
    [unclustered, 'records of the truth are in no cluster: measured as if each were alone'],
    [unjudged, 'clustered records have no truth: left out'],
    [unlabelled, 'records of the truth have no label, or none that matches: left out'],
  ]
  return notes.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []))
}
