import { goodForBody } from './health.ts'
import { block, spanOf, warn, type Copy, type Country, type Rule, type Trouble } from './rule.ts'

/** A kind of claim that law restricts: where, on what ground, and whether evidence can carry it. */
type Claim = { in: readonly Country[]; pattern: RegExp; why: string; fix: string; withEvidence: 'block' | 'warn' }

const european: readonly Country[] = ['EU', 'NL', 'DE']
const all: readonly Country[] = ['EU', 'NL', 'DE', 'UK', 'US']

const claims: readonly Claim[] = [
  { in: [...european, 'UK'], withEvidence: 'warn', why: 'A health or nutrition claim on food: only those on the register may be made (Regulation (EC) 1924/2006)', fix: 'Use the registered wording, or describe the taste', pattern: /\b(?:low[- ](?:fat|sugar|calorie)|sugar[- ]free|fat[- ]free|high (?:in )?(?:fibre|fiber|protein)|rich in (?:vitamins?|antioxidants?|minerals?)|source of (?:vitamins?|fibre|fiber|protein|antioxidants?)|antioxidants?|superfoods?|probiotics?|good for (?:your )?(?:heart|health|skin|digestion|gut)|(?:supports?|boosts?|improves?|strengthens?) (?:your )?(?:immun\w+|digestion|metabolism|heart|concentration|focus|sleep|memory)|healthy|healthier|healthful|gesund\w*|gezond\w*|bekömmlich)\b/giu },
  { in: all, withEvidence: 'warn', why: 'A claim that it does the body good: only registered or scientifically proven ones may be made (Regulation (EC) 1924/2006; FTC Health Products Compliance Guidance)', fix: 'Use the registered wording, or describe the taste', pattern: goodForBody },
  { in: ['US'], withEvidence: 'warn', why: 'A health claim needs competent scientific evidence (FTC Health Products Compliance Guidance; 21 CFR 101)', fix: 'Cite the study, or describe the taste', pattern: /\b(?:(?:supports?|boosts?|improves?) (?:your )?(?:immun\w+|digestion|metabolism|heart|sleep|memory)|lowers? (?:your )?(?:cholesterol|blood pressure)|fda[- ]approved|doctor[- ]recommended|healthy|heart[- ]healthy)\b/giu },
  { in: [...european, 'UK'], withEvidence: 'warn', why: '“Organic” is protected: only certified products with the code of their control body (Regulation (EU) 2018/848)', fix: 'Cite the certificate, or leave it out', pattern: /\b(?:organic(?:ally)?|bio(?:logisch\w*)?|öko\w*|ökologisch\w*)\b/giu },
  { in: ['US'], withEvidence: 'warn', why: '“Organic” is protected: only products certified under the USDA’s programme (7 CFR 205)', fix: 'Cite the certificate, or leave it out', pattern: /\borganic(?:ally)?\b/giu },
  { in: all, withEvidence: 'warn', why: 'A general environmental claim needs recognised proof (Directive (EU) 2024/825; UK Green Claims Code; FTC Green Guides)', fix: 'Say exactly what is better, and cite the proof', pattern: /\b(?:sustainabl\w+|eco[- ]?friendly|environmentally friendly|green(?:er)? (?:product|choice|packaging|coffee shop)|climate[- ](?:neutral|positive|friendly)|carbon[- ](?:neutral|free|negative)|co2[- ]neutral|net[- ]zero|biodegradable|compostable|plastic[- ]free|zero[- ]waste|duurza\w+|klimaatneutra\w+|klimaneutral\w*|nachhaltig\w*|umweltfreundlich\w*)\b/giu },
  { in: all, withEvidence: 'block', why: 'A promise about money or credit: regulated advertising', fix: 'Leave it out, or have it checked by a lawyer', pattern: /\b(?:guaranteed (?:returns?|income|profits?|yield)|risk[- ]free (?:returns?|investment|profit)|get rich|passive income|double your money|interest[- ]free|0 ?% (?:apr|interest|finance|financing)|no credit checks?|instant (?:credit|loan|approval)|buy now,? pay later|investment opportunit\w+)\b/giu },
  { in: all, withEvidence: 'warn', why: 'A comparison with others must be provable (Directive 2006/114/EC; Lanham Act § 43(a))', fix: 'Cite the proof, or speak of your own product only', pattern: /\b(?:(?:better|cheaper|faster|fresher|stronger|healthier) than (?:any|all|every|other|the competition|competitors|the rest|anyone)|beats? the competition|lowest prices?|europe['’]?s? (?:best|leading|favou?rite)|award[- ]winning|market leader|leading brand)\b/giu },
  { in: ['DE'], withEvidence: 'warn', why: 'Advertising with what the law demands anyway misleads (UWG, annex no. 10)', fix: 'Leave it out', pattern: /\b(?:14[- ](?:day|tage?)[- ](?:right of )?(?:withdrawal|return|widerruf\w*|rückgabe\w*)|inkl\. ?mwst|vat included|original goods|legal warranty)\b/giu },
  { in: ['EU', 'NL', 'DE'], withEvidence: 'warn', why: 'With a reduction stands the lowest price of the last 30 days (Directive 98/6/EC, art. 6a)', fix: 'Add the lowest price of the last 30 days', pattern: /\b(?:was|now only|previously|instead of|statt|voorheen|van) [€]\s?\d+(?:[.,]\d+)?/giu },
  { in: ['NL'], withEvidence: 'block', why: 'Advertising for alcohol must not speak of health or performance, nor to minors (Reclamecode voor Alcoholhoudende dranken)', fix: 'Leave it out', pattern: /\b(?:wine|beer|gin|whisk(?:e)?y|liqueur|alcohol)\b[^.!?]{0,60}\b(?:healthy|relax\w*|perform\w*|confidence|success|students?|teenagers?)\b/giu },
  { in: ['UK'], withEvidence: 'warn', why: 'Time limits and “free” offers need their conditions beside them (CAP Code 3.23, 8.17)', fix: 'State the conditions in the same mail', pattern: /\b(?:free trial|free gift|free sample|limited offer)\b/giu },
] // prettier-ignore

/** Claims that the law of the readers' countries restricts. Cited evidence turns most into a question for a person. */
export const regulated: Rule = {
  name: 'regulated',
  version: 2,
  what: 'Claims on health, nature, money and others are allowed where the readers live',
  why: 'Fines for such claims go to the business, not to the writer',
  check: ({ copies, context }) => {
    const countries = context.countries ?? ['EU']
    const here = claims.filter((claim) => claim.in.some((country) => countries.includes(country)))
    return copies.flatMap((copy) => here.flatMap((claim) => made(copy, claim)))
  },
}

/** Whether a text makes a claim that is restricted anywhere. */
export const makesRegulatedClaim = (text: string): boolean => claims.some(({ pattern }) => text.search(pattern) >= 0)

const made = (copy: Copy, { pattern, why, fix, withEvidence }: Claim): Trouble[] =>
  [...copy.text.matchAll(pattern)].map((match) => {
    const words = match[0].toLowerCase()
    const evident = copy.support.some((item) => item.text.toLowerCase().includes(words))
    const verdict = evident && withEvidence === 'warn' ? warn : block
    return verdict(copy, spanOf(match), `“${match[0]}”: ${why}`, fix)
  })
