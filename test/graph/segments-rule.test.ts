import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { segmentRule, type SegmentRule } from '#graph/segment-rule.ts'
import { problemLines, readRule } from '#graph/segments/read-rule.ts'
import { segmentRuleSchema } from '#graph/segments/rule-schema.ts'
import { ruleWords } from '#graph/segments/rule-words.ts'

const problems = (rule: unknown): string[] => {
  const read = readRule(rule)
  return read.kind === 'rule' ? [] : problemLines(read.problems)
}

describe('a rule from outside', () => {
  it('is read with its defaults', () => {
    expect(readRule({ not: { bought: { sku: 'A' } } })).toEqual({
      kind: 'rule',
      rule: { not: { bought: { sku: 'A', atLeast: 1 } } },
    })
  })

  it.each<[unknown, RegExp]>([
    ['everyone', /^The rule must be an object such as \{"subscribed": true\}, which begins with one of bought, spent/],
    [{}, /^The rule is empty: say one of bought/],
    [{ buyed: {} }, /^The rule does not know "buyed": say one of bought.*all, any, not$/],
    [{ all: [{ subscribed: true }, { knows: 1 }] }, /^all\[1\] does not know "knows": say one of bought/],
    [{ lifecycle: 'lead', channel: 'email' }, /^The rule says lifecycle and channel at once: join them/],
    [{ subscribed: true, also: 1 }, /^The rule does not know "also"/],
    [{ bought: { colour: 'red' } }, /^bought does not know "colour": allowed is an object of sku, type, topic, atLeast, withinDays$/],
    [{ any: [{ not: { bought: { atLeast: 0 } } }] }, /^any\[0\]\.not\.bought\.atLeast is not allowed: say a whole number from 1$/],
    [{ did: {} }, /^did\.event is missing: say a text of 1 to 200 characters$/],
    [{ subscribed: 'yes' }, /^subscribed is not allowed: say true or false$/],
    [{ all: { subscribed: true } }, /^all is not allowed: say a list of 0 to 50 entries$/],
    [{ not: [] }, /^not must be an object such as/],
    [{ property: { name: 'city', is: {} } }, /^property\.is is not allowed: say a text of 1 to 200 characters, or a number, or true or false$/],
    [{ engagement: { atLeast: 0 } }, /^engagement\.atLeast is not allowed: say a number above 0$/],
    [{ rfm: { recency: { atLeast: 6 } } }, /^rfm\.recency\.atLeast is not allowed: say a whole number from 1 to 5$/],
    [{ rfm: { recency: { atLeast: 4, atMost: 2 } } }, /^rfm\.recency\.atLeast must be no more than atMost$/],
    [{ did: { event: 'page', withinDays: 7, beforeDays: 30 } }, /^did\.withinDays leaves no time/],
    [{ reaches: { by: [], kind: 'order' } }, /^reaches\.by is not allowed: say a list of 1 to 6 entries$/],
  ])('is refused with the place and what is allowed there: %j', (rule, expected) => {
    const said = problems(rule)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(expected)
  }) // prettier-ignore

  it('may name no edge or node that the graph does not know', () => {
    const said = problems({ reaches: { by: [{ edge: 'likes' }], kind: 'band' } })
    expect(said[0]).toMatch(/^reaches\.by\[0\]\.edge is not allowed: say one of known-as, works-at, in, placed/)
    expect(said[1]).toMatch(/^reaches\.kind is not allowed: say one of person, identifier, organisation/)
  })

  it('never has its values repeated in a refusal', () => {
    expect(problems({ consent: { channel: { to: 'anna@example.test' } } }).join()).not.toContain('anna')
  })

  it('is bounded in depth and length', () => {
    let deep: unknown = { subscribed: true }
    for (let depth = 0; depth < 5_000; depth += 1) deep = { not: deep }
    expect(problems(deep)).toEqual(['The rule is nested 13 deep: 12 is the most'])
    const long = {
      all: Array.from({ length: 50 }, () => ({ any: Array.from({ length: 50 }, () => ({ subscribed: true })) })),
    }
    expect(problems(long)[0]).toMatch(/^The rule says \d+ things: 200 is the most$/)
  })
})

describe('the language of rules', () => {
  it('is published as it is', () => {
    const published: unknown = JSON.parse(readFileSync('docs/segment-rule.schema.json', 'utf8'))
    expect(published).toEqual(segmentRuleSchema())
  })

  it('has every example of its documentation understood', () => {
    const text = readFileSync('docs/segments.md', 'utf8')
    const examples = [...text.matchAll(/^```json\n([^]*?)^```/gm)].flatMap(([, lines = '']) =>
      lines.trim().split('\n').map((line): unknown => JSON.parse(line)),
    ) // prettier-ignore
    for (const rule of examples) expect(problems(rule)).toEqual([])
    const leaves = new Set(JSON.stringify(examples).match(/"\w+"(?=:)/g))
    for (const { required } of segmentRuleSchema().anyOf ?? []) expect(leaves).toContain(`"${required?.[0]}"`)
  })
})

describe('a rule in words', () => {
  const said = (rule: unknown): string => ruleWords(segmentRule.parse(rule))

  it.each<[unknown, string]>([
    [{ bought: {} }, 'bought anything'],
    [{ not: { bought: {} } }, 'did not buy anything'],
    [{ bought: { sku: 'ARI-250', atLeast: 2, withinDays: 90 } }, 'bought “ARI-250” at least 2 times (paid orders) in the last 90 days'],
    [{ not: { bought: { atLeast: 2 } } }, 'bought anything fewer than 2 times (paid orders)'],
    [{ bought: { type: 'Coffee', topic: 'espresso' } }, 'bought anything of the type “Coffee” and tagged “espresso”'],
    [{ not: { spent: { atLeastMinor: 10_000, withinDays: 1 } } }, 'spent less than €100.00 in the last day'],
    [{ subscribed: false }, 'have no running subscription'],
    [{ not: { subscribed: false } }, 'have a running subscription'],
    [{ consent: { channel: 'email' } }, 'agreed to email'],
    [{ visited: { path: '/coffee' } }, 'visited pages under “/coffee”'],
    [{ did: { event: 'message_clicked', campaign: 'spring', beforeDays: 7 } }, 'did “message_clicked” (of the campaign “spring”, more than 7 days ago)'],
    [{ property: { name: 'city', in: ['Utrecht', 'Gent'] } }, 'are people whose “city” is one of “Utrecht”, “Gent”'],
    [{ not: { property: { name: 'city', exists: false } } }, 'are people whose “city” is known'],
    [{ reaches: { by: [{ edge: 'known-as', way: 'out' }, { edge: 'works-at', way: 'out' }], kind: 'organisation', id: 'acme' } }, 'lead to an organisation “acme” by → known-as → works-at'],
    [{ engagement: { atLeast: 5 } }, 'have an engagement of at least 5 points'],
    [{ rfm: { recency: { atLeast: 4 }, monetary: { atLeast: 5, atMost: 5 } } }, 'are buyers with recency at least 4 and monetary 5'],
    [{ all: [] }, 'are anybody'],
    [{ not: { all: [] } }, 'are nobody'],
    [{ all: [{ subscribed: true }, { any: [{ bought: {} }, { lifecycle: 'lead' }] }] }, 'have a running subscription and (bought anything or are at the stage “lead”)'],
    [{ not: { any: [{ subscribed: true }, { channel: 'ads' }] } }, 'have no running subscription and did not come by “ads”'],
  ])('%j', (rule, words) => expect(said(rule)).toBe(words)) // prettier-ignore

  it('writes amounts in the currency of the business', () => {
    const rule: SegmentRule = { spent: { atLeastMinor: 500 } }
    expect(ruleWords(rule, 'JPY')).toBe('spent at least JP¥500')
  })
})
