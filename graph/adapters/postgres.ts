import { one, type Db } from '#kernel/db.ts'
import { censusOf, type Tally } from '../batch.ts'
import type { Census, Digest, GraphStore, Origin } from '../port.ts'
import * as changes from '../queries/changes.ts'
import { contentOf } from '../queries/content.ts'
import * as generations from '../queries/generations.ts'
import { contextOf } from '../queries/person.ts'
import { originsOf } from '../queries/reading.ts'
import { relatedTo } from '../queries/related.ts'
import { peopleOf } from '../queries/segment.ts'
import { around } from '../queries/walking.ts'
import * as said from './postgres/answers.ts'
import { asker, keptGeneration } from './postgres/asking.ts'
import { shortestPath } from './postgres/shortest-path.ts'
import { copyOf, write } from './postgres/writing.ts'

/** The graph as edge tables beside the canonical ones: no second server to keep. */
export function postgresGraph(db: Db): GraphStore {
  const { ask, askForSets, askOften } = asker(db)
  return {
    live: async () => {
      const kept = await keptGeneration(db)
      return kept && { number: kept.number, version: kept.version, watermark: kept.watermark }
    },
    begin: (version) => begin(db, version),
    apply: (generation, batch) => db.transaction((tx) => write(tx, generation, batch)),
    census: (generation) => census(db, generation),
    digests: async (generation, page) => db.query<Digest>(changes.digestsOf(await copyOf(db, generation), page)),
    publish: (generation, watermark) => publish(db, generation, watermark),
    personContext: async (id, { limit, ...instant }) =>
      said.personContext(await ask((copy) => contextOf({ copy, ...instant }, id, limit))),
    neighbourhood: async (start, { at, knownAt, kinds, ...walk }) =>
      said.neighbourhood(
        await ask((copy) =>
          around({ copy, at, ...(knownAt && { knownAt }) }, start, { ...walk, kinds: kinds ?? null }),
        ),
      ),
    related: async (start, { limit, ...instant }) =>
      said.related(await ask((copy) => relatedTo({ copy, ...instant }, start, limit))),
    contentFor: async (subjects, { limit, ...instant }) =>
      said.content(await ask((copy) => contentOf({ copy, ...instant }, subjects, limit))),
    segment: async (rule, question) =>
      (await askForSets<string[]>((copy) => peopleOf({ copy, ...question }, rule))) ?? [],
    path: async (from, to, { maxSteps, ...instant }) =>
      said.path(await askOften((next) => shortestPath(next, instant, { from, to, maxSteps }))),
    lineage: async (node, limit) => (await ask<Origin[]>((copy) => originsOf(copy, node, limit))) ?? [],
  }
}

async function census(db: Db, generation: number): Promise<Census> {
  const copy = await copyOf(db, generation)
  return censusOf(await db.query<Tally>(changes.tallyNodes(copy)), await db.query<Tally>(changes.tallyEdges(copy)))
}

async function begin(db: Db, version: string): Promise<number> {
  await dropOthers(db)
  const { number } = await one<{ number: number }>(db, generations.newGeneration(version))
  return number
}

async function publish(db: Db, generation: number, watermark: string): Promise<void> {
  if ((await keptGeneration(db))?.number !== generation)
    await db.query(generations.takeStatistics(await copyOf(db, generation)))
  await db.transaction(async (tx) => {
    await tx.query(generations.stepDown(generation))
    await tx.query(generations.goLive(generation, watermark))
  })
  await dropOthers(db)
}

/** Forgets all generations but the live one, and empties their copies; waits for who still reads there. */
async function dropOthers(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(generations.dropOthers())
    const free = await tx.query<{ copy: generations.CopyName }>(generations.freeCopies())
    for (const { copy } of free) await tx.query(generations.emptyCopy(generations.copies[copy]))
  })
}
