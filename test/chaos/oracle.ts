/** What people are like. Everybody is in one campaign only, so that nobody's fate hangs on another's. */
export type Habit = 'silent' | 'answers' | 'pays' | 'quits' | 'dead' | 'complains'

export const campaigns = ['letters', 'answers', 'shop', 'arms', 'guests'] as const
export type Campaign = (typeof campaigns)[number]

/** Who takes part in a campaign; of ten people, so many each. */
export const habitsOf: Readonly<Record<Campaign, readonly Habit[]>> = {
  letters: ['silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'silent', 'dead', 'complains'],
  answers: ['answers', 'answers', 'answers', 'answers', 'answers', 'silent', 'silent', 'silent', 'silent', 'dead'],
  shop: ['pays', 'pays', 'pays', 'quits', 'quits', 'quits', 'silent', 'silent', 'silent', 'complains'],
  arms: ['silent'],
  guests: ['silent'],
}

/** What a person does when a message reaches them. */
export function reactionTo(campaign: Campaign, habit: Habit, step: string): string | null {
  if (campaign === 'answers' && habit === 'answers' && step === 'hello') return 'answered'
  if (campaign === 'shop' && habit === 'pays' && step === 'hello') return 'paid'
  if (campaign === 'shop' && habit === 'quits' && step === 'nudge') return 'left the list'
  return null
}

/** How a message should stand in the end. `arrives`: taken once by the provider. */
export type Standing = 'arrives' | 'bounced' | 'complained' | 'suppressed'
export type Fate = { messages: Map<string, Standing>; ended: string }

/** What chance decided: whether a message came to them, whether nobody could tell, and the lot they drew. */
export type Observed = { reached: (step: string) => boolean; unknown: (step: string) => boolean; arm: string }

/** The journey of one person, told once more in plain words: no rules, no batches, no database, no clock. */
export function fateOf(campaign: Campaign, habit: Habit, { reached, unknown, arm }: Observed): Fate {
  const messages = new Map<string, Standing>()
  const gets = (step: string): boolean => {
    // Word of the first message ends them all, unless a killed process took that word with it.
    const before = [...messages.keys()].some((one) => (habit === 'dead' ? !unknown(one) : reached(one)))
    if (habit === 'dead') messages.set(step, before ? 'suppressed' : 'bounced')
    else if (habit === 'complains') messages.set(step, before ? 'suppressed' : 'complained')
    else messages.set(step, 'arrives')
    return reached(step)
  }
  const ends = (ended: string): Fate => ({ messages, ended })

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
  gets('hello')
  gets('tips')
  return ends('left: done')
}
