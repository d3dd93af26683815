import { describe, expect, it } from 'vitest'
import { campaignDefinition, type CampaignDefinition } from '#campaigns/definition.ts'
import { campaignWords } from '#campaigns/journeys/campaign-words.ts'
import { changesBetween } from '#campaigns/journeys/changes.ts'
import { journeyFlow, type Counted } from '#campaigns/journeys/flow.ts'
import { stepWords } from '#campaigns/journeys/words.ts'
import { hashOf } from '#kernel/crypto.ts'
import { placesOf } from '#dashboards/charts/journey-places.ts'
import { send } from './journey-world.ts'
import { sender } from './world.ts'

const about = (journey: unknown) =>
  campaignDefinition.parse({
    name: 'welcome',
    goal: 'A second order',
    audience: { segment: 'Everybody', rule: { consent: { channel: 'email' } }, versionHash: hashOf('a segment') },
    journey,
    limits: { dailyCap: null, perPersonPerWeek: null, window: null, expireAfterHours: 72 },
    sender,
    startAt: null,
    templateHash: hashOf('a layout'),
    guardrailHash: null,
  })
const parted = about([
  send('hello'),
  { key: 'pause', kind: 'wait', until: { time: '09:00', zone: 'person' } },
  { key: 'who', kind: 'branch', when: [{ if: { subscribed: true }, to: 'more' }], otherwise: 'end' },
  send('more'),
  { key: 'end', kind: 'exit', reason: 'told' },
])
const counted: Counted = {
  people: [
    { stepKey: 'pause', here: 3, ended: 1, reason: 'opted out' },
    { stepKey: 'end', here: 0, ended: 6, reason: 'left: told' },
  ],
  messages: [
    { stepKey: 'hello', state: 'sent', count: 8 },
    { stepKey: 'hello', state: 'planned', count: 2 },
    { stepKey: 'more', state: 'sent', count: 4 },
  ],
  turns: [
    { stepKey: 'who', took: 'more', people: 4 },
    { stepKey: 'who', took: 'end', people: 2 },
  ],
}

describe('how people move through a journey', () => {
  it('is told of each step: how many came, stand there, went on which way and ended', () => {
    const flow = new Map(journeyFlow(parted, counted).map((one) => [one.key, one]))
    expect(flow.get('hello')).toEqual({ key: 'hello', came: 10, here: 0, went: [{ to: 'pause', people: 10 }], ended: [] }) // prettier-ignore
    expect(flow.get('pause')).toMatchObject({ came: 10, here: 3, went: [{ to: 'who', people: 6 }] })
    expect(flow.get('who')).toMatchObject({ came: 6, went: [{ to: 'more', people: 4 }, { to: 'end', people: 2 }] }) // prettier-ignore
    expect(flow.get('end')).toMatchObject({ came: 6, went: [], ended: [{ reason: 'left: told', people: 6 }] })
  })

  it('counts who waits in a plain journey at the wait, not at the message they wait for', () => {
    const plain = about([send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')])
    const flow = journeyFlow(plain, {
      people: [
        { stepKey: 'two', here: 5, ended: 0, reason: null },
        { stepKey: 'two', here: 0, ended: 2, reason: 'completed' },
      ],
      messages: [
        { stepKey: 'one', state: 'sent', count: 7 },
        { stepKey: 'two', state: 'sent', count: 2 },
      ],
      turns: [],
    })
    expect(flow.map(({ key, came, here }) => [key, came, here])).toEqual([['one', 7, 0], ['pause', 7, 5], ['two', 2, 0]]) // prettier-ignore
    expect(flow[2]?.went).toEqual([{ to: null, people: 2 }])
  })

  it('comes to an end for circles, too', () => {
    const round = about([
      send('ask'),
      { key: 'day', kind: 'wait', minutes: 1_440 },
      { key: 'again', kind: 'branch', when: [{ if: { subscribed: true }, to: 'done' }], otherwise: 'ask' },
      { key: 'done', kind: 'exit', reason: 'subscribed' },
    ])
    const flow = journeyFlow(round, { people: [], messages: [], turns: [{ stepKey: 'again', took: 'ask', people: 3 }] })
    expect(flow[0]).toMatchObject({ key: 'ask', came: 3 })
    const { lines, rows } = placesOf(flow)
    expect(rows).toBe(4)
    expect(lines.filter(({ back }) => back)).toMatchObject([{ from: 'again', to: 'ask', people: 3 }])
  })
})

describe('the picture of a journey', () => {
  it('puts each step below all that lead to it, and ways that part beside each other', () => {
    const { spots, lines, columns } = placesOf(journeyFlow(parted, counted))
    const rows = Object.fromEntries(spots.map(({ key, row }) => [key, row]))
    expect(rows).toEqual({ hello: 0, pause: 1, who: 2, more: 3, end: 4 })
    expect(columns).toBe(2)
    // The way past “more” keeps a place of its own beside it.
    const past = lines.find(({ from, to }) => from === 'who' && to === 'end')?.by.at(1)
    expect(past?.row).toBe(3)
    expect(past?.x).not.toBe(spots.find(({ key }) => key === 'more')?.x)
  })
})

describe('what a version changes', () => {
  it('is said in words: parts, steps that are new, other, gone or moved, and copy', () => {
    const [hello, , ...rest] = parted.journey
    const after = campaignDefinition.parse({
      ...parted,
      goal: 'A third order',
      journey: [hello, { key: 'pause', kind: 'wait', minutes: 60 }, { key: 'day', kind: 'wait', minutes: 1_440 }, ...rest.slice(0, 1), ...rest.slice(2).map((step) => (step.kind === 'exit' ? { ...step, reason: 'bored' } : step)), send('more')], // prettier-ignore
      limits: { ...parted.limits, dailyCap: 100 },
    })
    expect(changesBetween(parted, parted, 'UTC')).toEqual([])
    const said = changesBetween(parted, after, 'UTC').join('\n')
    expect(said).toContain('What it is for: A third order (it was: A second order)')
    expect(said).toContain('at most 100 a day')
    expect(said).toContain('Step “pause”: Waits 1 hour (it was: Waits until it is 09:00')
    expect(said).toContain('Step “day” is new: Waits 1 day')
    expect(said).toContain('Ends the journey: bored')
    expect(said).toContain('The steps come in another order')
    expect(changesBetween(after, parted, 'UTC').join()).toContain('Step “day” is taken out')
  })

  it('is where a step leads on to, where that is said of it', () => {
    const [hello, ...rest] = parted.journey
    const after = campaignDefinition.parse({ ...parted, journey: [{ ...hello, next: null }, ...rest] })
    const was = stepWords(hello!)
    expect(changesBetween(parted, after, 'UTC')).toEqual([`Step “hello”: ${was}. Then: the end (it was: ${was})`])
    expect(changesBetween(after, parted, 'UTC')).toEqual([`Step “hello”: ${was} (it was: ${was}. Then: the end)`])
  })
})

describe('what whoever approves reads', () => {
  const gift = { event: 'order_paid', where: { kind: 'gift' } }
  const onDate = { property: 'born' as const, offsetDays: 0, time: '09:00', zone: 'person' as const }
  const changed = (before: Partial<CampaignDefinition>, after: Partial<CampaignDefinition>): string[] =>
    changesBetween({ ...parted, ...before }, { ...parted, goal: 'Another goal', ...after }, 'UTC').slice(1)
  const words = (change: Partial<CampaignDefinition>, part: string): string | undefined =>
    campaignWords({ ...parted, ...change }, 'UTC').find((one) => one.part === part)?.words

  it('says what an event must be about, where people come in by it and where they wait for it', () => {
    expect(words({ enter: { onEvent: gift } }, 'Who comes in')).toBe('Whoever does “order_paid” (kind gift), of “Everybody”') // prettier-ignore
    expect(stepWords({ key: 'wait', kind: 'wait', forEvent: { ...gift, withinMinutes: 60 } })).toBe('Waits for “order_paid” (kind gift), 1 hour at most') // prettier-ignore
    const other = { onEvent: { ...gift, where: { kind: 'subscription' } } }
    expect(changed({ enter: { onEvent: gift } }, { enter: other })).toEqual([
      'Who comes in: Whoever does “order_paid” (kind subscription), of “Everybody” (it was: Whoever does “order_paid” (kind gift), of “Everybody”)',
    ])
  })

  it('says on whose clock a day begins, where answers go, and every instant with its zone', () => {
    const business = { onDate: { ...onDate, zone: 'business' as const } }
    expect(words({ enter: { onDate } }, 'Who comes in')).toBe('On their birthday each year, at 09:00 where they live, of “Everybody”') // prettier-ignore
    expect(changed({ enter: { onDate } }, { enter: business }).join()).toContain('at 09:00 at the business')
    expect(changed({}, { sender: { ...sender, replyTo: 'else@example.com' } }).join()).toContain('answers go to else@example.com') // prettier-ignore
    expect(stepWords({ key: 'wait', kind: 'wait', untilDate: '2026-05-01T08:00:00+09:00' })).toBe('Waits until 2026-04-30 23:00 UTC') // prettier-ignore
    expect(words({ ends: { at: '2026-05-01T08:00:00+09:00' } }, 'When it is over')).toBe('on 2026-04-30 23:00 UTC')
  })

  it('says what a message is counted as in a budget', () => {
    const budget = { amountMinor: 500, currency: 'EUR', perMessageMicro: 350 }
    const over = (perMessageMicro: number) => words({ ends: { budget: { ...budget, perMessageMicro } } }, 'When it is over') // prettier-ignore
    expect(over(350)).toBe('when €5.00 are spent on messages at EUR 0.00035 each and models')
    expect(over(0)).toBe('when €5.00 are spent on messages, which cost nothing, and models')
  })

  it('names what has no words of its own, beside other changes too', () => {
    expect(changed({}, { guardrailHash: hashOf('other rules') })).toEqual(['Something that is said only in its document (guardrailHash): read both']) // prettier-ignore
    expect(changed({}, {})).toEqual([])
  })
})
