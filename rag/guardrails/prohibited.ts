import { againstIllness } from './health.ts'
import { block, spanOf, warn, type Copy, type Rule, type Trouble } from './rule.ts'

type Claim = { pattern: RegExp; why: string; softer: 'block' | 'warn' }

/** What may not be promised. `softer`: the verdict where the cited evidence uses the very words. */
const claims: readonly Claim[] = [
  { pattern: /\b(?:cures?|cured|curing|heals?|healing|treats? (?:disease|illness|pain|anxiety|depression)|prevents? (?:disease|illness|cancer)|detox\w*|miracle|fat[- ]burning|lose weight|weight[- ]loss|anti[- ]?cancer|boosts? (?:your )?immun\w+|clinically proven|no side effects)\b/gi, why: 'A claim about health', softer: 'block' },
  { pattern: againstIllness, why: 'A claim that it heals or prevents an illness', softer: 'block' },
  { pattern: /\b(?:doctors?|physicians?|nurses|dieticians) (?:recommend|swear|agree|advise)\w*/gi, why: 'A recommendation by doctors', softer: 'block' },
  { pattern: /\bguarant(?:ee|ees|eed|eeing)\b/gi, why: 'A guarantee', softer: 'warn' },
  { pattern: /\b(?:risk[- ]?free|no risk|zero risk|nothing to lose|can['’]t (?:fail|go wrong)|no strings attached|no questions asked)\b/gi, why: 'A promise that nothing can go wrong', softer: 'warn' },
  { pattern: /(?:#\s?1\b|\bnumber one\b|\bno\.? ?1\b|\bworld['’]?s? (?:best|finest|first)\b|\b(?:the )?(?:very )?best\b(?! (?:wishes|regards|before|served|enjoyed|kept|of luck|drunk|with|if|when|suited))|\b(?:the )?(?:cheapest|finest|fastest|leading|unbeatable|unrivalled|unmatched|perfect)\b)/gi, why: 'A superlative nobody can prove', softer: 'warn' },
  { pattern: /\b(?:100 ?% (?:safe|pure|natural|effective|satisf\w+|eco\w*|sustainable|green)|(?:climate|carbon)[- ]?(?:neutral|positive)|eco[- ]?friendly|environmentally friendly|all[- ]natural|chemical[- ]free)\b/gi, why: 'An environmental or purity claim that needs proof', softer: 'warn' },
  { pattern: /\b(?:act now|last chance|hurry|while (?:stocks|supplies) last|only (?:today|a few left|\p{L}+ left)|ends (?:today|tonight|soon|at midnight)|don['’]t miss|limited[- ]time|final (?:hours|call)|selling fast|almost gone)\b/giu, why: 'Pressure to hurry', softer: 'warn' },
  { pattern: /\b(?:free(?! (?:to|of|from|time|day|hand))|for nothing|on (?:us|the house)|complimentary|discount\w*|on sale|special offer|bargain|reduced price|buy one|two[- ]for[- ]one|cash ?back|you(?:['’]ve| have) won|winner|prize)\b/gi, why: 'An offer', softer: 'block' },
] // prettier-ignore

/** An offer the shop makes, or a claim that law or decency forbids, or a word the brand does not use. */
export const prohibited: Rule = {
  name: 'prohibited',
  version: 2,
  what: 'No claim that may not be made, no offer without evidence, no word the brand forbids',
  why: 'Some promises are illegal, some cannot be kept, and some the brand does not make',
  check: ({ copies, context }) =>
    copies.flatMap((copy) => [
      ...claims.flatMap((claim) => made(copy, claim)),
      ...forbidden(copy, context.brand.forbidden),
    ]),
}

/** Whether a text makes such a claim, on whatever ground. */
export const makesClaim = (text: string): boolean => claims.some(({ pattern }) => text.search(pattern) >= 0)

function made(copy: Copy, claim: Claim): Trouble[] {
  return [...copy.text.matchAll(claim.pattern)].flatMap((match) => {
    const words = match[0].toLowerCase()
    const evident = copy.support.some((item) => item.text.toLowerCase().includes(words))
    const offer = claim.why === 'An offer'
    if (offer && evident) return []
    const verdict = evident && claim.softer === 'warn' ? warn : block
    const fix = offer ? 'Cite the fact of the offer, or leave it out' : 'Say what is so, without the claim'
    return [verdict(copy, spanOf(match), `${claim.why}: “${match[0]}”`, fix)]
  })
}

function forbidden(copy: Copy, words: readonly string[]): Trouble[] {
  return words.flatMap((word) => {
    const pattern = new RegExp(
      `(?<![\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`,
      'giu',
    )
    return [...copy.text.matchAll(pattern)].map((match) =>
      block(copy, spanOf(match), `The brand does not say “${word}”`, 'Say it in another way'),
    )
  })
}
