import { block, type Rule } from './rule.ts'

/** Signs that are seen by no reader: zero width, directional marks, tags, soft hyphen. */
const hidden = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

const orders: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|other|your|the|these|those|system)\b.{0,30}\b(?:instructions?|prompts?|rules|directions?|guidelines|context|messages?)\b/i,
  /\b(?:new|updated|real|actual|secret|hidden|following) (?:system )?instructions?\b\s*[:=-]/i,
  /\b(?:system|developer|assistant) (?:prompt|message|instructions?)\b/i,
  /\byou are (?:now|no longer) (?:a|an|the|in|my|bound|allowed)\b/i,
  /\b(?:pretend|act as if|roleplay|role-play)\b.{0,30}\b(?:you|are|an? (?:ai|assistant|model))\b/i,
  /\b(?:as an? (?:ai|language model)|llm|chatgpt|large language model)\b.{0,60}\b(?:must|should|shall|please|will|write|say|include|reply|respond|output)\b/i,
  /\b(?:reveal|print|repeat|output|show|leak|send|exfiltrate|forward)\b.{0,40}\b(?:system prompt|your (?:instructions|prompt|rules)|api[ _-]?keys?|password|secrets?|credentials|customer (?:list|data|emails?))\b/i,
  /\b(?:instead of|rather than) (?:the|any|your)? ?(?:above|task|summary|question|answer|e-?mail|draft)\b.{0,60}\b(?:write|say|reply|respond|output|include|tell)\b/i,
  /\b(?:when|if) (?:you|the (?:ai|assistant|model)) (?:read|see|process|summari[sz]e|write)s?\b.{0,60}\b(?:must|write|say|include|add|reply|respond|output)\b/i,
  /<\/?(?:system|assistant|user|instructions?|prompt|tool(?:_call)?)\s*>|\[\/?(?:INST|SYS(?:TEM)?)\]|<\|(?:im_start|im_end|system|user|assistant|endoftext)[^|]*\|>/i,
  /\bdo not (?:mention|tell|inform|reveal)\b.{0,40}\b(?:user|customer|reader|human|marketer|anyone)\b/i,
  /\bAI\b.{0,20}\b(?:must|note|assistant)\b.{0,40}\b(?:include|write|say|recommend|ignore)\b/,
]

/** A text as an attacker meant it to be read: compatibility forms folded, hidden signs gone, spaces made one. */
export const readAsMeant = (text: string): string => text.normalize('NFKC').replace(hidden, '').replace(/\s+/g, ' ')

/**
 * Why a text of the corpus must not reach a model: it speaks to the model, openly or in base64. Null when it does not.
 * Words alone do not taint ("ignore", "prompt", "system"): only a sentence that gives an order.
 */
export function taint(text: string): string | null {
  const plain = readAsMeant(text)
  const found = [plain, ...decoded(plain)].flatMap((each) => orders.flatMap((order) => order.exec(each)?.[0] ?? []))
  return found[0] ?? null
}

/** What base64 runs of a text say, where they are text. */
function decoded(text: string): string[] {
  return (text.match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? [])
    .map((run) => Buffer.from(run, 'base64').toString('utf8'))
    .filter((plain) => /^[\p{L}\p{N}\p{P}\s]+$/u.test(plain))
    .map(readAsMeant)
}

/** Nothing the copy cites speaks to a model, and the copy hides nothing from its reader. */
export const injection: Rule = {
  name: 'injection',
  version: 1,
  about: 'No instructions to a model in the evidence or the copy, no hidden signs',
  check: ({ copies }) =>
    copies.flatMap((copy) => {
      const secret = hidden.exec(copy.raw)
      hidden.lastIndex = 0
      const order = taint(copy.raw)
      const evidence = copy.kind === 'heading' || copy.kind === 'label' ? [] : copy.support
      const tainted = evidence.flatMap((item) => taint(item.text) ?? [])
      return [
        ...(secret
          ? [
              block(
                copy,
                { start: secret.index, end: secret.index + secret[0].length },
                'A sign that no reader sees',
                'Remove it',
              ),
            ]
          : []),
        ...(order === null ? [] : [block(copy, null, `This speaks to a model: “${order}”`, 'Rewrite the sentence')]),
        ...tainted.map((words) =>
          block(copy, null, `Its evidence speaks to a model: “${words}”`, 'Cite something else and clean the source'),
        ),
      ]
    }),
}
