import { describe, expect, it } from 'vitest'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { project } from '#graph/project.ts'
import { membersOf } from '#graph/queries/segments.ts'
import { maintainSegments } from '#graph/segments/maintain.ts'
import {
  listSegments,
  retireSegment,
  rollbackSegment,
  saveSegment,
  saveStarters,
  segmentByName,
  segmentHistory,
} from '#graph/segments/registry.ts'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { testDatabase } from '../support/database.ts'
import { start } from './scores-rows.ts'
import { by, saveSegmentIn } from './a-segment.ts'
import * as rows from './canonical-rows.ts'

const db = testDatabase()
const clock = stoppedClock(start)
const save = (name: string, rule: unknown) => saveSegmentIn({ db, clock }, name, rule)

describe('a segment', () => {
  it('is saved under a name, and again only when something is other than before', async () => {
    const deps = { db, clock }
    const input = { name: ' Regulars ', description: 'Bought twice', rule: { bought: { atLeast: 2 } }, by }
    expect(await saveSegment(deps, input)).toMatchObject({
      kind: 'saved',
      changed: true,
      segment: { name: 'Regulars' },
    })
    expect(await saveSegment(deps, { ...input, name: 'Regulars' })).toMatchObject({ changed: false })
    expect(await listSegments(db)).toMatchObject([
      { name: 'Regulars', description: 'Bought twice', rule: { bought: { atLeast: 2 } }, members: 0, evaluatedAt: null, changedBy: by },
    ]) // prettier-ignore
    expect(await saveSegment(deps, { ...input, description: 'Bought twice or more' })).toMatchObject({ changed: true })
    expect(await segmentHistory(db, 'Regulars')).toHaveLength(1)
  })

  it('is refused with what is wrong', async () => {
    const deps = { db, clock }
    expect(await saveSegment(deps, { name: 'Odd', description: '', rule: { buyed: 1 }, by })).toMatchObject({
      kind: 'bad-rule',
      problems: [{ place: '' }],
    })
    expect(await saveSegment(deps, { name: '\n', description: '', rule: { subscribed: true }, by })).toMatchObject({ kind: 'refused' }) // prettier-ignore
    expect(await listSegments(db)).toEqual([])
  })

  it('may ask whether a person is in another segment, but never, by whatever way round, in itself', async () => {
    const within = (id: string): object => ({ reaches: { by: [{ edge: 'in', way: 'out' }], kind: 'segment', id } })
    const first = await save('First', { bought: {} })
    const second = await save('Second', { not: within(first.id) })
    const loop = { name: 'First', description: '', rule: { any: [{ subscribed: true }, within(second.id)] }, by }
    expect(await saveSegment({ db, clock }, loop)).toEqual({
      kind: 'bad-rule',
      problems: [{ place: '', why: 'asks whether somebody is in this same segment: nobody could tell' }],
    })
    const past = { reaches: { by: [{ edge: 'in' }, { edge: 'in' }], kind: 'person' } }
    expect(await saveSegment({ db, clock }, { ...loop, rule: past })).toMatchObject({ kind: 'bad-rule' })
    expect(await segmentByName(db, 'First')).toMatchObject({ hash: first.hash })
  })

  it('keeps every version of its rule, goes back to one, and tells the audit', async () => {
    const first = await save('Fans', { subscribed: true })
    const second = await save('Fans', { bought: {} })
    expect(second.id).toBe(first.id)
    expect(second.hash).not.toBe(first.hash)
    const back = { name: 'Fans', hash: first.hash.slice(0, 12), by }
    expect(await rollbackSegment({ db, clock }, back)).toEqual({ kind: 'rolled-back', hash: first.hash })
    expect((await segmentByName(db, 'Fans'))!.rule).toEqual({ subscribed: true })
    expect(await rollbackSegment({ db, clock }, { ...back, hash: 'f00' })).toMatchObject({ kind: 'unknown' })
    expect((await segmentHistory(db, 'Fans')).map(({ hash }) => hash)).toEqual([first.hash, second.hash, first.hash])
    expect((await readAudit(db, 0, 10)).map(({ action }) => action)).toEqual(['segment.saved', 'segment.saved', 'segment.rolled-back']) // prettier-ignore
  })

  it('that is retired selects nobody and keeps its name; saved again it is in use again', async () => {
    await rows.aRecord(db)
    await rows.aMembership(db, 1, 1)
    const store = postgresGraph(db)
    const { id } = await save('All', { all: [] })
    await project({ db, clock, store })
    await maintainSegments({ db, clock, store })
    expect(await retireSegment({ db, clock }, { name: 'All', by })).toEqual({ kind: 'retired' })
    expect(await listSegments(db)).toEqual([])
    expect(await membersOf(db, id, { after: '', limit: 10 })).toEqual([])
    await maintainSegments({ db, clock, store })
    expect(await segmentByName(db, 'All')).toMatchObject({ members: 0, retiredAt: start })
    await save('All', { all: [] })
    await maintainSegments({ db, clock, store })
    expect(await segmentByName(db, 'All')).toMatchObject({ id, members: 1, retiredAt: null })
    expect(await retireSegment({ db, clock }, { name: 'Nothing', by })).toMatchObject({ kind: 'unknown' })
  })

  it('that a house starts with is saved once, and what a person made of it stays', async () => {
    const segments = [
      { name: 'Subscribers', description: 'Subscribe', rule: { subscribed: true } },
      { name: 'Everybody', description: '', rule: { all: [] } },
    ]
    expect(await saveStarters({ db, clock }, { segments, by: 'millrace' })).toEqual(['Subscribers', 'Everybody'])
    await save('Subscribers', { subscribed: false })
    await retireSegment({ db, clock }, { name: 'Everybody', by })
    expect(await saveStarters({ db, clock }, { segments, by: 'millrace' })).toEqual([])
    expect(await listSegments(db)).toMatchObject([{ name: 'Subscribers', rule: { subscribed: false } }])
  })
})
