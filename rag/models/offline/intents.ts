import type { IdeaName } from '../../ideas.ts'

/** What a letter wants, and how the reader stands to the business. */
export type Intent = 'win-back' | 'event' | 'welcome' | 'subscribe' | 'replenish' | 'launch' | 'thanks' | 'feedback' | 'teach' | 'offer' // prettier-ignore
export type Relation = 'lapsed' | 'new' | 'first' | 'subscriber' | 'loyal' | null

/** Words that the leading idea asks for, beside those of the goal. */
export const ideaThemes: Partial<Record<IdeaName, string>> = {
  'story-first': 'grown farm family village grower harvest washed origin made hand roast began',
  'how-to': 'how use brew grind store keep water minute step start',
}

const goals: readonly [Intent, RegExp][] = [
  ['win-back', /\b(?:win|bring|welcome|invite|get|tempt|call)\b.{0,40}\bback\b|\blapsed|\bdormant|\binactive|\bre-?engage|\bre-?activat|\bcome back|\bmiss(?:ed)? (?:you|them)\b/i],
  ['event', /\bworkshops?\b|\bevenings?\b|\bevents?\b|\bclass(?:es)?\b|\bcourses?\b|\btastings?\b|\bwebinars?\b|\bopen day|\blessons?\b|\bseminars?\b/i],
  ['subscribe', /\bsubscri(?:be|bing|ption|ptions)\b|\bmemberships?\b|\bbecome (?:a )?member/i],
  ['feedback', /\bfeedback\b|\breviews?\b|\bsurvey\b|\bopinions?\b|\bwhat they think\b/i],
  ['replenish', /\bre-?order|\breplenish|\brunning (?:low|out)|\bstock up\b|\brefill|\btop up\b/i],
  ['launch', /\blaunch|\bintroduc|\bannounc|\bnew(?:ly)?\b(?! (?:customer|client|subscriber|member|reader|buyer))|\bjust arrived|\bfirst look/i],
  ['welcome', /\bwelcome\b|\bonboard|\bfirst (?:order|purchase|steps)\b|\bnew (?:customers?|clients?|subscribers?|members?)\b/i],
  ['thanks', /\bthank|\bappreciat|\bgratitude/i],
  ['teach', /\bteach|\blearn|\bexplain|\bguide\b|\btips?\b|\bhow to\b|\badvice\b|\bhelp\b.{0,40}\b(?:make|use|keep|understand)\b/i],
  ['event', /\binvit(?:e|ing|ation)\b/i],
] // prettier-ignore

/** The first intent whose words the goal has; an offer when none has. */
export const intentOf = (goal: string): Intent => goals.find(([, words]) => words.test(goal))?.[0] ?? 'offer'

const noSubscriber = /\b(?:non|not|never|no|without|yet to|former|ex|lapsed|cancelled)\b[\s-]+(?:\w+\s+){0,3}subscri/i

/** Words that an answer to the intent is made of, beside those of the goal: a subscription is explained by its terms. */
export const themes: Partial<Record<Intent, string>> = {
  subscribe: 'trial month pause skip cancel delivery included',
  event: 'learn beginners experience bring evening hours held',
  welcome: 'start begin',
  replenish: 'order before sent',
}

/** What a segment's own words say of its people; null when they say nothing that a letter could start from. */
export function relationOf(segment: string): Relation {
  if (/\bno orders? (?:yet|so far)|\bnever (?:bought|ordered|purchased)|\bnot (?:yet )?(?:ordered|bought|purchased) yet/i.test(segment)) return 'new' // prettier-ignore
  if (/\bone (?:order|purchase)\b|\b(?:bought|ordered|purchased) once\b/i.test(segment)) return 'first'
  if (/\blapsed|\bdormant|\binactive|\bno (?:orders?|purchases?)|\bnot (?:ordered|bought|purchased)|\bhave(?:n['’]t| not) (?:ordered|bought)|\bat risk\b|\bcancelled\b|\bformer\b|\bquiet\b|\bnot (?:in the last|since)\b/i.test(segment)) return 'lapsed' // prettier-ignore
  if (/\bnew (?:customers?|clients?|buyers?|subscribers?|members?)\b|\bfirst[- ](?:time|order|purchase)|\bjust joined/i.test(segment)) return 'new' // prettier-ignore
  if (/\bsubscribers?\b|\bmembers?\b/i.test(segment) && !noSubscriber.test(segment)) return 'subscriber'
  if (/\bloyal|\bregulars?\b|\bbest customers|\bvip\b|\bfrequent|\brepeat/i.test(segment)) return 'loyal'
  return null
}

/** Everything below is courtesy: it claims nothing, so it cites nothing. Several of each, so that one can be refused. */
const openers: Record<Intent | NonNullable<Relation>, readonly string[]> = {
  lapsed: [
    'It has been a while, and we would be glad to see you again.',
    'We hope that you have been well since we last heard from you.',
  ],
  new: ['Thank you for joining us; we are glad you are here.', 'Thank you for finding us, and welcome.'],
  first: ['Thank you for your first order; we hope that you enjoyed it.', 'Thank you for ordering from us.'],
  subscriber: ['Thank you for being a subscriber.', 'Thank you for staying with us.'],
  loyal: ['Thank you for coming back to us; it means a great deal.', 'Thank you for your loyalty.'],
  'win-back': [
    'It has been a while, and we would be glad to see you again.',
    'We hope that you have been well since we last heard from you.',
  ],
  event: ['We would love to have you with us.', 'Would you like to join us?'],
  welcome: ['Thank you for joining us; we are glad you are here.', 'Thank you for finding us, and welcome.'],
  subscribe: [
    'Have you ever wondered whether a subscription would suit you?',
    'We thought you might like to hear about our subscriptions.',
  ],
  replenish: ['Are you running low?', 'We hope that you have enjoyed your last order.'],
  launch: ['We would love to show you something.', 'May we show you something?'],
  thanks: ['Thank you for being our customer.', 'We wanted to say thank you.'],
  feedback: ['We would love to hear how you are getting on.', 'May we ask what you think?'],
  teach: ['We thought this might be of use to you.', 'We hope that this is of use to you.'],
  offer: ['We thought you might like to know about this.', 'May we show you something?'],
}

const listLeads: Record<Intent, readonly string[]> = {
  'win-back': ['Would you like to try something else this time?', 'Have a look at these:'],
  event: ['Join us for any of these:', 'Have a look at these:'],
  welcome: ['Would you like somewhere to start?', 'Have a look at these:'],
  subscribe: ['Which would suit you?', 'Have a look at these:'],
  replenish: ['Would you like the same again, or something else?', 'Have a look at these:'],
  launch: ['Have a look at these:', 'See for yourself:'],
  thanks: ['Have a look at these, if you like:', 'Have a look at these:'],
  feedback: ['Have you tried any of these?', 'Have a look at these:'],
  teach: ['Would you like to try it with one of these?', 'Have a look at these:'],
  offer: ['Have a look at these:', 'See for yourself:'],
}

const subjects: Record<Intent, readonly string[]> = {
  'win-back': ['How about $ and %?', 'How about $?', 'Shall we see you again?', 'How have you been?'],
  event: ['Join us for $ or %', 'Join us for $', 'Will you join us?'],
  welcome: ['?', 'Welcome: how about $ or %?', 'Welcome to @', 'Welcome, and thank you'],
  subscribe: ['Would a subscription suit you?', 'Would $ suit you?'],
  replenish: ['Time for $ again?', 'Are you running low?'],
  launch: ['Have you met $?', 'May we show you something?'],
  thanks: ['Thank you from @', 'Thank you'],
  feedback: ['How are you getting on?', 'May we ask what you think?'],
  teach: ['?', '#', 'May we share something useful?'],
  offer: ['$ and %', '?', '$, from @', 'How about $?'],
}

/** Lines for the idea that leads, before those of the intent. */
const titles: Record<IdeaName, readonly string[]> = {
  'offer-first': ['€', '$, from @'],
  'story-first': ['#', 'Have you met $?'],
  question: ['?', 'Would $ suit you?', 'Have you tried $?'],
  short: ['$', '#'],
  'how-to': ['?', '#', 'May we share something useful?'],
}

/** What pages and ads are called: they speak to everybody, so that nobody is thanked or missed. */
const headlines: Partial<Record<Intent, readonly string[]>> = {
  event: ['Join us for $ or %', 'Join us for $'],
  subscribe: ['Would a subscription suit you?', 'Would $ suit you?'],
  launch: ['Have you met $?'],
  feedback: ['How are you getting on?', 'May we ask what you think?'],
  teach: ['?', '#'],
  welcome: ['?', '#', 'Welcome to @'],
}

const questions: Partial<Record<Intent, readonly string[]>> = {
  event: ['Will you join us for $?', 'Will you join us?'],
  subscribe: ['Have you ever wondered whether a subscription would suit you?'],
  replenish: ['Are you running low?'],
  feedback: ['May we ask what you think?'],
}

/** The courtesies, best first. */
export const phrases = {
  greetings: ['Hello $,', 'Dear $,'],
  /** The relation to the reader opens a letter, unless that says nothing; then its intent does. */
  openers: (intent: Intent, relation: Relation): readonly string[] =>
    relation === null ? openers[intent] : [...openers[relation], ...openers[intent]],
  listLeads: (intent: Intent): readonly string[] => listLeads[intent],
  /**
   * `$` the first offer, `€` that with its price, `%` the second, `@` the business, `#` the title of the leading text, `?` alone
   * that title if it is a question.
   */
  subjects: (intent: Intent): readonly string[] => [...subjects[intent], 'A note from @', 'A letter from @'],
  titles: (idea: IdeaName): readonly string[] => titles[idea],
  headlines: (intent: Intent): readonly string[] => [
    ...(headlines[intent] ?? []),
    '$ and %',
    '?',
    '$',
    '#',
    'Have a look',
  ],
  questions: (intent: Intent): readonly string[] => [
    ...(questions[intent] ?? []),
    'Have you tried $?',
    'Would you like to know more?',
  ],
  dateLeads: ['Choose the day that suits you:', 'Which day would suit you?'],
  help: [
    'If you have a question, simply reply to this e-mail.',
    'Have you got a question? Simply reply to this e-mail.',
  ],
  closings: ['Warm wishes from all of us at @.', 'Kind regards from all of us at @.', 'With thanks from @.'],
  preheaders: ['A few words from @.', 'A letter from @.'],
  /** For what everybody reads. */
  invitations: ['Have a look at what there is.', 'Come and see for yourself.', 'See for yourself.'],
  /** For messages that are not letters. */
  introductions: ['Hello $, this is @.', 'Dear $, this is @.', 'Hello, this is @.'],
  answers: ['If you have a question, simply write back.', 'Have you got a question? Simply write back.'],
} as const
