import { textsOf, type DraftBody } from '#rag/draft.ts'
import { languageOf } from '#rag/guardrails/language.ts'
import type { Language } from '#rag/guardrails/rule.ts'

/** What the house itself says to the visitors of a page: at its forms, in answers to them, and in the mail that asks. */
export type PageWords = {
  email: string
  leaveEmpty: string
  signUp: string
  mayWeCount: string
  countThem: string
  counted: string
  stopCounting: string
  notFound: readonly [title: string, words: string]
  gone: readonly [title: string, words: string]
  changing: readonly [title: string, words: string]
  look: readonly [title: string, words: string]
  notSignedUp: string
  notOurForm: string
  noAddress: string
  noForm: string
  tryLater: string
  tooOften: readonly [title: string, words: string]
  lastPress: string
  forAddress: (address: string) => string
  writeToMe: string
  deadLink: string
  notOurLink: string
  expired: string
  thanks: readonly [title: string, words: (business: string) => string]
  again: readonly [title: string, words: string]
  mailSubject: (business: string) => string
  mailAsks: (business: string) => string
  itWasMe: string
  mailElse: string
}

/** The words of the house in each language that copy is written in. */
export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    email: 'Your e-mail address',
    leaveEmpty: 'Leave this empty',
    signUp: 'Sign up',
    mayWeCount: 'May we count your visits to our pages? That takes a cookie of this site alone, for half a year. Without your yes nothing is kept.',
    countThem: 'Yes, count them',
    counted: 'Your visits to our pages are counted, as you allowed.',
    stopCounting: 'Stop counting',
    notFound: ['Not found', 'There is no page here.'],
    gone: ['Gone', 'This page was taken down.'],
    changing: ['This page is being brought up to date', 'What stood here has changed. We are writing it anew.'],
    look: ['Look into your mailbox', 'If the address can be written to, a mail with a link is on its way. Only the link signs you up.'],
    notSignedUp: 'Not signed up',
    notOurForm: 'This form did not come from a page of ours.',
    noAddress: 'This is no e-mail address: look at it again.',
    noForm: 'There is no such form any more: open the page again.',
    tryLater: 'No mail leaves at the moment: try again later.',
    tooOften: ['Not now', 'That was asked too often: try again later.'],
    lastPress: 'One last press',
    forAddress: (address) => `For ${address}`,
    writeToMe: 'Yes, write to me',
    deadLink: 'This link does not work',
    notOurLink: 'This link was not made here, or is cut off.',
    expired: 'This link has expired: sign up again.',
    thanks: ['Thank you', (business) => `${business} may write to you. Every mail says how to leave.`],
    again: ['That is done already', 'You have used this link before: nothing changed.'],
    mailSubject: (business) => `Please confirm: mail from ${business}`,
    mailAsks: (business) => `Somebody, we hope you, asked ${business} to write to this address. Is that right? Then say so here, within three days:`,
    itWasMe: 'Yes, it was me',
    mailElse: 'If it was not you, do nothing: no mail will follow, and the address is not kept.',
  },
  de: {
    email: 'Ihre E-Mail-Adresse',
    leaveEmpty: 'Bitte leer lassen',
    signUp: 'Anmelden',
    mayWeCount: 'Dürfen wir Ihre Besuche auf unseren Seiten zählen? Dafür braucht es ein Cookie nur dieser Website, für ein halbes Jahr. Ohne Ihr Ja wird nichts gespeichert.',
    countThem: 'Ja, zählen',
    counted: 'Ihre Besuche auf unseren Seiten werden gezählt, wie Sie es erlaubt haben.',
    stopCounting: 'Nicht mehr zählen',
    notFound: ['Nicht gefunden', 'Hier gibt es keine Seite.'],
    gone: ['Nicht mehr da', 'Diese Seite wurde entfernt.'],
    changing: ['Diese Seite wird überarbeitet', 'Was hier stand, hat sich geändert. Wir schreiben es neu.'],
    look: ['Sehen Sie in Ihr Postfach', 'Wenn an die Adresse geschrieben werden kann, ist eine E-Mail mit einem Link unterwegs. Erst der Link meldet Sie an.'],
    notSignedUp: 'Nicht angemeldet',
    notOurForm: 'Dieses Formular kam von keiner unserer Seiten.',
    noAddress: 'Das ist keine E-Mail-Adresse: Sehen Sie noch einmal nach.',
    noForm: 'Dieses Formular gibt es nicht mehr: Öffnen Sie die Seite neu.',
    tryLater: 'Im Moment geht keine E-Mail hinaus: Versuchen Sie es später noch einmal.',
    tooOften: ['Nicht jetzt', 'Das wurde zu oft versucht: Versuchen Sie es später noch einmal.'],
    lastPress: 'Noch ein Klick',
    forAddress: (address) => `Für ${address}`,
    writeToMe: 'Ja, schreiben Sie mir',
    deadLink: 'Dieser Link funktioniert nicht',
    notOurLink: 'Dieser Link stammt nicht von uns oder ist abgeschnitten.',
    expired: 'Dieser Link ist abgelaufen: Melden Sie sich noch einmal an.',
    thanks: ['Danke', (business) => `${business} darf Ihnen schreiben. In jeder E-Mail steht, wie Sie sich abmelden.`],
    again: ['Das ist schon geschehen', 'Sie haben diesen Link schon benutzt: Nichts hat sich geändert.'],
    mailSubject: (business) => `Bitte bestätigen: Post von ${business}`,
    mailAsks: (business) => `Jemand, hoffentlich Sie selbst, hat ${business} gebeten, an diese Adresse zu schreiben. Stimmt das? Dann sagen Sie es hier, innerhalb von drei Tagen:`,
    itWasMe: 'Ja, das war ich',
    mailElse: 'Wenn Sie es nicht waren, tun Sie nichts: Es folgt keine E-Mail, und die Adresse wird nicht gespeichert.',
  },
  nl: {
    email: 'Uw e-mailadres',
    leaveEmpty: 'Laat dit leeg',
    signUp: 'Aanmelden',
    mayWeCount: 'Mogen we uw bezoeken aan onze pagina’s tellen? Daarvoor is een cookie van alleen deze site nodig, voor een half jaar. Zonder uw ja wordt er niets bewaard.',
    countThem: 'Ja, tel ze',
    counted: 'Uw bezoeken aan onze pagina’s worden geteld, zoals u hebt toegestaan.',
    stopCounting: 'Stop met tellen',
    notFound: ['Niet gevonden', 'Hier is geen pagina.'],
    gone: ['Weg', 'Deze pagina is verwijderd.'],
    changing: ['Deze pagina wordt bijgewerkt', 'Wat hier stond, is veranderd. We schrijven het opnieuw.'],
    look: ['Kijk in uw mailbox', 'Als er naar het adres geschreven kan worden, is er een mail met een link onderweg. Pas met de link bent u aangemeld.'],
    notSignedUp: 'Niet aangemeld',
    notOurForm: 'Dit formulier kwam niet van een van onze pagina’s.',
    noAddress: 'Dit is geen e-mailadres: kijk het nog eens na.',
    noForm: 'Dit formulier bestaat niet meer: open de pagina opnieuw.',
    tryLater: 'Er gaat op dit moment geen mail uit: probeer het later nog eens.',
    tooOften: ['Niet nu', 'Dat is te vaak gevraagd: probeer het later nog eens.'],
    lastPress: 'Nog één klik',
    forAddress: (address) => `Voor ${address}`,
    writeToMe: 'Ja, schrijf mij',
    deadLink: 'Deze link werkt niet',
    notOurLink: 'Deze link komt niet van ons, of is afgeknipt.',
    expired: 'Deze link is verlopen: meld u opnieuw aan.',
    thanks: ['Dank u wel', (business) => `${business} mag u schrijven. In elke mail staat hoe u zich afmeldt.`],
    again: ['Dat is al gebeurd', 'U hebt deze link al eerder gebruikt: er is niets veranderd.'],
    mailSubject: (business) => `Bevestig alstublieft: mail van ${business}`,
    mailAsks: (business) => `Iemand, hopelijk uzelf, heeft ${business} gevraagd naar dit adres te schrijven. Klopt dat? Zeg het dan hier, binnen drie dagen:`,
    itWasMe: 'Ja, dat was ik',
    mailElse: 'Was u het niet, doe dan niets: er volgt geen mail en het adres wordt niet bewaard.',
  },
  fr: {
    email: 'Votre adresse e-mail',
    leaveEmpty: 'Laissez ce champ vide',
    signUp: 'S’inscrire',
    mayWeCount: 'Pouvons-nous compter vos visites sur nos pages ? Il faut pour cela un cookie de ce seul site, pendant six mois. Sans votre accord, rien n’est conservé.',
    countThem: 'Oui, comptez-les',
    counted: 'Vos visites sur nos pages sont comptées, comme vous l’avez permis.',
    stopCounting: 'Ne plus compter',
    notFound: ['Page introuvable', 'Il n’y a pas de page ici.'],
    gone: ['Page retirée', 'Cette page a été retirée.'],
    changing: ['Cette page est en cours de mise à jour', 'Ce qui se trouvait ici a changé. Nous le réécrivons.'],
    look: ['Regardez votre boîte de réception', 'Si l’on peut écrire à cette adresse, un message avec un lien est en route. Seul le lien vous inscrit.'],
    notSignedUp: 'Pas d’inscription',
    notOurForm: 'Ce formulaire ne venait pas d’une de nos pages.',
    noAddress: 'Ce n’est pas une adresse e-mail : vérifiez-la.',
    noForm: 'Ce formulaire n’existe plus : rouvrez la page.',
    tryLater: 'Aucun message ne part en ce moment : réessayez plus tard.',
    tooOften: ['Pas maintenant', 'La demande a été faite trop souvent : réessayez plus tard.'],
    lastPress: 'Encore un clic',
    forAddress: (address) => `Pour ${address}`,
    writeToMe: 'Oui, écrivez-moi',
    deadLink: 'Ce lien ne fonctionne pas',
    notOurLink: 'Ce lien ne vient pas de nous, ou il est coupé.',
    expired: 'Ce lien a expiré : inscrivez-vous de nouveau.',
    thanks: ['Merci', (business) => `${business} peut vous écrire. Chaque message dit comment se désinscrire.`],
    again: ['C’est déjà fait', 'Vous avez déjà utilisé ce lien : rien n’a changé.'],
    mailSubject: (business) => `Merci de confirmer : messages de ${business}`,
    mailAsks: (business) => `Quelqu’un, vous sans doute, a demandé à ${business} d’écrire à cette adresse. Est-ce exact ? Alors dites-le ici, dans les trois jours :`,
    itWasMe: 'Oui, c’était moi',
    mailElse: 'Si ce n’était pas vous, ne faites rien : aucun message ne suivra et l’adresse n’est pas conservée.',
  },
  es: {
    email: 'Su correo electrónico',
    leaveEmpty: 'Deje esto vacío',
    signUp: 'Suscribirse',
    mayWeCount: '¿Podemos contar sus visitas a nuestras páginas? Para ello hace falta una cookie solo de este sitio, durante medio año. Sin su sí no se guarda nada.',
    countThem: 'Sí, cuéntenlas',
    counted: 'Sus visitas a nuestras páginas se cuentan, como usted permitió.',
    stopCounting: 'Dejar de contar',
    notFound: ['No encontrada', 'Aquí no hay ninguna página.'],
    gone: ['Retirada', 'Esta página se ha retirado.'],
    changing: ['Esta página se está actualizando', 'Lo que había aquí ha cambiado. Lo estamos escribiendo de nuevo.'],
    look: ['Mire su buzón', 'Si se puede escribir a la dirección, un mensaje con un enlace está en camino. Solo el enlace le suscribe.'],
    notSignedUp: 'Sin suscripción',
    notOurForm: 'Este formulario no venía de una página nuestra.',
    noAddress: 'Esto no es un correo electrónico: revíselo.',
    noForm: 'Este formulario ya no existe: abra la página de nuevo.',
    tryLater: 'Ahora mismo no sale ningún mensaje: inténtelo más tarde.',
    tooOften: ['Ahora no', 'Se ha pedido demasiadas veces: inténtelo más tarde.'],
    lastPress: 'Un último clic',
    forAddress: (address) => `Para ${address}`,
    writeToMe: 'Sí, escríbanme',
    deadLink: 'Este enlace no funciona',
    notOurLink: 'Este enlace no es nuestro o está cortado.',
    expired: 'Este enlace ha caducado: suscríbase de nuevo.',
    thanks: ['Gracias', (business) => `${business} puede escribirle. Cada mensaje dice cómo darse de baja.`],
    again: ['Ya está hecho', 'Ya ha usado este enlace: no ha cambiado nada.'],
    mailSubject: (business) => `Confirme, por favor: correo de ${business}`,
    mailAsks: (business) => `Alguien, esperamos que usted, ha pedido a ${business} que escriba a esta dirección. ¿Es así? Dígalo aquí, en un plazo de tres días:`,
    itWasMe: 'Sí, fui yo',
    mailElse: 'Si no fue usted, no haga nada: no habrá más mensajes y la dirección no se guarda.',
  },
  it: {
    email: 'Il suo indirizzo e-mail',
    leaveEmpty: 'Lasci vuoto questo campo',
    signUp: 'Iscriversi',
    mayWeCount: 'Possiamo contare le sue visite alle nostre pagine? Serve un cookie di questo solo sito, per sei mesi. Senza il suo sì non si conserva nulla.',
    countThem: 'Sì, contatele',
    counted: 'Le sue visite alle nostre pagine vengono contate, come ha permesso.',
    stopCounting: 'Non contare più',
    notFound: ['Non trovata', 'Qui non c’è nessuna pagina.'],
    gone: ['Rimossa', 'Questa pagina è stata rimossa.'],
    changing: ['Questa pagina è in aggiornamento', 'Ciò che stava qui è cambiato. Lo stiamo riscrivendo.'],
    look: ['Guardi nella sua casella', 'Se all’indirizzo si può scrivere, un messaggio con un link è in arrivo. Solo il link la iscrive.'],
    notSignedUp: 'Nessuna iscrizione',
    notOurForm: 'Questo modulo non veniva da una nostra pagina.',
    noAddress: 'Questo non è un indirizzo e-mail: lo ricontrolli.',
    noForm: 'Questo modulo non c’è più: riapra la pagina.',
    tryLater: 'In questo momento non parte nessun messaggio: riprovi più tardi.',
    tooOften: ['Non ora', 'È stato chiesto troppe volte: riprovi più tardi.'],
    lastPress: 'Un ultimo clic',
    forAddress: (address) => `Per ${address}`,
    writeToMe: 'Sì, scrivetemi',
    deadLink: 'Questo link non funziona',
    notOurLink: 'Questo link non è nostro, o è tagliato.',
    expired: 'Questo link è scaduto: si iscriva di nuovo.',
    thanks: ['Grazie', (business) => `${business} può scriverle. Ogni messaggio dice come cancellarsi.`],
    again: ['È già fatto', 'Ha già usato questo link: non è cambiato nulla.'],
    mailSubject: (business) => `Conferma, per favore: posta da ${business}`,
    mailAsks: (business) => `Qualcuno, speriamo lei, ha chiesto a ${business} di scrivere a questo indirizzo. È così? Lo dica qui, entro tre giorni:`,
    itWasMe: 'Sì, sono stato io',
    mailElse: 'Se non è stato lei, non faccia nulla: non seguiranno messaggi e l’indirizzo non viene conservato.',
  },
} // prettier-ignore

/** The language that a page is in by its own words; where they are too few to tell, that of the brand, or English. */
export const pageLanguage = (body: DraftBody | null, brand: Language | undefined): Language =>
  (body && languageOf(textsOf(body).join(' '))) ?? brand ?? 'en'
