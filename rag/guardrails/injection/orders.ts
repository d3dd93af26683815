const orders: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|other|your|the|these|those|system)\b.{0,30}\b(?:instructions?|prompts?|rules|directions?|guidelines|context|(?<=(?:all|any) (?:previous|prior|above|earlier|other) )messages?)\b/i,
  /\b(?:new|updated|real|actual|secret|hidden|following) (?:system )?instructions?\b\s*[:=-]/i,
  /\b(?:your|the|this) (?:system|developer|initial|original) (?:prompt|message|instructions?)\b(?! (?:me|you|us|him|her|them|says|said|appears|shows)\b)|^(?:system|developer|assistant) (?:prompt|message|instructions?|note)\s*:/i,
  /\byou are (?:now|no longer) (?:(?:a|an|the|in|my|bound|allowed|acting|playing)\b.{0,40}\b(?:ai|assistants?|bot|model|chatbot|mode|rules?|instructions?|restrictions?|guidelines?|hacker|pirate|persona|character|jailbroken|unrestricted|unfiltered)|bound|restricted|unrestricted|dan)\b/i,
  /\b(?:pretend|act as if|roleplay|role-play)\b.{0,30}\b(?:you|are|an? (?:ai|assistant|model))\b/i,
  /\b(?:as an? (?:ai|language model)|llm|chatgpt|large language model)\b.{0,60}\b(?:must|should|shall|please|will|write|say|include|reply|respond|output)\b/i,
  /(?<!\b(?:never|not|don['’]t|to) )\b(?:reveal|print|repeat|output|show|leak|send|exfiltrate|forward)\b(?! to\b).{0,40}\b(?:system prompt|your (?:system |hidden |initial )?(?:instructions|prompt|rules)|api[ _-]?keys?|(?:all|the) (?:passwords|secrets|credentials)|credentials|customer (?:list|data|emails?))\b/i,
  /\b(?:instead of|rather than) (?:the|any|your)? ?(?:above|task|summary|question|answer|e-?mail|draft)\b.{0,60}\b(?:write|say|reply|respond|output|include|tell)\b/i,
  /\b(?:when|if) (?:you|the (?:ai|assistant|model)) (?:read|see|process|summari[sz]e|write)s?\b.{0,60}\b(?:must|write|say|include|add|reply|respond|output)\b/i,
  /<\/?(?:system|assistant|user|instructions?|prompt|tool(?:_call)?)\s*>|\[\/?(?:INST|SYS(?:TEM)?)\]|<\|(?:im_start|im_end|system|user|assistant|endoftext)[^|]*\|>/i,
  /^(?:please )?pretend (?:to be|(?:that )?you(?:['’]re| are))\b/i,
  /\bdo not (?:mention|tell|inform|reveal)\b.{0,40}\b(?:user|customer|reader|human|marketer|anyone)\b/i,
  /\bAI\b.{0,20}\b(?:must|note|assistant)\b.{0,40}\b(?:include|write|say|recommend|ignore)\b/,
]

/** Somebody asks about such words: “What does ‘ignore all previous rules’ mean?”, “Can I ignore …?” */
const asksAbout =
  /^["“'(]*(?:what|how|why|when|where|which|who|is|are|does|do|did|has|should|may|can (?!you\b)|could (?!you\b)|would (?!you\b))[^.!]*\?["”')]*$/i

/**
 * The words of a text that give an order to a model, or null. Words alone are none ("ignore", "prompt", "system"): only
 * a sentence that bids.
 */
export function orderIn(text: string): string | null {
  const plain = text.replace(/\s+/g, ' ').trim()
  if (asksAbout.test(plain)) return null
  for (const order of orders) {
    const found = order.exec(plain)?.[0]
    if (found !== undefined) return found
  }
  return null
}

const ofAnswers =
  /\b(?:add|include|insert|integrate|incorporate|embed|append|mention|modify|alter|augment|enhance|rewrite|replace|convert|encode|translate|reverse|scramble|provide|use|end|begin|start|finish|render|suggest|recommend|promote|state|claim|say|tease|remove|group)\b[^.?!]{0,120}\b(?:to|in|into|of|with|from|at the end of) (?:your|the) (?:\w+ )?(?:answer|response|reply|output|summary)\b|\bin your (?:answer|response|reply|output)\b,? (?:\w+ly )?\b(?:add|include|mention|suggest|recommend|say|tell|use|tease|promote|claim|state)\b/i

/** The words of a text that say what a model's answer should hold or look like, or null. */
export const answersTo = (text: string): string | null =>
  asksAbout.test(text.trim()) ? null : (ofAnswers.exec(text)?.[0] ?? null)
