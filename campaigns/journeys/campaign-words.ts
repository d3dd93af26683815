import { ruleWords } from '#graph/segments/rule-words.ts'
import { purposeOf, type CampaignDefinition } from '../definition.ts'
import { limitsInWords } from '../launch/draft-limits.ts'
import { endWords, entryWords, occasionWords, rolloutWords } from './words.ts'

/** One part of what a campaign says beside its steps. */
export type Part = { part: string; words: string }

/** Everything a campaign says beside its steps, part by part, as its author would say it. */
export function campaignWords(definition: CampaignDefinition, zone: string): Part[] {
  const { goal, audience, enter, reentry, goalReachedBy, exitOn = [], ends, holdout, rollout, sender } = definition
  return [
    { part: 'What it is for', words: goal },
    ...(purposeOf(definition) === 'transactional' ? [transactional] : []),
    { part: 'Whom it is for', words: `“${audience.segment}”: those who ${ruleWords(audience.rule)}` },
    { part: 'Who comes in', words: entryWords(enter, audience.segment) },
    { part: 'Coming in again', words: reentry ? `after ${reentry.afterDays} days, ${reentry.most} times in all` : 'never' }, // prettier-ignore
    { part: 'Its goal', words: goalReachedBy ? `${occasionWords(goalReachedBy)} within ${goalReachedBy.withinDays} days of coming in; who reaches it leaves` : 'none that is counted' }, // prettier-ignore
    { part: 'Who leaves from anywhere', words: exitOn.length === 0 ? 'nobody' : `whoever does ${exitOn.map(occasionWords).join(' or ')}` }, // prettier-ignore
    { part: 'When it is over', words: ends ? endWords(ends).join(', or ') : 'when everybody came to the end' },
    { part: 'Held out', words: holdout ? `${Number((holdout.share * 100).toFixed(2))} % of those who come in are sent nothing` : 'nobody' }, // prettier-ignore
    { part: 'How far at once', words: rollout ? rolloutWords(rollout) : 'to everybody at once' },
    ...(definition.ifUnknown === 'send-again' ? [sentAgain] : []),
    { part: 'When, and how much', words: limitsInWords(limitsOf(definition), zone).join('; ') },
    { part: 'Who it is from', words: `${sender.from.name} <${sender.from.address}>, ${sender.businessName}, ${sender.postalAddress}${sender.replyTo === null ? '' : `; answers go to ${sender.replyTo}`}` }, // prettier-ignore
  ]
}

/** Read by whoever approves: it is they who say that it is no marketing. */
const transactional: Part = {
  part: 'What kind it is',
  words:
    'transactional: it goes to people who never agreed to marketing, or unsubscribed from it, at any hour and before all marketing. Approve it only if each message answers what its reader did or ordered and offers nothing else',
}

const sentAgain: Part = {
  part: 'Where nobody knows whether a message arrived',
  words: 'it is sent again once, after an hour: its reader may have it twice',
}

const limitsOf = ({ limits, startAt }: CampaignDefinition) => ({
  limits,
  startAt: startAt === null ? null : new Date(startAt),
})
