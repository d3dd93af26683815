import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { checkDocument, checkForLaunch } from '#campaigns/definition/check.ts'
import { unseenKinds } from '#campaigns/definition/event-kinds.ts'
import { campaignSchema, readDocument, writeDocument } from '#campaigns/definition/document.ts'
import { definitionOf } from '#campaigns/definition.ts'
import type { LaunchSettings } from '#campaigns/launch/launch.ts'
import { lastPreflight } from '#campaigns/deliverability/preflight.ts'
import { wayWords } from '#campaigns/journeys/words.ts'
import { approveVersion, proposeVersion } from '#campaigns/launch/versions.ts'
import { saveSegment } from '#graph/segments/registry.ts'
import { clock, db, deps, owner } from './house.ts'
import { agentDeps, scripted } from '../rag/written-drafts.ts'
import { trying } from './deliverability/subject.ts'
import { releaseJourney, send } from './journey-world.ts'
import { aBody, addPeople, campaign, readers, sender, type Person } from './world.ts'

/** What an approval asks, of a house with an offline writer and these people. */
const launchingWith = (people: readonly Person[], change: Partial<LaunchSettings> = {}): LaunchSettings => ({
  ...deps,
  agent: agentDeps(db, clock, scripted().callModel),
  sender,
  limits: {},
  preflight: trying(),
  members: () => Promise.resolve(people.map(({ personId }) => personId)),
  ...change,
})

describe('a campaign in a file', () => {
  const short = () => ({
    name: 'spring',
    goal: 'Bring them back',
    audience: { segment: 'lapsed', rule: { subscribed: true } },
    journey: [{ key: 'hello', kind: 'send', channel: 'email', content: aBody() }],
  })

  it('is read with what the house knows filled in, and written so that it reads the same', async () => {
    const read = await readDocument({ ...deps, sender }, stringify(short()))
    if (read.kind === 'bad') throw new Error(read.problems.join())
    expect(read.definition).toMatchObject({ sender, startAt: null, limits: { expireAfterHours: 72 } })
    const again = await readDocument({ ...deps, sender: null }, writeDocument(read.definition))
    expect(again).toMatchObject({ kind: 'read', definition: read.definition })
    const asJson = await readDocument({ ...deps, sender: null }, JSON.stringify(read.definition))
    expect(asJson).toMatchObject({ kind: 'read', definition: read.definition })
  })

  it('is refused in words: no YAML, no campaign, unknown words, too large, a bomb of aliases', async () => {
    const problems = async (text: string): Promise<string> => {
      const read = await readDocument({ ...deps, sender }, text)
      return read.kind === 'bad' ? read.problems.join(' ') : 'read'
    }
    expect(await problems('a: [1')).toContain('neither YAML nor JSON')
    expect(await problems('- 1')).toContain('holds no campaign')
    expect(await problems(stringify({ ...short(), colour: 'red' }))).toContain('colour')
    expect(await problems(stringify({ ...short(), journey: [{ key: 'hello', kind: 'send', channel: 'email' }] }))).toContain('content') // prettier-ignore
    expect(await problems('x'.repeat(10_000_000))).toContain('larger than a campaign')
    const bomb = ['a: &a [x, x]', ...Array.from({ length: 12 }, (_, n) => `b${n}: &b${n} [${Array(9).fill(n === 0 ? '*a' : `*b${n - 1}`).join(', ')}]`)].join('\n') // prettier-ignore
    expect(await problems(bomb)).toContain('neither YAML nor JSON')
  })

  it('is refused where nothing stands behind a way: the end is said as null', async () => {
    const content = JSON.stringify(aBody())
    const written = (way: string, arm: string): string => `name: spring
goal: Bring them back
audience: { segment: lapsed, rule: { subscribed: true } }
journey:
  - { key: lots, kind: split, arms: [{ name: one, weight: 1, to: hello }, { name: two, weight: 1, to: ${arm}}] }
  - key: hello
    kind: send
    channel: email
    content: ${content}
    next:${way}
`
    const read = (way: string, arm: string) => readDocument({ ...deps, sender }, written(way, arm))
    const why = (name: string, line: number) => `“${name}” of line ${line} says no way: write null for the end`
    expect(await read('', '')).toEqual({ kind: 'bad', problems: [why('to', 5), why('next', 10)] })
    expect(await read(' # later', 'null')).toEqual({ kind: 'bad', problems: [why('next', 10)] })
    expect(await read(' ~', 'null')).toMatchObject({ kind: 'read', definition: { journey: [{ arms: [{}, { to: null }] }, { next: null }] } }) // prettier-ignore
  })

  it('has a schema that names every kind of step', () => {
    const text = JSON.stringify(campaignSchema())
    for (const kind of ['send', 'wait', 'branch', 'split', 'exit', 'goalReachedBy', 'reentry']) expect(text).toContain(kind) // prettier-ignore
    expect(text.match(/null is the end|when it is null|null leads to the end/g)).toHaveLength(5)
    expect(parse(text)).toMatchObject({ $schema: expect.stringContaining('2020-12') as string })
  })
})

describe('a campaign in a file, checked', () => {
  const says = (text: string) => ({ text, citations: [] })
  const plain = { subject: says('Shall we talk, {{ person.given_name | default: "friend" }}?'), preheader: says('Do you have a minute?'), blocks: [{ kind: 'paragraph', sentences: [says('Shall we keep a bag for you?')] }] } // prettier-ignore
  const written = (change: object = {}, content: object = plain): string =>
    stringify({
      name: 'spring',
      goal: 'Bring them back',
      audience: { segment: 'lapsed', rule: { subscribed: true } },
      journey: [{ key: 'hello', kind: 'send', channel: 'email', content }],
      ...change,
    })

  it('is asked what its approval will ask: its messages under the guards, and how many it is for', async () => {
    const people = await addPeople(db, clock, readers(30))
    const told = async (text: string, to: readonly Person[] = people) => {
      const checked = await checkDocument(launchingWith(to), text)
      return checked.kind === 'bad' ? checked.problems.join(' ') : checked.notices.join(' ')
    }
    expect(await told(written())).toContain('type the number 30')
    expect(await told(written(), people.slice(0, 3))).toBe('')
    expect(await told(written(), [])).toContain('Nobody is in “lapsed” now')
    const bold = aBody({ blocks: [{ kind: 'paragraph', sentences: [says('Only €4.00 for 250 g.')] }] })
    expect(await told(written({}, bold))).toContain('Only €4.00')
    expect(await told(written({ exitOn: [{ event: 'asked_for_a_ladder' }] }), people.slice(0, 3))).toContain('“asked_for_a_ladder” never happened here yet') // prettier-ignore
  })

  it('is told what of the points before a first send stands in its way, of which nothing is kept', async () => {
    const people = await addPeople(db, clock, readers(3))
    const house = launchingWith(people, { preflight: trying({ outlet: { kind: 'smtp', url: 'smtp://relay.example', host: 'relay.example' } }) }) // prettier-ignore
    const checked = await checkForLaunch(house, written())
    expect(checked).toMatchObject({ kind: 'bad', problems: expect.arrayContaining([expect.stringMatching(/^SPF.* \(spf\): unknown\. /)]) as string[], notices: [expect.stringContaining('millrace preflight --waive POINT')] }) // prettier-ignore
    const kind = await checkForLaunch(house, written({ exitOn: [{ event: 'asked_for_a_ladder' }] }))
    expect(kind.notices.join(' ')).toContain('“asked_for_a_ladder” never happened here yet')
    expect(await lastPreflight(db, clock, campaign)).toBeNull()
    expect(await checkForLaunch(launchingWith(people), written())).toMatchObject({ kind: 'read', notices: [] })
    await releaseJourney(deps, owner, [send('one')])
    expect(await checkForLaunch(house, written())).toMatchObject({ kind: 'read' })
  })

  it('goes ways by saved segments, under the rule that each has now', async () => {
    await saveSegment(deps, { name: 'Regulars', description: '', rule: { bought: { atLeast: 2 } }, by: 'millrace' })
    const journey = (way: object) => ({
      journey: [
        { key: 'who', kind: 'branch', when: [{ ...way, to: 'hello' }], otherwise: 'end' },
        { key: 'hello', kind: 'send', channel: 'email', content: aBody() },
        { key: 'end', kind: 'exit', reason: 'done' },
      ],
    })
    const problems = async (way: object) => {
      const read = await readDocument({ ...deps, sender }, written(journey(way)))
      return read.kind === 'bad' ? read.problems.join(' ') : read
    }
    const read = await problems({ segment: 'Regulars' })
    if (typeof read === 'string') throw new Error(read)
    expect(read.definition.journey[0]).toMatchObject({ when: [{ segment: 'Regulars', if: { bought: { atLeast: 2 } }, versionHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string }] }) // prettier-ignore
    expect(wayWords(read.definition.journey, read.definition.journey[0]!)[0]?.when).toBe('Those in “Regulars”')
    await saveSegment(deps, { name: 'Regulars', description: '', rule: { bought: { atLeast: 9 } }, by: 'millrace' })
    const again = await readDocument({ ...deps, sender }, writeDocument(read.definition))
    expect(again).toMatchObject({ kind: 'read', definition: read.definition })
    expect(await problems({ segment: 'Regluars' })).toBe('Step “who”: there is no saved segment “Regluars”: save it first, or say its rule') // prettier-ignore
    expect(await problems({ if: { segment: 'Regulars' } })).toBe('Step “who”: “when.0.if” asks for a saved segment: write “segment: NAME” in place of “if”') // prettier-ignore
    expect(await problems({ if: { bougt: { atLeast: 2 } } })).toContain(
      '“when.0.if” does not know "bougt": say one of bought, spent',
    )
    expect(await problems({ if: { bought: { atLeast: 'two' } } })).toContain('“when.0.if” bought.atLeast')
  })

  it('is refused for what this house cannot do, or what is over', async () => {
    const problems = async (change: object, channels?: LaunchSettings['channels']): Promise<string> => {
      const read = await readDocument({ ...deps, sender, ...(channels ? { channels } : {}) }, written(change))
      return read.kind === 'bad' ? read.problems.join(' ') : 'read'
    }
    const texted = (channel: string) => ({ journey: [{ key: 'hello', kind: 'send', channel, content: aBody() }] })
    expect(await problems(texted('sms'))).toContain('Step “hello” goes by sms, and this house sends nothing by it')
    expect(await problems(texted('sms'), ['email', 'sms'])).not.toContain('sends nothing by it')
    expect(await problems({ ends: { at: '2026-03-01T00:00:00Z' } })).toContain('was to end on 2026-03-01 00:00 UTC, which has passed') // prettier-ignore
    expect(await problems({ startAt: '2026-09-01T09:00:00+02:00' })).toBe('read')
    const renews = { property: { event: 'subscription-started', property: 'renews' }, offsetDays: -3, time: '09:00', zone: 'business', once: true } // prettier-ignore
    const { once: _, ...yearly } = { ...renews, property: 'born' }
    expect(await problems({ enter: { onDate: renews }, reentry: { afterDays: 20, most: 9 } })).toBe('read')
    expect(await problems({ enter: { onDate: renews }, reentry: { afterDays: 1, most: 9 } })).toContain(
      'after 3 days or more',
    )
    expect(await problems({ enter: { onDate: yearly }, reentry: { afterDays: 20, most: 9 } })).toContain('once a year') // prettier-ignore
    expect(await problems({ startAt: '2026-03-01T00:00:00Z' })).toContain('was to start on 2026-03-01 00:00 UTC')
    const fair = { key: 'fair', kind: 'wait', untilDate: '2026-03-01T00:00:00Z' }
    expect(await problems({ journey: [fair, { key: 'hello', kind: 'send', channel: 'email', content: aBody() }] })).toContain('Step “fair” waits until 2026-03-01 00:00 UTC, which has passed') // prettier-ignore
    expect(await problems({ enter: { onEntry: 'Big spenders' } })).toContain('no such segment is in use')
    expect(await problems({ exitOn: [{ event: 'order_payd' }] })).toContain('“order_paid” is known. Is that meant?')
    expect(await problems({ exitOn: [{ event: 'order-paid' }] })).toContain('“order_paid” is known')
    for (const event of ['order_paid', 'signed_up', 'page'])
      expect(await problems({ exitOn: [{ event }] })).toBe('read')
    // What analytics call `page_view` is told of as `page`.
    expect(await unseenKinds(db, ['order_paid', 'signed_up', 'page', 'page_view'])).toEqual([{ kind: 'page_view', meant: null }]) // prettier-ignore
    expect(await problems({ audience: { segment: 'Whoever' } })).toBe('The audience: there is no saved segment “Whoever”: save it first, or say its rule') // prettier-ignore
  })

  it('is refused as a version too, which may keep the times that have passed since it went live', async () => {
    const startAt = new Date(clock().getTime() + 60_000).toISOString()
    const live = definitionOf(await releaseJourney(deps, owner, [send('one')], { startAt }))
    clock.advance(3_600_000)
    const limits = { ...live.limits, dailyCap: 9 }
    expect(await proposeVersion(deps, { definition: { ...live, limits }, by: owner })).toMatchObject({
      kind: 'proposed',
    })
    const elsewhen = { ...live, startAt: new Date(clock().getTime() - 60_000).toISOString() }
    expect(await proposeVersion(deps, { definition: elsewhen, by: owner })).toMatchObject({ kind: 'refused', why: expect.stringContaining('which has passed') as string }) // prettier-ignore
    const over = await proposeVersion(deps, { definition: { ...live, ends: { at: new Date(clock().getTime() + 60_000).toISOString() } }, by: owner }) // prettier-ignore
    if (over.kind === 'refused') throw new Error(over.why)
    clock.advance(3_600_000)
    expect(await approveVersion(launchingWith([]), { releaseHash: over.releaseHash, by: owner })).toMatchObject({ rule: 'definition', why: expect.stringContaining('was to end on') as string }) // prettier-ignore
  })
})

describe('what is published of campaigns', () => {
  it('is the schema as it is (millrace campaign schema), and an example that is understood', async () => {
    expect(JSON.parse(readFileSync('docs/campaign.schema.json', 'utf8'))).toEqual(campaignSchema())
    const [, example = ''] = /^```yaml\n([^]*?)^```/m.exec(readFileSync('docs/campaigns.md', 'utf8')) ?? []
    const people = await addPeople(db, clock, readers(3))
    const checked = await checkDocument(launchingWith(people), example)
    expect(checked.kind === 'bad' ? checked.problems : checked.definition.name).toBe('welcome')
  })
})
