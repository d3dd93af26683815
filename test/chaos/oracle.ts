/** What people are like. Everybody is in one campaign only, so that nobody's fate hangs on another's. */
export type Habit = 'silent' | 'answers' | 'pays' | 'quits' | 'dead' | 'complains' | 'comes again' | 'has enough'

export const campaigns = ['letters', 'answers', 'shop', 'arms', 'guests', 'rounds'] as const
export type Campaign = (typeof campaigns)[number]

/** Who takes part in a campaign; of ten people, so many each. */
export const habitsOf: Readonly<Record<Campaign, readonly Habit[]>> = {
  letters: ['silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'dead', 'complains'],
  answers: ['answers', 'answers', 'answers', 'answers', 'answers', 'silent', 'silent', 'silent', 'silent', 'dead'],
  shop: ['pays', 'pays', 'pays', 'quits', 'quits', 'quits', 'silent', 'silent', 'silent', 'complains'],
  arms: ['silent'],
  guests: ['silent', 'comes again'],
  rounds: ['has enough'],
}

/** Who goes in rounds has enough when so many of its messages came. */
const enough = 2

/** What a person does when a message reaches them, the n-th (from 1) of its step. */
export function reactionTo(habit: Habit, step: string, nth: number): string | null {
  if (habit === 'answers' && step === 'hello') return 'answered'
  if (habit === 'pays' && step === 'hello') return 'paid'
  if (habit === 'quits' && step === 'nudge') return 'left the list'
  if (habit === 'has enough' && step === 'round' && nth === enough) return 'had enough'
  return null
}

/** How a message should stand in the end. `arrives`: taken once by the provider. */
export type Standing = 'arrives' | 'bounced' | 'complained' | 'suppressed'

/** One message of a person: its step, and the n-th time (from 1) that the step sends it. */
export const messageName = (step: string, nth: number): string => `${step} ${nth}`

/** `messages` by their names, and how each time in the campaign ended. */
export type Fate = { messages: Map<string, Standing>; ended: string[] }

/** What chance decided: whether a message came to them, whether nobody could tell, and the lot they drew. */
export type Observed = { reached: (name: string) => boolean; unknown: (name: string) => boolean; arm: string }

/** The journey of one person, told once more in plain words: no rules, no batches, no database, no clock. */
export function fateOf(campaign: Campaign, habit: Habit, { reached, unknown, arm }: Observed): Fate {
  const messages = new Map<string, Standing>()
  const gets = (step: string, nth = 1): boolean => {
    const name = messageName(step, nth)
    // Word of the first message ends them all, unless a killed process took that word with it.
    const before = [...messages.keys()].some((one) => (habit === 'dead' ? !unknown(one) : reached(one)))
    if (habit === 'dead') messages.set(name, before ? 'suppressed' : 'bounced')
    else if (habit === 'complains') messages.set(name, before ? 'suppressed' : 'complained')
    else messages.set(name, 'arrives')
    return reached(name)
  }
  const ends = (...ended: string[]): Fate => ({ messages, ended })

  if (campaign === 'letters') {
    for (const step of ['hello', 'more', 'bye']) gets(step)
    return ends('completed')
  }
  if (campaign === 'answers') {
    const answered = gets('hello') && habit === 'answers'
    gets(answered ? 'thanks' : 'again')
    return ends('left: done')
  }
  if (campaign === 'shop') {
    if (gets('hello') && habit === 'pays') return ends('goal reached')
    if (gets('nudge') && habit === 'quits') return ends('left: did “left the list”')
    gets('last')
    return ends('left: done')
  }
  if (campaign === 'arms') {
    gets(arm)
    gets('insiders')
    return ends('left: done')
  }
  if (campaign === 'rounds') {
    for (let [nth, came] = [1, 0]; came < enough && nth <= longestLoop; nth++) if (gets('round', nth)) came += 1
    gets('bye')
    return ends('left: done')
  }
  const times = habit === 'comes again' ? [1, 2] : [1]
  for (const nth of times) {
    gets('hello', nth)
    gets('tips', nth)
  }
  return ends(...times.map(() => 'left: done'))
}

/** A round that reached nobody is gone again: after so many the storm is over. */
const longestLoop = 12
