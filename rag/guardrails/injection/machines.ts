import { changeVerbs, deedVerbs, taskVerbs } from './verbs.ts'

/** Names that only a machine has. */
const machine = String.raw`(?:AI|A\.I\.|LLM|ChatGPT|GPT(?:-\d\w*)?|Claude|Gemini|Copilot|(?:large )?language[- ]models?|(?:chat|mail|web|ro)-?bots?|(?:AI|virtual|digital|automated|automatic|chat|e-?mail|mail|writing|marketing|copywriting|LLM) (?:assistant|agent|system|bot|model|writer|tool|grader|reviewer|note)s?|LLM \w+|LLMs)`

/** Names that a person or a thing may have too. */
const helper = String.raw`(?:assistant|agent|bot|model|automation|summari[sz]er|copywriter|crawler)s?`

/** What a machine does with a text that has come in. */
const busy = String.raw`(?:(?:(?:that|which|who) )?(?:read|process|handl|summari[sz]|generat|writ|draft|answer|pars|index|evaluat|grad|screen|compil|translat|rank|crawl)(?:e|s|es|ing)?)`

const bids = String.raw`(?:${taskVerbs}|${changeVerbs}|${deedVerbs}|please|always|never|do not|don['’]t|you (?:must|should|will|are)|in (?:every|each|all|your|the))\b`
const must = String.raw`(?:must|should|shall|(?:has|have|needs?) to|(?:is|are) to)\b(?! (?:not |never |always )?be \w+(?:ed|en)\b)`

/** Ways of speaking to a machine by its name, or of saying what machines that read this have to do. */
export const spokenTo: readonly RegExp[] = [
  new RegExp(String.raw`^\W*(?:(?:note|message|attention|notice|instructions?|hint|hey|hi|hello|dear|ok|okay|listen|to|for),?\s+)*(?:(?:to|for) )?(?:the |any |all |our )?(?:${machine}|${helper})(?: \w+ing [^:,.]{0,40})?\s*[:,–—-]\s*(?:\w+ ){0,2}?${bids}`, 'iu'),
  new RegExp(String.raw`\b${machine}(?: \w+)?(?:,? ${busy}[^.:]{0,50})?\s+${must}`, 'u'),
  new RegExp(String.raw`(?:^\W*|\b(?:any|every|each|all|the|whichever|whatever) )${helper},? ${busy}[^.:]{0,50}\s${must}`, 'iu'),
  new RegExp(String.raw`\b(?:let|have|make) (?:the|any|every|an?) (?:${helper}|${machine}) ${busy}\b|\bdear (?:${machine}|bot|assistant|model)\b`, 'iu'),
  new RegExp(String.raw`^\W*(?:whoever|whatever|anything|${helper}|${machine}) ${busy}\b[^.:,]{0,50}[:,]`, 'iu'),
  new RegExp(String.raw`\b(?:instructions?|notes?|messages?|notice|directives?|orders?) (?:for|to) (?:the |any |all |every )?(?:${machine}|(?:assistants|bots|agents|crawlers)\b)`, 'u'),
  new RegExp(String.raw`^\W*(?:${machine}|bots|agents|crawlers|(?:the|any|every) (?:evaluator|grader|classifier|summari[sz]er|chatbot)) ${must}`, 'iu'),
] // prettier-ignore
