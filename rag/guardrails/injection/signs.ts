import { contentWords } from '../words.ts'
import {
  asksQuestion,
  becomes,
  before,
  bidsTask,
  business,
  courteous,
  greeting,
  look,
  machine,
  me,
  output,
  pieces,
  reasons,
  skills,
  thisMail,
  user,
} from './speech.ts'
import { changeVerbs, taskVerbs } from './verbs.ts'

/** What marks a sentence as spoken to a machine, or as spoken to the reader; each 0 to 1. */
export type Signs = {
  /** It bids somebody write, explain, translate, compute: work for an assistant. */
  task: number
  /** It bids somebody change, add or use something. */
  change: number
  /** It asks to know something. */
  question: number
  /** "can you", "I want you to", "your task is". */
  asked: number
  /** It speaks of an answer that is yet to be given. */
  answer: number
  /** It speaks of letters, words, languages, codes: how a text should look. */
  form: number
  /** It names a kind of text: a poem, a summary, a list. */
  kind: number
  /** It asks for knowledge or work without a word on the reader, the sender or this message. */
  impersonal: number
  /** It leans on what was said before: it, they, this, them. */
  leaning: number
  /** It names a day, an hour, a date: business of the reader. */
  dated: number
  /** It says two things at most. */
  brief: number
  /** The sender speaks: we, us, our, this e-mail, here, below. */
  sender: number
  /** Words of which mails are made: account, order, invoice, click, unsubscribe. */
  mail: number
  /** The share of its words that stand in the rest of the text. */
  shared: number
  /** It speaks of whoever a machine works for as of somebody else. */
  user: number
  /** It names a machine. */
  machine: number
  /** It names what a machine puts out. */
  output: number
  /** It speaks of what was said before, of rules, of the task. */
  before: number
  /** It makes its reader somebody else. */
  becomes: number
  /** The writer asks for themselves: me, my, I. */
  me: number
  /** It has the tone of people with each other. */
  courteous: number
  /** It says why, until when, or what follows. */
  reasons: number
  /** It speaks of what is its reader's: your team, your address, not your answer. */
  yours: number
  /** It goes on and on: several commas. */
  listed: number
  /** It bids what machines are good at. */
  skill: number
  /** It bids that words look in some way, and says neither who nor why. */
  shaped: number
  /** It asks of the world: of names and numbers, none of the reader's or the writer's. */
  world: number
  exclaims: number
  /** It bids or asks, is nobody's business, and takes up nothing of the rest of the text. */
  stranger: number
  /** It gives words to be used as they are. */
  quoted: number
  /** It greets somebody, who is no machine. */
  greets: number
}

const lead = String.raw`^(?:[-*•>"“'(\d.\s]*)(?:(?:please|kindly|now|then|also|next|finally|first|and|hey|hi|hello|ok|okay|just|immediately|always|lastly|additionally|furthermore|secretly|instead|dear (?:ai|assistant))[,:]?\s+|(?:can|could|would|will) (?:you|u)(?: (?:please|kindly|also|help me(?: to)?|help))?\s+|(?:i|we)(?: would|['’]d)? (?:want|need|like|wish) you to\s+|help me(?: to)?\s+|i(?: would|['’]d) like to\s+|you (?:must|should|need to|have to|will|are to)\s+|your (?:new )?(?:task|job|goal|role) is to\s+|(?:make sure|be sure|remember|do not forget|don['’]t forget|try|let['’]s)(?: to)?\s+|(?:in|within|at the end of|at the start of|at the beginning of|throughout|with|after|before|for) (?:your|the|each|every) (?:\w+ )?(?:answer|response|reply|output|summary|message|email|text)s?,?\s+|(?:when|while|before|after) (?:you )?(?:answer|reply|respond|write)(?:ing)?\b[^,]{0,30},?\s+)*`
const starting = (verbs: string): RegExp => new RegExp(`${lead}(?:${verbs})\\b(?!:| of the\\b)`, 'iu')

const task = starting(taskVerbs)
const change = starting(changeVerbs)
const question =
  /^(?:[-*•>"“'(\d.\s]*)(?:and |so |but |also,? |now,? )?(?:what|who|whom|whose|why|how|where|when|which|is|are|was|were|do|does|did|has|have|can|could|should|will|would)(?:['’]s)?\b.*(?:\?|\bhow to\b)|^(?:what|who|why|how|which)(?:['’]s| is| are| do| does| did| was| were| can| to| many| much)\b/iu
const asked =
  /\b(?:(?:can|could|would|will) (?:you|u)\b(?! (?:be|have|need|see|receive|find|no longer|not|get))|(?:i|we)(?:['’]d| would)? (?:want|need|like) you to|i(?:['’]m| am) (?:looking for|curious|wondering|interested in)|i(?:['’]d| would) like to know|i (?:want|need) (?:a|an|some|to know)|help me|tell me|show me|give me|your (?:task|job|role) is|act as|pretend)\b/i
const answer =
  /\b(?:your|the|this|each|every|its|all|any|you)(?: \w+)? (?:answers?|responses?|reply|replies|outputs?|summary|summaries|completion|translation|explanation)(?:['’]s?)?\b|\b(?:your|the) (?:messages?|text|words|letters|sentences?)\b(?= (?:using|in|with|by|to|into|of your)|[.!]?$)|\b(?:while|when|before|after) (?:answering|responding|replying|you (?:answer|respond|reply))\b|\b(?:answer|respond|reply|write|speak|say it|output|translate)(?: \w+){0,4} (?:in|into|as|using|with|only) |\b(?:tell|ask|inform|convince|urge|persuade|remind|encourage|invite|warn|instruct|advise|suggest|trick)(?: to)? (?:the |any |all )?(?:users?|readers?|recipients?|humans?|person)\b/i
const form =
  /\b(?:letters|(?<!\b(?:this|a|your|our|my|cover|by) )letter|vowels?|consonants?|alphabet\w*|characters?|symbols?|emojis?|emoticons?|digits?|numbers?|spaces?|punctuation|typos?|misspell\w*|spelling|anagram\w*|cipher\w*|caesar|rot-?13|base-?\d\d|binary|hex(?:adecimal)?|morse|ascii|unicode|encod\w+|decod\w+|encrypt\w*|revers\w+|backwards?|upside|substitut\w+|uppercase|lowercase|capital letters|caps|rhym\w+|syllables?|synonyms?|paragraphs?|headline|sentences?|words?|slang|accent|dialect|pig latin|json|xml|yaml|markdown|in (?:french|spanish|german|italian|russian|chinese|mandarin|japanese|korean|arabic|portuguese|dutch|latin|hindi|swahili|turkish|greek|polish|swedish|english|klingon|esperanto))\b/i
const kind =
  /\b(?:poem|haiku|limerick|sonnet|song|lyrics|stor(?:y|ies)|tale|essay|article|blog|speech|script|dialogue|monologue|joke|pun|riddle|recipe|outline|summary|synopsis|list of|tips?|advice|steps|guide|tutorial|code|function|program|algorithm|query|equations?|formula|example|definition|theory|concept|principle|difference|causes?|history|plot|meaning|equivalent|translation|analysis|report|review|plan|strateg(?:y|ies)|slogan|tagline|tweet|post|caption|biography|overview|introduction|conclusion|ideas?|fun facts?|facts?|trivia|recommendations?|suggestions?|forecast|weather|sentiment|tone|trends?|itinerary|schedule|reminder|quiz|questions?|headline|advertisement|ad|announcement|testimonial|link|appeal|reasons?|statement|reminder)\b/i
const sender =
  /\b(?:we|us|our|ours|we['’](?:re|ve|ll|d)|this (?:e-?mail|message|transaction|order|charge|offer|week|month|link|mail|newsletter|letter|issue|card|form|invitation)|here|below|above|attached|attachment|enclosed|click|tap|sign in|log in|reply to this|contact us|let us know|your (?:account|order|card|subscription|invoice|payment|company|profile|password|plan|booking|bank|team|app|browser|purchase|delivery|feedback|inbox|trial|receipt|statement|preferences))\b/i
const mailWords =
  /\b(?:account|order|invoice|receipt|payment|paid|charged?|card|debit|credit|bank|balance|transaction|subscription|unsubscribe|newsletter|email|e-mail|mail|inbox|click|link|browser|privacy|policy|terms|support|team|customer|billing|refund|delivery|shipping|shipped|tracking|password|login|sign|settings|preferences|notification|download|pdf|app|website|address|street|inc|ltd|llc|suite|floor|regards|sincerely|thanks|thank|meeting|attached|call|appointment|booking|reservation|ticket|date|amount|total|subtotal|subject|content|received|from)\b/gi

const dated =
  /(?<![\p{L}\p{N}])(?:today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next week|this week|noon|\d{1,2}:\d\d|days?|hours|weeks?|deadline|january|february|march|april|june|july|august|september|october|november|december|heute|morgen|(?:mon|diens|donners|frei|sams|sonn)tag\p{L}*|mittwoch|tagen?|stunden|wochen?|januar|februar|märz|mai|juni|juli|oktober|dezember|vandaag|(?:maan|dins|woens|donder|vrij|zater|zon)dag|dagen|uur|weken|januari|februari|maart|mei|augustus|aujourd[’']hui|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jours|heures?|semaines?|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|hoy|mañana|lunes|martes|miércoles|jueves|viernes|sábado|domingo|días|horas|semanas?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)(?![\p{L}\p{N}])/iu
const yours =
  /(?<![\p{L}])(?:your|Ihre?[nmrs]?|deine?[nmrs]?|eure?[nmrs]?|je|jouw|uw|jullie|votre|vos|ta|ton|tes|su|sus|tu|tus|vuestr[oa]s?)\s(?!(?:\p{L}+ )?(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies)|message|text|user|instructions?|rules?|prompt|task|Antwort\p{L}*|Zusammenfassung|Regeln|antwoord\p{L}*|samenvatting|regels|bent|réponses?|résumé|règles|es|respuestas?|resumen|reglas))\p{L}/iu
const answering =
  /^[-*•>"“„«'(\d.\s]*(?:answer|reply|respond|speak|spell|type|antworte|antwoord|réponds|responde|contesta)(?![\p{L}])/iu
const personal =
  /(?<![\p{L}])(?:you|your|we|us|our|i|my|du|dich|dir|dein\p{L}*|ihr|euch|jij|jou|jouw|jullie|toi|tú|te|ti|Sie|Ihnen|Ihre?[mnrs]?|wir|uns|unser\p{L}*|ich|mir|mich|mein\p{L}*|u|uw|wij|ons|onze|ik|mij|mijn|vous|votre|vos|nous|notre|nos|je|moi|mon|ma|mes|usted(?:es)?|nos|nuestr\p{L}*|mi|mis|yo|dime|cuéntame|envíame|mándame|explícame|dígan?me|envíenme|díganos|cuéntanos|envíenos)(?![\p{L}])/iu

const flag = (holds: boolean): number => Number(holds)

/** Whether a sentence bids somebody do something. */
export const bidsWork = (sentence: string): boolean =>
  task.test(sentence) || change.test(sentence) || bidsTask.test(sentence)

/** How often each word that says something stands in a text. */
export function wordCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { stem } of contentWords(text)) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  return counts
}

/** Who it speaks of and to, and in which tone. */
const spokenOf = (sentence: string) => ({
  user: flag(user.test(sentence)),
  machine: flag(machine.test(sentence)),
  before: flag(before.test(sentence)),
  becomes: flag(becomes.test(sentence)),
  me: flag(me.test(sentence)),
  courteous: flag(courteous.test(sentence)),
  reasons: flag(reasons.test(sentence)),
})

/** The signs of a sentence; `whole` counts the words of the text that it stands in. */
export function signsOf(sentence: string, whole: ReadonlyMap<string, number>): Signs {
  const words = contentWords(sentence)
  const own = wordCounts(sentence)
  const bids = bidsWork(sentence) || asked.test(sentence)
  const asks = question.test(sentence) || asksQuestion.test(sentence)
  const spoken = sender.test(sentence) || thisMail.test(sentence)
  const ofUs = /\b(?:we|us|our)\b/i.test(sentence)
  const impersonal = (bids || asks) && !spoken && !personal.test(sentence)
  const takenUp = words.filter(({ stem }) => (whole.get(stem) ?? 0) > (own.get(stem) ?? 0)).length
  const shared = words.length === 0 ? 1 : takenUp / words.length
  return {
    task: flag(task.test(sentence) || bidsTask.test(sentence)),
    change: flag(change.test(sentence)),
    question: flag(asks),
    asked: flag(asked.test(sentence)),
    answer: flag(bids && answer.test(sentence) && !ofUs),
    form: flag(form.test(sentence) || look.test(sentence)),
    kind: flag(kind.test(sentence) || pieces.test(sentence)),
    impersonal: flag(impersonal),
    leaning: flag(
      /\b(?:it|its|they|them|their|these|those|he|she|him|her|there|(?:this|that)(?= (?:is|was|will|does|means|[?.!,])))\b/i.test(
        sentence,
      ),
    ),
    dated: flag(dated.test(sentence)),
    brief: flag(words.length <= 2),
    sender: flag(spoken),
    mail: Math.min(
      1,
      ((sentence.match(mailWords) ?? []).length + (sentence.match(business) ?? []).length) / Math.max(1, words.length),
    ),
    shared,
    ...spokenOf(sentence),
    output: flag(output.test(sentence) && !ofUs),
    yours: flag(yours.test(sentence)),
    listed: flag((sentence.match(/,/g)?.length ?? 0) > 1),
    exclaims: flag(/!["”’)]*$/.test(sentence)),
    stranger: flag(impersonal) * (1 - shared),
    greets: flag(greeting.test(sentence) && !machine.test(sentence)),
    quoted: flag(/[“"„«‘']\p{L}[^”"“»’']*[”"“»’']/u.test(sentence)),
    skill: flag(skills.test(sentence)),
    shaped: flag(
      (bids || answering.test(sentence)) &&
        (form.test(sentence) || look.test(sentence)) &&
        !spoken &&
        !me.test(sentence) &&
        !courteous.test(sentence),
    ),
    world: flag(
      (asks || skills.test(sentence)) &&
        !spoken &&
        !personal.test(sentence) &&
        /(?<=\p{Ll}[,]? )\p{Lu}\p{Ll}|\d/u.test(sentence) &&
        !dated.test(sentence),
    ),
  }
}
