import { block, spanOf, type Rule } from './rule.ts'

const attribute = String.raw`(?:pregnan\w+|expecting(?: a baby)?|infertil\w+|menopaus\w+|diabet\w+|cancer|depress\w+|anxiety|adhd|autis\w+|dementia|hiv|illness|disease|disab\w+|diagnos\w+|condition|overweight|obes\w+|weight problem|drinking problem|addict\w+|in debt|debts?|bankrupt\w*|overdrawn|poor credit|low income|unemploy\w+|divorc\w+|widow\w*|grie\w+|muslims?|christians?|jew(?:ish|s)?|hindus?|buddhists?|catholics?|atheists?|religion|faith|gay|lesbian|bisexual|transgender|queer|sexual orientation|immigrants?|refugees?|ethnic\w*|criminal record|union member\w*|conservatives?|liberals?|socialists?|republicans?|democrats?)`

/** What befalls people: they need not be told that it was noticed. */
const trouble = String.raw`(?:money (?:is|was|has been|may be) (?:tight|short|scarce)|short of (?:cash|money)|strugg\w+ (?:to pay|to afford|with (?:money|bills|debts?|rent))|(?:can(?:no|['’])t|cannot|could not|couldn['’]t) (?:really )?afford|behind (?:with|on) (?:your )?(?:rent|bills|payments)|(?:wages?|salary|pay|income|hours) (?:was|were|has been|have been|is|got) (?:cut|reduced|stopped)|(?:lost|losing) (?:your|a) (?:job|home|baby|child|mother|father|partner|husband|wife)|out of work|laid off|made redundant|(?:been|are|were|fell|feel) (?:ill|sick|unwell)|in (?:therapy|hospital|rehab|mourning)|(?:broke up|split up|separated) (?:with|from)|(?:vote|voted) (?:\p{Lu}|for)|miscarriage|funeral|high blood pressure|passed away|(?:mother|father|husband|wife|partner|son|daughter|child)['’]?s? (?:death|illness|passing))`

/** Ways of telling a reader what was concluded about them. */
const inferences: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:since|because|now that|as|if|given that|we (?:know|noticed|see|saw|heard)(?: that)?|we understand) (?:you|your \w+)(?:['’](?:re|ve)| are| have| has| is| might be| may be)?(?: \w+){0,3} ${attribute}\b`, 'giu'),
  new RegExp(String.raw`\b(?:since|because|now that|as|after|if|we (?:know|noticed|notice|see|saw|heard|understand)|you(?:r|['’]re)?)\b[^.!?;]{0,40}\b${trouble}`, 'giu'),
  new RegExp(String.raw`\b${trouble}\b[^.!]{0,30}\?`, 'giu'),
  new RegExp(String.raw`\b(?:you|people like you)(?:['’]re| are| must be| seem| might be| may be)(?: \w+){0,2} ${attribute}\b`, 'giu'),
  new RegExp(String.raw`\byour (?:\w+ )?${attribute}\b`, 'giu'),
  new RegExp(String.raw`\b(?:as|for|fellow) (?:an? |our )?(?:\w+ )?(?:muslims?|christians?|jew(?:ish|s)?|gay|lesbian|hindus?|catholics?|diabetics?|mum-to-be|mother-to-be|cancer patient|person of faith|debtor|single mother)\b(?: \w+)?(?: like you)?`, 'giu'),
] // prettier-ignore

/** No reader is told, or made to feel, that something private was concluded about them (GDPR art. 9; finances, grief too). */
export const sensitive: Rule = {
  name: 'sensitive',
  version: 2,
  what: 'Nothing is concluded of a reader’s health, faith, origin, love, politics or debts',
  why: 'Such conclusions hurt, and processing them is forbidden without express consent',
  check: ({ copies }) =>
    copies.flatMap((copy) =>
      inferences.flatMap((pattern) =>
        [...copy.text.matchAll(pattern)].map((match) =>
          block(
            copy,
            spanOf(match),
            `This tells a reader something private: “${match[0]}”`,
            'Speak of the product, not of the reader',
          ),
        ),
      ),
    ),
}
