import { changeVerbs, deedVerbs, taskVerbs } from './verbs.ts'

/** Where a sentence bids: at its start, after a name or a courtesy, or after “then” and “and”. */
const bid = (verbs: string): string =>
  String.raw`(?:^|[,:;–—]|\b(?:and|then|please|now|must|should|shall|always|simply|just)) ?["'“‘(\s]*(?:please |then |also |always |never |do not |don['’]t )?(?:${verbs})\b`
const any = `${taskVerbs}|${changeVerbs}|${deedVerbs}`

const away = String.raw`(?:\S+@\S+\.\S|https?:\/\/|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|net|org|io|info|example|xyz|ru|cn|co|site|online)\b|\bwebhook\b|\blink (?:below|underneath)\b)`
const held = String.raw`(?:\B\.env|\b(?:(?:customer|client|subscriber|contact|member|recipient|mailing|user|address)(?:['’]?s)?['’]? (?:lists?|data(?:base)?|records?|exports?|e-?mails?|names|details)|lists? of (?:\w+ ){0,2}(?:customers|clients|subscribers|contacts|members|users|recipients)|(?:all|our|every|the)(?: \w+){0,2} (?:contacts|customers|clients|subscribers|address(?:es)?|recipients|passwords|credentials|secrets)|CRM|salar(?:y|ies)|payroll|mailbox|inbox|(?:purchase|chat|order|message) history|conversation|database|passwords?|credentials|(?:OAuth|access|auth|session|API)[ -]?(?:tokens?|keys?)|api[_-]?keys?|(?:verification|security) codes?|names and (?:phone )?(?:numbers|addresses)|a copy|every(?: incoming)? (?:mail|message)|all (?:incoming )?(?:mails?|messages?|files)))\b`
const sends =
  'send|forward|e-?mail|mail|post|upload|copy|bcc|transmit|export|share|attach|append|hand over|paste|submit|leak|collect|gather|fetch|deliver|push|sync|put|add|reveal|give'
const audience = String.raw`(?:(?:the|every|any|all|each|our|your) )?(?:\w+ )?(?:customers?|users?|readers?|recipients?|subscribers?|person|people|everybody|everyone|members?|clients?)\b`
const bait = String.raw`(?:https?:|\b[a-z\d-]+\.[a-z\d-]+\.[a-z]{2,}|\S@\S|\b(?:PIN|passwords?|bank details|bank account|card (?:number|details)?|codes?|transfer|fee|voucher|gift ?card|verify|confirm (?:her|his|their)|account (?:is|was|will)|install|euros?|dollars?)\b|[$€£])`

/** Orders that only a machine with tools, or one that writes for others, can be meant by. */
export const deeds: readonly RegExp[] = [
  // What is held here goes elsewhere.
  new RegExp(String.raw`${bid(sends)}.{0,60}${held}.{0,80}${away}`, 'iu'),
  new RegExp(String.raw`${bid(sends)}.{0,40}${away}.{0,60}${held}`, 'iu'),
  /\b(?:look|search|go) through (?:the |my |all |your )?(?:other |rest of the )?(?:mails|messages|inbox|mailbox|history)\b.{0,60}\b(?:codes?|passwords?|send|include|report)\b/iu,
  new RegExp(String.raw`${bid('fetch|read|open|print|dump|cat|show|paste')}.{0,40}(?:\B\.env\b|\benvironment variables\b|\b(?:admin|root) passwords?\b|\/etc\/\w+)`, 'iu'),
  // A tool is to run.
  new RegExp(String.raw`${bid('call|invoke|run|execute|use|trigger|fire|launch|query')}.{0,60}(?:\b[a-z]+_[a-z_]+\b|\w\(\w*\s?=|=\s?true\b|\bSELECT\b.{0,60}\bFROM\b|\b(?:GET|POST|PUT|DELETE|PATCH) \/)`, 'iu'),
  /(?:["'{\s]|^)(?:tool|tool_call|function_call|tool_name|function|action)["']?\s*[:=]\s*["']?[a-z]+_[a-z_]+|\b(?:tool|function)_calls?\b|^action(?: input)?\s*:\s*(?:\{|[a-z]+_)|\b[a-z]+_[a-z_]+\(\w+\s?=|\bcurl\b[^|]*\|\s*(?:ba)?sh\b/iu,
  new RegExp(String.raw`${bid('call|invoke|run|execute|use|trigger')} (?:your|the) (?:\w+ )?(?:tools?|functions?|plugins?|workflow|shell|interpreter|terminal)\b.{0,40}(?:["“‘':{]|\bto (?:open|send|find|read|delete|fetch|get|visit|search|run)\b|\band (?:follow|print|send|report)\b)`, 'iu'),
  /\b(?:execute|run|evaluate) the following (?:commands?|code|script|quer(?:y|ies)|function|instructions?)\b/iu,
  // Nobody is to look, or to know.
  new RegExp(String.raw`${bid(`${any}|skip|bypass|proceed|do|disable`)}.{0,60}\bwithout (?:any |further |prior )?(?:human |manual )?(?:review|approval|confirmation|consent|asking (?:anyone|anybody|for|the|me))\b`, 'iu'),
  new RegExp(String.raw`${bid('skip|bypass|disable|circumvent|switch off|turn off')} (?:the |all |any |your )?(?:\w+ )?(?:approvals?|reviews?|verification|confirmation|guardrails?|moderation|(?:safety|budget|content) \w+|checks?)\b`, 'iu'),
  /\b(?:keep|leave|hide|omit) (?:this|these) (?:\w+ )?(?:lines?|notes?|instructions?|paragraphs?|requests?|steps?|text)\b.{0,20}\b(?:secret|hidden|out|from|to yourself)\b/iu,
  /\b(?:do not|don['’]t|never|without) (?:disclos|mention|reveal|repeat|quot|show|report)(?:e|ing)? (?:this|these|that you read|the (?:above|following|present)) ?(?:lines?|notes?|instructions?|paragraph|requests?|this)?\b(?=.{0,20}(?:[;,.]|$)).{0,40}\b(?:simply|just|but|apply|follow|carry|act|obey|them|instructions?)\b/iu,
  /\bthe (?:user|marketer|human|operator|owner|reviewer) (?:does not|doesn['’]t|need not|must not|should not|may not|will not|won['’]t|is not to) (?:(?:need|have) to )?(?:know|see|notice|learn|find out|be told)\b/iu,
  /\bnever tell the \w+ that you\b|\bas if (?:this|these) (?:notes?|lines?|text|instructions?) (?:were|was|did) not\b|\b(?:do|follow|apply|execute) (?:\w+ ){0,3}silently\b/iu,
  /\b(?:suppress|hide|conceal|leave out|omit|drop) (?:every|all|any|the) (?:\w+ )?(?:complaints?|warnings?|criticism|objections?|negative \w+|bad reviews?)\b/iu,
  // A verdict is given beforehand.
  /\b(?:rate|score|grade|mark|classify|label|rank|regard|treat|consider|flag|evaluate)\b (?:this|these|all|every|any|the (?:following|above|sender|user|author))\b.{0,50}(?:\bas\b(?! (?:(?:strictly |highly )?(?:confidential|private|urgent|final)|an?\b|soon|well|follows|our|part))|\b\d+ out of\b|\bregardless\b|\bfull marks\b|\bhighest\b)/iu,
  /\b(?:when(?:ever)?|if|while|once) (?:you (?:compare|rank|rate|grade|evaluate|summari[sz]e|translate|describe|paraphrase|draft|generate|are asked (?:about|for|to))|(?:summari[sz]|compar|rank|translat|describ|answer|draft|paraphras)(?:ing|ed))\b[^.]{0,60},.{0,20}\b(?:always|never|say|claim|state|put|mention|describe|call|recommend|prefer|place|write|include|insert|link|add|conclude)\b|\bsummari[sz]e (?:this|these|the) .{0,30}\bas\b/iu,
  /\bin your (?:ranking|comparison|review|evaluation|assessment|list)\b.{0,40}\b(?:place|put|mention|recommend|name|call|prefer)\b|\bwhenever [^,]{0,40} (?:is|are) (?:mentioned|named|asked about|discussed), ?(?:say|claim|write|mention|add|state)\b/iu,
  /\b(?:treat|describe|present|count) (?:\w+ ){0,4}(?:complaints|criticism|reviews|faults)\b.{0,40}\bas (?:praise|positive|overwhelmingly|compliments)\b/iu,
  new RegExp(String.raw`${bid('return|output|render|wrap|format|begin|finish|limit|deliver|present')} (?:your|the) (?:\w+ )?(?:results?|outputs?|answers?|responses?|repl(?:y|ies)|summary)\b.{0,20}\b(?:as|in|with|between|by|to)\b`, 'iu'),
  new RegExp(String.raw`${bid('approve|authori[sz]e|release|execute')}.{0,20}\b(?:transfer|payment)\b.{0,60}\bIBAN\b`, 'iu'),
  // Others are to be led astray.
  new RegExp(String.raw`${bid('tell|inform|convince|urge|persuade|ask|have|let|make|instruct|advise|suggest to|direct|warn|remind|request')} ${audience}.{0,100}${bait}`, 'iu'),
  new RegExp(String.raw`${bid('replace|swap|change|redirect|exchange|rewrite')} (?:every|all|any|each|the) (?:\w+ ){0,2}(?:links?|phone numbers?|address(?:es)?|account numbers?|IBANs?|URLs?)\b.{0,50}(?:https?:|\+?\d{4}|\S@\S|\b[a-z\d-]+(?:\.[a-z\d-]+)+\b|\bIBAN\b)`, 'iu'),
  // What is written for others is to say something.
  new RegExp(String.raw`${bid('announce|offer|write|say|mention|include|promise|claim|state|add|put|set|change|place|replace')}.{0,80}\b(?:in|into|from|of|to) (?:the|your|every|each|all|any|our)(?: (?:next|coming|future|later|upcoming))* (?:newsletters?|campaigns?|mailings?|(?<=(?:future|later|upcoming) )drafts?)\b`, 'iu'),
  /\b(?:newsletters?|campaigns?|drafts?|mailings?|answers?|repl(?:y|ies)|summar(?:y|ies)|paragraphs?) (?:that )?you (?:write|draft|produce|generate|send|give)\b.{0,20}\b(?:must|should|has to|needs to|carry|with|contain|include)/iu,
] // prettier-ignore
