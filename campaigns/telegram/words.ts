import type { Language } from '#rag/guardrails/rule.ts'

/** What the house itself says by its bot, and what somebody agrees to by beginning a chat with it. */
export type TelegramWords = {
  /** Until an owner releases others. */
  consent: (business: string) => string
  welcome: (business: string) => string
  agreed: (words: string) => string
  shareNumber: string
  knowsYou: string
  onTheList: string
  spentLink: string
  unknownLink: string
  ended: string
}

/** In each language that copy is written in. */
export const telegramHouseWords: Readonly<Record<Language, TelegramWords>> = {
  en: {
    consent: (business) => `I want to hear from ${business} by Telegram, news and offers included. I can end it at any time by sending /stop.`,
    welcome: (business) => `Welcome: here you hear from ${business}. /stop ends it. If you share your number, we know you again.`,
    agreed: (words) => `What you agreed to: “${words}”`,
    shareNumber: 'Share my number',
    knowsYou: 'Thank you, now we know who you are.',
    onTheList: 'You are on our list already. /stop ends it.',
    spentLink: 'This link was used or is too old: ask us for a new one.',
    unknownLink: 'We do not know this link: ask us for a new one.',
    ended: 'You will not hear from us here any more. /start begins anew.',
  },
  de: {
    consent: (business) => `Ich möchte von ${business} per Telegram hören, auch Neuigkeiten und Angebote. Ich kann das jederzeit mit /stop beenden.`,
    welcome: (business) => `Willkommen: Hier hören Sie von ${business}. /stop beendet es. Wenn Sie Ihre Nummer teilen, erkennen wir Sie wieder.`,
    agreed: (words) => `Dem haben Sie zugestimmt: „${words}“`,
    shareNumber: 'Meine Nummer teilen',
    knowsYou: 'Danke, jetzt wissen wir, wer Sie sind.',
    onTheList: 'Sie stehen schon auf unserer Liste. /stop beendet es.',
    spentLink: 'Dieser Link wurde benutzt oder ist zu alt: Bitten Sie uns um einen neuen.',
    unknownLink: 'Diesen Link kennen wir nicht: Bitten Sie uns um einen neuen.',
    ended: 'Sie hören hier nichts mehr von uns. /start beginnt von Neuem.',
  },
  nl: {
    consent: (business) => `Ik wil via Telegram van ${business} horen, ook nieuws en aanbiedingen. Ik kan dat altijd beëindigen door /stop te sturen.`,
    welcome: (business) => `Welkom: hier hoort u van ${business}. /stop beëindigt het. Als u uw nummer deelt, herkennen we u.`,
    agreed: (words) => `Hiermee bent u akkoord gegaan: “${words}”`,
    shareNumber: 'Mijn nummer delen',
    knowsYou: 'Dank u wel, nu weten we wie u bent.',
    onTheList: 'U staat al op onze lijst. /stop beëindigt het.',
    spentLink: 'Deze link is gebruikt of te oud: vraag ons om een nieuwe.',
    unknownLink: 'Deze link kennen we niet: vraag ons om een nieuwe.',
    ended: 'U hoort hier niets meer van ons. /start begint opnieuw.',
  },
  fr: {
    consent: (business) => `Je souhaite recevoir des messages de ${business} par Telegram, nouveautés et offres comprises. Je peux y mettre fin à tout moment en envoyant /stop.`,
    welcome: (business) => `Bienvenue : ici, ${business} vous écrit. /stop y met fin. Si vous partagez votre numéro, nous vous reconnaîtrons.`,
    agreed: (words) => `Ce que vous avez accepté : « ${words} »`,
    shareNumber: 'Partager mon numéro',
    knowsYou: 'Merci, nous savons maintenant qui vous êtes.',
    onTheList: 'Vous êtes déjà sur notre liste. /stop y met fin.',
    spentLink: 'Ce lien a été utilisé ou est trop ancien : demandez-nous-en un nouveau.',
    unknownLink: 'Nous ne connaissons pas ce lien : demandez-nous-en un nouveau.',
    ended: 'Vous ne recevrez plus rien de nous ici. /start recommence.',
  },
  es: {
    consent: (business) => `Quiero recibir mensajes de ${business} por Telegram, con novedades y ofertas. Puedo terminarlo en cualquier momento enviando /stop.`,
    welcome: (business) => `Bienvenido: aquí le escribe ${business}. /stop lo termina. Si comparte su número, le reconoceremos.`,
    agreed: (words) => `Lo que ha aceptado: «${words}»`,
    shareNumber: 'Compartir mi número',
    knowsYou: 'Gracias, ahora sabemos quién es.',
    onTheList: 'Ya está en nuestra lista. /stop lo termina.',
    spentLink: 'Este enlace ya se usó o es demasiado antiguo: pídanos otro.',
    unknownLink: 'No conocemos este enlace: pídanos otro.',
    ended: 'No recibirá nada más de nosotros aquí. /start empieza de nuevo.',
  },
  it: {
    consent: (business) => `Voglio ricevere messaggi da ${business} su Telegram, comprese novità e offerte. Posso smettere in qualsiasi momento inviando /stop.`,
    welcome: (business) => `Benvenuto: qui le scrive ${business}. /stop lo termina. Se condivide il suo numero, la riconosceremo.`,
    agreed: (words) => `Che cosa ha accettato: «${words}»`,
    shareNumber: 'Condividere il mio numero',
    knowsYou: 'Grazie, ora sappiamo chi è.',
    onTheList: 'È già nella nostra lista. /stop lo termina.',
    spentLink: 'Questo link è già stato usato o è troppo vecchio: ce ne chieda uno nuovo.',
    unknownLink: 'Non conosciamo questo link: ce ne chieda uno nuovo.',
    ended: 'Qui non riceverà più nulla da noi. /start ricomincia.',
  },
} // prettier-ignore

/** The language that somebody's Telegram is set to (an IETF tag, such as `de-AT`), where the house speaks it. */
export function languageTold(code: string | undefined): Language | undefined {
  const spoken = Object.keys(telegramHouseWords) as Language[]
  return spoken.find((language) => language === code?.toLowerCase().split('-', 1)[0])
}
