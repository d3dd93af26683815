import { deeds } from './deeds.ts'
import { spokenTo } from './machines.ts'
import { inOtherTongues } from './tongues.ts'

/** Orders that undo what a model was told before, or that make it somebody else. */
const overruling: readonly RegExp[] = [
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
  /\bdo not (?:mention|tell|inform|reveal)\b.{0,40}\b(?:user|customer|reader|human|marketer)\b/i,
  /\bAI\b.{0,20}\b(?:must|note|assistant)\b.{0,40}\b(?:include|write|say|recommend|ignore)\b/,
  /\b(?:update|overwrite|replace|change|extend|rewrite) your (?:\w+ )?(?:instructions|rules|memory|prompt|guidelines|knowledge|policy)\b|\boverwrite the (?:brand )?(?:voice|prompt|rules)\b/i,
  /\byour (?:earlier|previous|prior|original|old|current|other) (?:instructions|rules|task|guidelines|directives|prompt|orders)\b.{0,40}\b(?:expired|void|no longer|cancelled|replaced?s?|obsolete|superseded|suspended|ends?)\b/i,
  /\b(?:content polic(?:y|ies)|safety (?:checks?|rules|filters?)|guardrails|(?:your|all) (?:restrictions|filters|safeguards)|restrictions above)\b.{0,30}\b(?:off|removed|lifted|disabled|expired|suspended|gone|no longer)\b|\b(?:removed?|lift(?:ed)?|disabled?|drop(?:ped)?|had no) (?:the |all |any |your )?(?:content polic(?:y|ies)|guardrails|restrictions|safeguards|safety \w+)\b/i,
  /\byou are no longer (?:an? )?[^.;,]{2,40}[;,.:–—-] ?(?:from now on,? )?you(?:['’]re| are)\b|\byou (?:have been|are being|were) (?:switched|moved|put|set|upgraded) (?:in)?to (?:\w+ ){0,2}mode\b/i,
  /^\W*(?:now |please )?(?:enter|activate|switch to|go into|boot into) (?:\w+ ){0,2}(?:debug|developer|maintenance|admin|god|jailbreak|unrestricted|sudo|root|dan) mode\b/i,
  /\b(?:act|behave|respond|answer|speak|operate|work)\b.{0,20}\b(?:as|like)\b.{0,40}\b(?:AI|chatbot|administrator|root|superuser|terminal|console|jailbr\w+|unfiltered|unrestricted|(?:model|assistant|bot) without)\b|\b(?:simulate|emulate|imagine|pretend|suppose)\b.{0,30}\b(?:console|terminal|shell|no (?:guardrails|rules|limits|filters|restrictions))\b/i,
  /\byour (?:new |only )?(?:persona|role|character|identity|alter ego) (?:is|will be)\b/i,
  /\b(?:save|store|write|add|commit|remember|keep|learn)\b.{0,30}\b(?:(?:to|in) (?:your )?(?:long-term )?memory|for (?:all )?later sessions|permanently|forever|as (?:a|an established) fact)\b|\badd .{0,60} to your list of\b/i,
  /\b(?:in|for|during) (?:all|each|every|any) (?:future|later|upcoming|following|subsequent|other) (?:conversations?|sessions?|tasks?|answers?|drafts?|repl(?:y|ies)|responses?|summar(?:y|ies)|outputs?)\b/i,
  /\b(?:from now on|henceforth|from today on|from this point(?: on)?|as of now|make it a (?:standing )?rule)\b.{0,60}(?:\b(?:forward|send|copy|bcc)\b.{0,60}\S@\S|\b(?:answers?|repl(?:y|ies)|responses?|outputs?|drafts?|summar(?:y|ies))\b|\b(?:act|behave|answer|respond|reply|speak|write) )/i,
  /^\W*(?:[[(<#=*-]\W*)(?:SYSTEM|ADMIN|DEVELOPER|ROOT|OPERATOR)\b(?: \w+)?\W*(?:[\])>#=*:-]|$)|\[+(?:system|admin|developer|root|operator) (?:override|update|message|note|prompt|instructions?|command)\b|\b(?:BEGIN|END) (?:\w+ )?(?:INSTRUCTIONS|SYSTEM|PROMPT)\b/u,
  /^\W*(?:\[admin override\]|(?:-{2,}|={3,}|#{2,}|\*{3,})\s*(?:end|begin|start) of (?:the )?(?:e-?mail|context|document|prompt|input|data|text|user \w+))/i,
  /\b(?:[Nn]ew|[Rr]eal|[Aa]ctual|[Tt]rue) (?:task|objective|goal|job)\s*[:;]|^(?:[Pp]rompt|PROMPT)\s*:\s*\p{Ll}|\bdo the (?:real|actual) task\b|^(?:assistant|AI)\s*:\s*\p{Ll}|\b(?:Human|User)\s*:.*\bAssistant\s*:|\bAssistant\s*:.*\b(?:Human|User)\s*:/u,
  /\bmake it a standing rule\b|\b(?:pretend|act|behave|answer|proceed)\b.{0,60}\b(?:never existed|(?:did|does) not exist)\b|\byour (?:reply|answer|response|output|summary) (?:must|has to|is to|should) (?:consist|contain|include|start|begin|end|be (?:in|only|nothing))\b|\b(?:respond|reply|answer) with .{1,20} to (?:every|all|any) /i,
  /^\W*(?:output|response|reply|answer) (?:format|language)\s*:|\b(?:only|just) (?:output|return|print|respond|reply)(?: with)? (?:the (?:word|text|phrase|number|letter)|yes|no)\b|\b(?:treat|regard|take|read) this (?:message|mail|text|note) as (?:coming )?from (?:your|the) (?:operator|developer|owner|admin\w*|system)\b/i,
]

/** Every kind of order, those against a model itself first. */
const orders: readonly RegExp[] = [...overruling, ...spokenTo, ...deeds, ...inOtherTongues]

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
