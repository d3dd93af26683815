import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asksToStop } from '#campaigns/heard/stop-words.ts'

const asking: Readonly<Record<string, readonly string[]>> = {
  English: ['STOP', ' Stop! ', 'stop.', '“STOP”', 'STOP 🛑', 'STOP SMS', 'Stop it', 'Stop texting me', 'please stop', 'Stop please', 'REVOKE', 'revoke my consent', 'UNSUB', 'Unsubscribe me', 'OPTOUT', 'OPT OUT', 'opt-out', 'STOP ALL', 'STOPALL', 'END', 'Quit', 'cancel', 'remove me', 'stop sending me messages please', 'Stop sending me these messages', 'Please stop sending me these texts', 'Unsubscribe me from this list'],
  Dutch: ['Stop a.u.b.', 'stop aub', 'Stoppen', 'AFMELDEN', 'afmelden aub', 'Uitschrijven alstublieft', 'stop met sms’en'],
  German: ['Stopp', 'Stopp bitte', 'stop bitte', 'bitte stoppen', 'ENDE', 'Abmelden', 'abbestellen bitte', 'keine Werbung', 'Stopp alle Nachrichten'],
  French: ['Arrêt', 'arrêter', 'STOP PUB', 'Stop svp', 'Stop s’il vous plaît', 'Stop s´il vous plaît', 'stop s il vous plait', "stop s'il te plaît", 'Désabonner!', 'désinscription', 'Desinscription svp', 'désinscrire'],
  Spanish: ['BAJA', 'Baja por favor', 'alto', 'Parar', 'cancelar', 'stop por favor', '¡STOP!'],
  Italian: ['Basta', 'basta per favore', 'cancella', 'Disiscrivi', 'rimuovi', 'stop messaggi', 'Stop grazie'],
} // prettier-ignore

const speakingOfIt: Readonly<Record<string, readonly string[]>> = {
  English: ['Stop by the shop tomorrow with the beans', 'where is the bus stop', 'Do you stop at noon?', "I can't stop drinking it", 'Don’t stop!', 'When does the sale end?', 'Can I cancel my order?', 'non-stop', 'Please send me more', ''],
  Dutch: ['Waar is de bushalte of stop?', 'Kan ik me afmelden voor de proeverij van zaterdag?', 'Ik wil mijn bestelling stoppen', 'aub'],
  German: ['Wann ist die Aktion zu Ende?', 'Wo ist der nächste Stopp?', 'Ich möchte mich für Samstag abmelden', 'Danke'],
  French: ['Où est l’arrêt du bus?', 'Sans arrêt', 'Je ne veux pas arrêter le café', 'merci'],
  Spanish: ['La música está muy baja', 'No quiero parar', '¿Puedo cancelar mi pedido?', 'gracias'],
  Italian: ['Non basta mai', 'Come si cancella un ordine?', 'Dove è la fermata, lo stop?', 'grazie'],
} // prettier-ignore

const word = fc.stringMatching(/^[a-zàâçéèêëîïôûùüÿñæœßäö]{1,9}$/)
const first = fc.constantFrom('stop', 'stopp', 'revoke', 'unsubscribe')
const written = (text: string) => fc.infiniteStream(fc.boolean())
  .map((large) => text.replaceAll(/./gu, (letter) => (large.next().value === true ? letter.toUpperCase() : letter))) // prettier-ignore
const around = fc.constantFrom('', ' ', '!', '.', '…', '"', '🛑', '\n')

describe('a message', () => {
  it.each(Object.entries(asking).flatMap(([language, all]) => all.map((one) => [language, one])))(
    'in %s asks for no more: %s',
    (_, message) => expect(asksToStop(message)).toBe(true),
  )

  it.each(Object.entries(speakingOfIt).flatMap(([language, all]) => all.map((one) => [language, one])))(
    'in %s only speaks of it: %s',
    (_, message) => expect(asksToStop(message)).toBe(false),
  )

  it('that begins with stop asks for no more with three words or fewer behind it, whatever they are, and not with more; with five where nothing else can be meant (property)', () => {
    fc.assert(fc.property(first, fc.array(word, { maxLength: 9 }), (begin, rest) => {
      expect(asksToStop([begin, ...rest].join(' '))).toBe(rest.length <= (begin.startsWith('stop') ? 3 : 5))
    })) // prettier-ignore
  })

  it('says the same in large and small letters, and whatever stands around it (property)', () => {
    const said = fc.constantFrom(
      ...Object.values(asking)
        .flat()
        .filter((one) => one === one.normalize('NFKD')),
    )
    fc.assert(fc.property(said.chain((text) => fc.tuple(around, written(text.toLowerCase()), around)), (parts) => {
      expect(asksToStop(parts.join(''))).toBe(true)
    })) // prettier-ignore
  })

  it('of nine words or more never asks for no more (property)', () => {
    const any = fc.oneof(word, first, fc.constantFrom('cancel', 'baja', 'basta', 'afmelden', 'ende', 'svp'))
    fc.assert(fc.property(fc.array(any, { minLength: 9, maxLength: 20 }), (sentence) => {
      expect(asksToStop(sentence.join(' '))).toBe(false)
    })) // prettier-ignore
  })
})
