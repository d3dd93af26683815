import { canonicalJson } from '#kernel/crypto.ts'
import { copiesOf, type CampaignDefinition } from '../definition.ts'
import type { Step } from '../definition/steps.ts'
import { campaignWords } from './campaign-words.ts'
import { stepWords, wayWords } from './words.ts'

/** What another version of a campaign changes, a sentence for each change; empty where it changes nothing. */
export function changesBetween(before: CampaignDefinition, after: CampaignDefinition, zone: string): string[] {
  const were = new Map(campaignWords(before, zone).map(({ part, words }) => [part, words]))
  const parts = campaignWords(after, zone)
    .filter(({ part, words }) => were.get(part) !== words)
    .map(({ part, words }) => `${part}: ${words} (it was: ${were.get(part)})`)
  const found = [...parts, ...stepChanges(before, after)]
  if (before.templateHash !== after.templateHash) found.push('Its mails are laid out another way')
  // Whatever has no words of its own must not pass for no change, beside others either.
  const untold = untoldParts(before, after, zone)
  const isOther = found.length === 0 && canonicalJson(before) !== canonicalJson(after)
  if (untold.length === 0 && !isOther) return found
  return [...found, `Something that is said only in its document${untold.length > 0 ? ` (${untold.join(', ')})` : ''}: read both`] // prettier-ignore
}

/** The parts of the document that differ and say nothing by which one would know. */
function untoldParts(before: CampaignDefinition, after: CampaignDefinition, zone: string): string[] {
  const told = canonicalJson(campaignWords(before, zone))
  const parts = Object.keys({ ...before, ...after }) as (keyof CampaignDefinition)[]
  return parts.filter((part) => {
    if (part === 'journey' || part === 'templateHash') return false
    if (canonicalJson(before[part] ?? null) === canonicalJson(after[part] ?? null)) return false
    return canonicalJson(campaignWords({ ...before, [part]: after[part] }, zone)) === told
  })
}

function stepChanges(before: CampaignDefinition, after: CampaignDefinition): string[] {
  const [were, are] = [keysOf(before), keysOf(after)]
  const [stayed, stay] = [were.filter((key) => are.includes(key)), are.filter((key) => were.includes(key))]
  return [
    ...before.journey.filter(({ key }) => !are.includes(key)).map((step) => `Step “${step.key}” is taken out: ${sentence(before, step)}`), // prettier-ignore
    ...after.journey.flatMap((step) => {
      const old = before.journey.find(({ key }) => key === step.key)
      return old ? stepChange([before, old], [after, step]) : [`Step “${step.key}” is new: ${sentence(after, step)}`]
    }),
    ...(stayed.join() === stay.join() ? [] : [`The steps come in another order: ${are.join(', ')}`]),
  ]
}

type Standing = readonly [CampaignDefinition, Step]

function stepChange([before, old]: Standing, [after, step]: Standing): string[] {
  const [was, is] = [sentence(before, old), sentence(after, step)]
  if (was !== is) return [`Step “${step.key}”: ${is} (it was: ${was})`]
  const contents = (definition: CampaignDefinition): string =>
    copiesOf(definition).filter(({ key }) => key === step.key).map(({ contentHash }) => contentHash).join() // prettier-ignore
  if (contents(before) !== contents(after)) return [`Step “${step.key}” says something else below its subject`]
  return canonicalJson(old) === canonicalJson(step) ? [] : [`Step “${step.key}” is set another way`]
}

const keysOf = ({ journey }: CampaignDefinition): string[] => journey.map(({ key }) => key)

function sentence({ journey }: CampaignDefinition, step: Step): string {
  const saysNext = 'next' in step && step.next !== undefined
  const ways = wayWords(journey, step).filter(({ when }) => when !== 'Then' || saysNext)
  const told = ways.map(({ when, to }) => `${when}: ${to ?? 'the end'}`)
  return [stepWords(step), ...told].join('. ')
}
