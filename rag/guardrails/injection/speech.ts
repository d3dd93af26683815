/**
 * What a sentence speaks of, whatever its language. The words of five languages (English, German, Dutch, French, Spanish)
 * stand for one idea each, so that what is learnt of a sign holds in all of them.
 */
const words = (...lists: readonly string[]): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${lists.join('|')})(?![\p{L}\p{N}])`, 'iu')

/** Somebody who reads what a machine answers: a word of those who build programs, not of those who write mails. */
export const user = words(
  'the (?:end )?users?|your users?|the (?:person|human|one) (?:asking|who asks?|you (?:work for|serve|assist|help))|whoever asks|(?:somebody|someone|anybody|anyone) (?:asks|wants|inquires)|the recipient|the reader',
  '(?:der|den|dem|die) (?:Nutzer(?:in)?|Benutzer(?:in)?|Anwender(?:in)?|Leser(?:in)?|Empfänger(?:in)?)|Fragenden?',
  '(?:de|je|uw|deze) (?:eind)?gebruikers?|de (?:lezer|ontvanger)|wie (?:er )?vraagt',
  "(?:(?:l|à l|de l)[’']|ton |votre )(?:utilisat(?:eur|rice))|(?:le lecteur|au lecteur|(?:le|au) destinataire)",
  '(?:el|al|la|tu|su|del) (?:usuari[oa])|(?:el|al) (?:lector|destinatario)|quien pregunt[ae]',
)

/** A machine by its name. */
export const machine = words(
  '(?:A\\.?I\\.?|LLM)(?:s| (?:\\w+ )?(?:assistants?|agents?|systems?|tools?|models?|that|which|who|must|should|reading|handling))|LLMs?(?= )|GPT(?:-\\w+)?|ChatGPT|Copilot|Gemini|Claude|(?<!(?:our|the new|your|a|the) )(?:chat ?)?bots?|(?:large )?language models?|the model (?:that|which|behind|reading|handling|processing)|(?<!(?:my|our|new|your|her|his|her own|shop|sales|research|manager|personal) )(?:AI |virtual |digital |automated |dear |hey )?assistants?(?! (?:manager|professor|director|will|has|is|was|Jana))|(?:the|any|every|all|ai|mail|dear) agents?(?= (?:that|which|who|should|must|reading|shall|now))|summari[sz]ers?|(?:automated|automatic) (?:screening )?system',
  'KI(?:-\\p{L}+)?|Sprachmodelle?n?|(?<!(?:unser\\p{L}{0,2}|den|der|unserem) )Assistent(?:en|in)?',
  'AI-\\p{L}+|taalmodel(?:len)?|(?<!(?:onze|de|een) )assistent(?:en)?',
  'IA|mod[èe]les? de langage|(?<!(?:notre|votre|nos|un) )assistants? (?:IA|virtuels?)|intelligences? artificielles?',
  'modelos? de lenguaje|(?<!(?:nuestro|un|el) )asistentes?(?: de IA| virtual(?:es)?)?|inteligencias? artificial(?:es)?|sistemas? de IA',
)

/** What comes out of a machine, as it is called by whoever speaks to one. */
export const output = words(
  '(?:your|the|each|every|any|this|an?|its|all) (?:\\w+ )?(?:outputs?|summar(?:y|ies)|responses?|answers?|repl(?:y|ies)|results?|completions?|translations?|reports?|drafts?)(?! (?:form|by|to (?:this|us|me)|address|card|deadline|button))|in (?:what|whatever) you (?:write|say|produce)|while (?:answering|summari[sz]ing)',
  '(?:deine|deiner|deinen|Ihre|Ihrer|jede|jeder|die|der|dieser?|einer?) (?:Antwort(?:en)?|Zusammenfassung(?:en)?|Ausgaben?|Übersetzung|Rückmeldung)',
  '(?:je|jouw|uw|elk|elke|het|de|een) (?:antwoord(?:en)?|samenvatting(?:en)?|uitvoer|vertaling|reacties?)',
  '(?:ta|ton|tes|votre|vos|chaque|la|le|les|une) (?:réponses?|résumés?|sortie|synthèse|traduction)',
  '(?:tu|tus|su|sus|cada|la|el|las|una) (?:respuestas?|resumen|resúmenes|salida|traducción)',
)

/** Everything said so far, and the rules and task of a machine. */
export const before = words(
  '(?:everything|anything|all|nothing|whatever)(?: that)?(?: (?:was|is|stands?|you were|has been))* ?(?:told|asked|said|written|above|before|earlier|previous|prior|so far)|(?:the|your|all|any|every) (?:previous|prior|earlier|former|above|original|initial|current|real|new|next|only|other|standing|actual) (?:\\w+ )?(?:instructions?|guidance|rules?|orders?|task|request|purpose|prompt|constraints?|conversation|directives?|priority|guidelines|limits)|the (?:task|text|conversation|paragraph|line|question|request|instructions?) (?:above|below|before|at hand|is|has)|(?:previous|prior|new|earlier) (?:task|instructions?|constraints?|priority|guidance|orders?|objective)|(?:your|the) (?:system )?prompt|(?:the|this|next|following|above) (?:line|paragraph|conversation)|developer mode|your (?:creator|developer|operator|rules|instructions|limits)',
  'alles,? was (?:davor|darüber|bisher|oben)|alles (?:Vorherige|Bisherige|Obige)|(?:bisherigen?|vorherigen?|obigen?|vorigen?|früheren?) \\p{L}+|deine (?:Regeln|Anweisungen|Vorgaben|Aufgabe)|Systemanweisung(?:en)?|System-?[Pp]rompt|(?:diesen?|dieser|nächsten?) (?:Absatz|Zeile)|die Frage',
  'alles wat (?:hiervoor|hierboven|eerder|daarvoor)|het voorgaande|(?:eerdere|vorige|voorgaande|bovenstaande) (?:instructies?|opdrachten|opdracht|regels|tekst|vraag)|(?:je|jouw|uw) (?:regels|instructies|opdracht|taak)|systeemprompt|deze (?:alinea|regel)|de (?:vraag|opdracht)(?! van)',
  '(?:tout )?ce qui (?:précède|est écrit|figure)|(?:consignes|instructions|règles) (?:précédentes|antérieures)|(?:tes|vos) (?:règles|consignes|instructions)|(?:message|invite|prompt) système|ce (?:paragraphe|passage)|la (?:question|demande)',
  '(?:todo )?lo anterior|(?:instrucciones|reglas|órdenes) (?:anteriores|previas)|(?:tus|sus) (?:reglas|instrucciones|órdenes)|mensaje de sistema|este párrafo|la (?:pregunta|petición)',
)

/** Somebody is made into somebody else, or given a new way to speak. */
export const becomes = words(
  'you are (?:now|no longer|a|an|from now on)|from (?:now|here) on|henceforth|act as|behave like|pretend|as (?:though|if) you were|(?:respond|answer|reply|speak|talk|write) (?:as|like) an?',
  '(?:du bist|Sie sind) (?:ab jetzt|jetzt|nun|ab sofort|ein|kein)|(?:ab jetzt|von nun an) (?:sprichst|bist|redest|antwortest)',
  '(?:je|jij|u) bent (?:nu|vanaf nu|voortaan|een|geen)|vanaf nu (?:spreek|ben|praat|antwoord)',
  '(?:tu es|vous êtes) (?:maintenant|désormais|une?)|(?:désormais|à partir de maintenant),? (?:tu|vous)',
  '(?:ahora|ya) eres|eres (?:ahora|una?)|(?:desde|a partir de) ahora,? (?:eres|hablas|respondes)',
)

/** Kinds of texts and knowledge that machines are asked for; in English signs.ts knows more of them. */
export const pieces = words(
  'Gedichte?|Aufsatz|Geschichte|Witz|Lied|Programm|Rezept|Sätzen?|Gleichung|Quadratwurzel|Hauptst[aä]dte?',
  'gedicht|opstel|verhaal|mop|liedje|programma|zinnen|vergelijking|wortel|hoofdst(?:ad|eden)',
  'poème|dissertation|histoire|blague|chanson|programme|phrases?|équation|racine carrée|capitales?',
  'poema|ensayo|cuento|chiste|canción|programa|frases?|ecuación|raíz cuadrada|capitale?s?',
)

/** What machines are good at, and people are seldom asked in a mail: to explain the world, compute, translate, tell tales. */
export const skills = new RegExp(
  String.raw`^[-*•>"“„«'(\d.\s¿]*(?:(?:please|bitte|now|can you|could you|then) )*(?:explain|compute|calculate|solve|translate|define|summari[sz]e|sum up|prove|recite|imagine|narrate|describe|compare|compose|simulate|convert|encode|pretend|name|plan|make up|tell me (?:about|who|what|how|why|a|the)|give (?:me )?(?:a|an|two|three|four|five|ten|some)|write (?:me )?(?:a|an)|list (?:the )?(?:\w+ )?(?:two|three|four|five|six|seven|eight|ten|main|most|longest|largest)|create (?:a|an)|erklär(?:e|en Sie)?|berechne|löse|übersetz(?:e|en Sie)?|fasse?|nenne|beschreibe|erzähle?|verfasse|dichte|leg uit|leg .{1,30} uit|bereken|los|vertaal|vat|noem|beschrijf|schrijf een|schreibe? ein|explique(?:-moi)?|calcule|résous|traduis|résume|cite|décris|rédige|écris une?|raconte|explica|explícame|calcula|resuelve|traduce|resume|nombra|describe|redacta|escribe un[ao]?|cuenta)(?![\p{L}])`,
  'iu',
)

/** How words are to look, or in which language. */
export const look = words(
  '(?:auf|ins|aus dem) (?:Englisch|Französisch|Spanisch|Koreanisch|Japanisch|Chinesisch|Italienisch|Russisch|Latein|Niederländisch|Türkisch|Arabisch)e?|Großbuchstaben|Kleinbuchstaben|rückwärts|Reimen|Emojis?|Wort für Wort',
  '(?:in het|naar het|op zijn) (?:Engels|Frans|Spaans|Fins|Koreaans|Japans|Chinees|Italiaans|Russisch|Latijn|Duits|Turks|Arabisch)|hoofdletters|kleine letters|achterstevoren|rijm|emoji’?s?|woord voor woord',
  "en (?:anglais|espagnol|coréen|japonais|chinois|italien|russe|latin|allemand|néerlandais|turc|arabe)|majuscules|minuscules|à l[’']envers|en vers|mot pour mot|émojis?",
  'en (?:inglés|francés|japonés|chino|italiano|ruso|latín|alemán|neerlandés|turco|árabe)|al (?:coreano|japonés|inglés|francés|chino)|mayúsculas|minúsculas|al revés|en verso|palabra por palabra',
)

const leads = String.raw`^[-*•>"“„«'(\d.\s]*(?:(?:bitte|dann|und|also|jetzt|nun|danach|dan|en|graag|nu|daarna|puis|et|ensuite|maintenant|luego|y|ahora|por favor|después)[,:]?\s+)?`
const bidding = (...lists: readonly string[]): RegExp =>
  new RegExp(String.raw`${leads}(?:${lists.join('|')})(?![\p{L}\p{N}])`, 'iu')

/** Work for an assistant, bidden in another language than English. */
export const bidsTask = bidding(
  'schreib(?:e|en Sie)?|erklär(?:e|en Sie)?|erzähl(?:e|en Sie)?|übersetz(?:e|en Sie)?|fass(?:e|en Sie)?|berechne|nenn(?:e|en Sie)?|beschreib(?:e|en Sie)?|gib|geben Sie|verfass(?:e|en Sie)?|dichte|löse|liste|empfiehl|antworte|antworten Sie|ignorier(?:e|en Sie)?|vergiss|vergessen Sie|sag|sagen Sie|erwähn(?:e|en Sie)?|füge|stell(?:e|en Sie)?|teile|überzeuge|leite|lass|zeig(?:e|en Sie)?|beende|behaupte|verschweige|setze|übertrage',
  'schrijf|leg|vertel|vertaal|vat|bereken|noem|beschrijf|geef|maak|los|som|antwoord|negeer|vergeet|zeg|vermeld|zet|stuur|stel|overtuig|laat|toon|eindig|begin|beweer|verzwijg|meld|beoordeel|zing',
  'écri[st]|écrivez|rédige[zr]?|explique[zr]?(?:-moi)?|raconte[zr]?|traduis|traduisez|résume[zr]?|calcule[zr]?|cite[zr]?|décri[st]|décrivez|donne[zr]?|réponds|répondez|oublie[zr]?|ignore[zr]?|dis|dites|mentionne[zr]?|ajoute[zr]?|termine[zr]?|transfère[zr]?|convaincs|affiche[zr]?|affirme[zr]?|cache[zr]?|indique[zr]?|présente[zr]?|envoie[zr]?|désactive[zr]?|classe[zr]?',
  'escrib[ea]|redact[ae]|explic(?:a|ame|que)|explícame|cuent[ae]|traduc[ea]|traduzca|resum[ea]|calcul[ae]|nombr[ae]|describ[ea]|da|dé|respond[ea]|contest[ae]|olvid[ae]|ignor[ae]|di|dile|diga|dígale|mencion[ae]|añad[ae]|termin[ae]|acab[ae]|reenví[ae]|convence|muestr[ae]|afirm[ae]|ocult[ae]|indic[ae]|indique|present[ae]|mand[ae]|enví[ae]|desactiv[ae]|clasific[ae]|clasificad',
)

/** A question, in another language than English. */
export const asksQuestion =
  /^[-*•>"“„«'(\d.\s¿]*(?:was|wer|wie|wo|wann|warum|weshalb|welche[rsnm]?|woher|wohin|wieviel|wat|wie|waar|wanneer|waarom|welke?|hoe|hoeveel|que|quoi|quand|pourquoi|comment|combien|où|quel(?:le)?s?|qué|quién(?:es)?|cómo|cuándo|dónde|cuál(?:es)?|cuánt[oa]s?|por qué)(?![\p{L}]).*\?/iu

/** The writer as a person, to whom or for whom something is to be done: people ask for themselves. */
export const me = words(
  "me|my|mine|I|I[’']\\w+",
  'mir|mich|ich|mein(?:e[nmrs]?)?',
  'mij|ik|mijn|we|wij|ons|onze',
  "moi|me|m[’']\\p{L}+|je|j[’']\\p{L}+|mon|ma|mes|nous|notre|nos|-moi|-nous",
  'yo|mi|mis|nos|nuestr[oa]s?|\\p{L}+(?:arme|erme|irme|rnos)|(?:env|d|cu[eé]nt|expl|respond)\\p{L}*(?:ame|eme|ime|anos|enos|inos)',
  'wir|uns|unser(?:e[nmrs]?)?',
)

/** The tone that people use with each other. */
export const courteous = words(
  'please|kindly|thanks?(?: you)?|thx|sorry|could you|would you|can you|cheers|regards|let me know|let us know|good luck|love',
  'bitte|danke|könntest du|könnten Sie|würden Sie|viele Grüße|melde dich|Gruß',
  'alstublieft|alsjeblieft|graag|bedankt|dank je|dank u|wil je|wilt u|kun je|kunt u|groet(?:en)?',
  "merci|s[’']il (?:vous|te) plaît|veuillez|pouvez-vous|peux-tu|pourriez-vous|prière de|bisous",
  'por favor|gracias|podr(?:ía|ías|íais)|puede[sn]?|saludos?|haga el favor|un abrazo|un beso',
)

/** Why something is asked, or what follows where it is not done: machines are given no reasons. */
export const reasons = words(
  'so that|so (?:I|we|she|he|they|that|you)|because|otherwise|as (?:I|we|she|he|discussed|agreed)|if (?:you (?:have|are|did|do|can|want|need|prefer|like|would|think)|anything|something|it|he|she|they|not|necessary|possible)|in case|since|when you (?:are|have|call|get|need)|(?:and|to) (?:win|get|join|receive|vote|save)|wins?|deadline|until|before|by (?:tomorrow|noon|the|\\w+day|\\d+)|within',
  'damit|weil|sonst|falls|andernfalls|bis (?:zum|morgen|\\p{L}+tag|\\d+)|innerhalb|vor dem|gewinn\\p{L}*|wenn Sie|wenn du (?:willst|magst|kannst)',
  'zodat|omdat|anders|voor (?:vrijdag|maandag|\\p{L}+dag|morgen|\\d+)|binnen|win|mocht|uiterlijk|dan kan|heeft u',
  "pour que|parce que|sinon|afin|avant (?:le|vendredi|lundi|\\p{L}+di)|d[’']ici|sous (?:huit|\\d+)|gagne[zr]?|si (?:vous|tu) (?:avez|voulez|veux|n[’']\\p{L}+)|car",
  'para que|porque|si no|antes de(?:l)?|en (?:siete|\\d+) días|gana(?:r)?|en caso|si (?:ya|tiene|no ha|quiere)|así',
)

/** Words of which mails are made in the other languages: what people and firms do with each other. */
export const business =
  /(?<![\p{L}])(?:Rechnung\p{L}*|Konto|Passwort|Bestellung\p{L}*|Lieferung|Termin\p{L}*|Anhang|Formular|Belege?|Link|E-?Mail|Mail|Newsletter|Betreff|Kunden?\p{L}*|Bewerbung|Zeugnisse|Unterschrift\p{L}*|Besprechung|Protokoll|Portal|Gutschein\p{L}*|Anmeldung|Adresse|Auftrag\p{L}*|Bestellnummer|factuur\p{L}*|rekening|wachtwoord|bestelling|levering|afspraak|bijlage|formulier|bonnen|nieuwsbrief|onderwerp|klant\p{L}*|offerte|vergadering|verslag|uitnodiging|verlof|bevestiging|adres|facture|compte|mot de passe|commande|livraison|rendez-vous|pièce jointe|formulaire|reçus?|lien|courriel|message|lettre|client\p{L}*|contrat|réunion|invitation|paiement|dossier|factura|cuenta|contraseña|pedido|entrega|cita|adjunto|formulario|enlace|correo|boletín|client\p{L}*|contrato|reunión|invitación|pago|transferencia|solicitud|archivo|justificante)(?![\p{L}])/giu

/** It greets a person or a group by name or by what they are. */
export const greeting =
  /^[-*•>"“„«'(\s]*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|team|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen)|beste|geachte|lieve|hoi|dag|bonjour|chers?|chères?|salut|coucou|madame|monsieur|hola|estimad[oa]s?|querid[oa]s?|buen(?:os|as) (?:días|tardes))(?![\p{L}])[^,:.!]{0,40}[,:!]/iu

/** It speaks of the very message that it stands in. */
export const thisMail =
  /(?<![\p{L}])(?:diese[rsmn]? (?:Nachricht|E-?Mail|Mail|Brief|Link|Newsletter|Erinnerung)|(?:dit|deze) (?:bericht|mail|e-mail|brief|link|nieuwsbrief|herinnering)|(?:ce|cette|mon) (?:message|courriel|mail|lien|lettre|rappel)|(?:este|esta|mi) (?:mensaje|correo|aviso|bolet[ií]n|enlace|carta))(?![\p{L}])/iu
