/** What an order to a machine is made of in one language, as alternatives of a pattern. */
type Tongue = {
  /** Stop heeding. */
  ignore: string
  /** Which: those before, all, yours. */
  former: string
  orders: string
  /** A machine by its name. */
  machine: string
  /** “In your answer”, “in the newsletter”. */
  within: string
  /** Say, write, mention, add: the bidding form. */
  say: string
  send: string
  held: string
  /** “From now on you are”, “from now on answer”. */
  henceforth: string
  /** “When you summarise”. */
  whenYou: string
}

const tongues: readonly Tongue[] = [
  {
    ignore: 'negeer|vergeet(?! niet)|sla|overschrijf|omzeil|volg niet', former: 'alle|eerdere|vorige|voorgaande|bovenstaande|je|jouw|uw', orders: 'instructies|regels|opdrachten|richtlijnen|aanwijzingen|beperkingen', machine: 'assistent|taalmodel|AI|AI-\\w+|chatbot', within: '(?:in|uit|aan het (?:eind|begin) van) (?:je|jouw|uw|elk|elke|de|het) (?:volgende )?(?:antwoord|samenvatting|reactie|nieuwsbrief|campagne|uitvoer)', say: 'schrijf|zeg|vertel|noem|vermeld|voeg|zet|beweer|meld|raad|bied|geef|gebruik|stuur|verwijs|antwoord',
    send: 'stuur|mail|verzend|kopieer|deel|upload|geef', held: 'klanten\\w*|abonnees|wachtwoord\\w*|contacten|adressen|ledenlijst', henceforth: '(?:vanaf nu|voortaan) (?:ben je|antwoord|reageer|schrijf|zeg)|je bent (?:nu|vanaf nu|voortaan) (?:een|geen)\\b.{0,40}(?:AI|assistent|model|bot|piraat|regels|beperkingen)', whenYou: '(?:als|wanneer|zodra) (?:je|u) .{0,40}(?:samenvat|vertaalt|beantwoordt|leest|verwerkt)',
  },
  {
    ignore: 'ignorier\\w*|vergiss(?! nicht)|vergessen Sie(?! nicht)|missacht\\w*|überschreib\\w*|umgeh\\w*', former: 'alle[rns]?|vorherige\\w*|bisherige\\w*|vorige\\w*|obige\\w*|frühere\\w*|deine\\w*|Ihre\\w*', orders: 'Anweisungen|Regeln|Instruktionen|Vorgaben|Befehle|Richtlinien|Einschränkungen', machine: 'KI|KI-\\w+|Assistent(?:in)?|Sprachmodell|AI|Chatbot', within: '(?:in|aus|am (?:Ende|Anfang)) (?:deiner|Ihrer|jeder|der|jedem|den?) (?:nächsten )?(?:Antwort|Zusammenfassung|Newsletter|Kampagne|Ausgabe)', say: 'schreib\\w*|sag\\w*|erwähn\\w*|nenn\\w*|füg\\w*|behaupt\\w*|empfiehl|biete\\w*|gib|erzähl\\w*|verweis\\w*|antworte\\w*|sende|schick\\w*|setz\\w*|nutze|verwende',
    send: 'sende\\w*|schick\\w*|leite|maile|kopier\\w*|lade|gib', held: 'Kunden\\w*|Abonnenten\\w*|Passw\\w+|Kontakte|Adressen|Mitgliederliste|Zugangsdaten', henceforth: '(?:von nun an|ab jetzt|ab sofort) (?:bist du|antworte|schreib|sag)|du bist (?:jetzt|nun|ab jetzt) (?:ein|kein)\\w*\\b.{0,40}(?:KI|Assistent|Modell|Bot|Pirat|Regeln|Einschränkungen)', whenYou: '(?:wenn|sobald|falls) du .{0,40}(?:zusammenfasst|übersetzt|beantwortest|liest|verarbeitest)',
  },
  {
    ignore: 'ignor(?:e|ez|er)|(?<!n[’\'])oubli(?:e|ez)|ne (?:suis|tiens|tenez|suivez) pas|contourne[zr]?', former: 'toutes?|précédente?s?|antérieure?s?|ci-dessus|tes|vos|les', orders: 'consignes|instructions|règles|directives|restrictions|ordres', machine: 'IA|assistante?|modèle(?: de langage)?|chatbot|AI', within: '(?:dans|à la fin de|au début de) (?:ta|votre|chaque|la|le|ton|vos) (?:prochaine? )?(?:réponse|résumé|newsletter|lettre|infolettre|campagne)', say: 'écri[st]|écrivez|dis|dites|mentionne[zr]?|ajoute[zr]?|affirme[zr]?|recommande[zr]?|propose[zr]?|offre[zr]?|insère|donne[zr]?|réponds|envoie|utilise',
    send: 'envoie[zr]?|envoyez|transmet[sz]?|transmettez|transfère[zr]?|copie[zr]?|partage[zr]?|donne[zr]?', held: 'clients|abonnés|mots? de passe|contacts|adresses|membres|clientèle', henceforth: '(?:désormais|dorénavant|à partir de maintenant),? (?:tu es|vous êtes|réponds|écris|répondez|dis)|(?:tu es|vous êtes) (?:désormais|maintenant) une?\\b.{0,40}(?:IA|assistant|modèle|bot|pirate|règles|restrictions)', whenYou: '(?:quand|lorsque|si) (?:tu|vous) .{0,20}(?:résum|tradui|répond|lis)\\w*',
  },
  {
    ignore: 'ignor[ae]|(?<!no )olvid[ae]|omite|no sigas|desobedece|anula', former: 'tod[ao]s|anteriores|previas|tus|sus|las|de arriba', orders: 'instrucciones|reglas|indicaciones|órdenes|directrices|restricciones', machine: 'asistente|IA|modelo(?: de lenguaje)?|chatbot', within: '(?:en|al final de|al principio de) (?:tu|su|cada|el|la) (?:próximo |próxima )?(?:respuesta|resumen|boletín|campaña|correo)', say: 'escrib[ea]|di|diga|menciona|incluye|añade|agrega|afirma|recomienda|ofrece|pon|responde|envía|usa|cuenta',
    send: 'envía|manda|reenvía|copia|comparte|entrega|envíe', held: 'clientes|suscriptores|contraseñas?|contactos|direcciones|miembros', henceforth: '(?:a partir de ahora|desde ahora|de ahora en adelante),? (?:eres|responde|escribe|di|contesta)|(?:ahora|ya) eres una?\\b.{0,40}(?:IA|asistente|modelo|bot|pirata|reglas|restricciones)', whenYou: '(?:cuando|si|al) .{0,20}(?:resum|traduz|traduc|respond)\\w*',
  },
  {
    ignore: 'ignora(?:te)?|(?<!non )dimentica(?:te)?|trascura|non seguire|aggira', former: 'tutt[ei]|precedenti|anteriori|tue|vostre|sopra|le', orders: 'istruzioni|regole|indicazioni|direttive|ordini|restrizioni', machine: 'assistente|IA|modello(?: linguistico)?|chatbot', within: 'nell[ae]? (?:tu[ao]|vostr[ao]|prossim[ao]) ?(?:risposta|riassunto|newsletter|campagna)|in ogni (?:newsletter|risposta|campagna|mail)', say: 'scrivi|di|dì|menziona|includi|aggiungi|afferma|consiglia|offri|metti|rispondi|invia|usa|racconta|inserisci',
    send: 'invia|manda|inoltra|copia|condividi|spedisci', held: 'clienti|abbonati|password|contatti|indirizzi|iscritti|membri', henceforth: '(?:da ora in poi|d’ora in poi|da adesso),? (?:sei|rispondi|scrivi|di)|(?:ora|adesso) sei un[ao]?\\b.{0,40}(?:IA|assistente|modello|bot|pirata|regole|restrizioni)', whenYou: '(?:quando|se) .{0,20}(?:riassum|traduc|rispond)\\w*',
  },
  {
    ignore: 'ignor[ae]|(?<!não )esque(?:ce|ça)|não sigas|não siga', former: 'tod[ao]s|anteriores|prévias|tuas|suas|as', orders: 'instruções|regras|indicações|ordens|diretrizes|restrições', machine: 'assistente|IA|modelo(?: de linguagem)?|chatbot', within: 'na (?:tua|sua|próxima) (?:resposta|newsletter|campanha)|no (?:teu|seu|próximo) (?:resumo|boletim)', say: 'escreve|escreva|diz|diga|menciona|inclui|inclua|adiciona|afirma|recomenda|oferece|responde|envia|usa',
    send: 'envia|envie|manda|encaminha|copia|partilha', held: 'clientes|assinantes|senhas?|contactos|contatos|endereços|membros', henceforth: '(?:a partir de agora|doravante),? (?:és|você é|responde|responda|escreve)|agora (?:és|você é) uma?\\b.{0,40}(?:IA|assistente|modelo|bot|pirata|regras|restrições)', whenYou: '(?:quando|se|ao) .{0,20}(?:resum|traduz|respond)\\w*',
  },
] // prettier-ignore

const word = (words: string): string => `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`

/** The shapes of an order in each language: heed nothing before, you there, say in your answer, send away what is held. */
export const inOtherTongues: readonly RegExp[] = tongues.flatMap((tongue) => {
  const { ignore, former, orders, machine, within, say, send, held, henceforth, whenYou } = tongue
  return [
    `${word(ignore)}.{0,30}${word(former)}.{0,40}${word(orders)}`,
    `^\\P{L}*(?:${machine})\\s*[:,]\\s*(?:\\p{L}+ ){0,2}?${word(`${say}|${send}|${ignore}`)}`,
    `${word(say)}(?: .{0,30})? ${word(within)}`,
    `${word(within)},? (?:.{0,20} )?${word(say)}`,
    `${word(send)}.{0,60}${word(`\\p{L}*(?:${held})`)}.{0,60}(?:\\S@\\S|https?:)`,
    word(henceforth),
    `${word(whenYou)}[^.]{0,40},.{0,20}${word(say)}`,
  ].map((pattern) => new RegExp(pattern, 'iu'))
})
