import { describe, expect, it } from 'vitest'
import { claimOf } from '#rag/guardrails/cited.ts'
import { intentOf, phrases, relationOf, type Intent, type Relation } from '#rag/models/offline/intents.ts'
import { paragraphsOf, sentencesOf } from '#rag/models/offline/sentences.ts'
import { chunk, fact } from './offline-samples.ts'

describe('courtesies', () => {
  it('claim nothing that the guardrails would ask evidence for', () => {
    const intents: Intent[] = ['win-back', 'event', 'welcome', 'subscribe', 'replenish', 'launch', 'thanks', 'feedback', 'teach', 'offer'] // prettier-ignore
    const relations: Relation[] = ['lapsed', 'new', 'first', 'subscriber', 'loyal', null]
    const open = intents.flatMap((intent) => [
      ...relations.flatMap((relation) => phrases.openers(intent, relation)),
      ...phrases.listLeads(intent),
      ...phrases.subjects(intent).filter((text) => !/[$%#]/.test(text)),
    ])
    const all = [...open, ...phrases.dateLeads, ...phrases.help, ...phrases.closings, ...phrases.preheaders]
    for (const text of new Set(all.map((one) => one.replaceAll('@', 'Spoke & Wheel')))) {
      expect(claimOf({ text, kind: 'sentence' }, 'Spoke & Wheel'), text).toBeNull()
    }
  })

  it.each<[string, Intent]>([
    ['Bring back riders who left us', 'win-back'],
    ['Invite people to our spring course', 'event'],
    ['Welcome new customers', 'welcome'],
    ['Get regulars to subscribe', 'subscribe'],
    ['Remind people to reorder oil', 'replenish'],
    ['Introduce the new lamp', 'launch'],
    ['Help riders choose a tyre', 'offer'],
    ['Help riders keep a chain clean', 'teach'],
    ['Sell more bells', 'offer'],
  ])('reads "%s" as %s', (goal, intent) => {
    expect(intentOf(goal)).toBe(intent)
  })

  it('reads how a segment stands to the business, and does not guess', () => {
    const read = ['Lapsed riders', 'New customers', 'Plan subscribers', 'Never subscribed', 'Buyers of oil'].map(relationOf) // prettier-ignore
    expect(read).toEqual(['lapsed', 'new', 'subscriber', null, null])
    const told = ['Gone quiet. Not in the last 90 days', 'Left an address, no order yet', 'Bought once'].map(relationOf)
    expect(told).toEqual(['lapsed', 'new', 'first'])
  })
})

describe('sentences of a source', () => {
  it('are whole, and cut free of what surrounds them', () => {
    const text =
      '# Head\n\n*Published 3 March*\n\nTyres *wear* at the [back](x) first. See below for more of it.\n- Check them every month.\n'
    expect(paragraphsOf(text)).toEqual([
      'Tyres wear at the back first. See below for more of it.',
      'Check them every month.',
    ])
    expect(sentencesOf([chunk('C1', 'Tyres', text)]).map((one) => one.text)).toEqual(['Tyres wear at the back first.', 'Check them every month.']) // prettier-ignore
  })

  it('may state a price or a day only when a fact does, and then cite both', () => {
    const page = chunk('C1', 'Bell', 'The Brass Bell costs €12.00 in our shop. The Steel Bell costs €8.00 in our shop.')
    const price = fact('F1', 'Brass Bell costs €12.00.')
    expect(sentencesOf([page, price], [page]).map(({ text, cites }) => [text, cites])).toEqual([
      ['The Brass Bell costs €12.00 in our shop.', ['C1', 'F1']],
    ])
  })
})
