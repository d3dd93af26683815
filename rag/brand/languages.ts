import { languageOf } from '../guardrails/language.ts'
import type { Language } from '../guardrails/rule.ts'
import { wordsOf } from '../guardrails/words.ts'
import { seenIn, type Learnt } from './learnt.ts'
import type { Sentence } from './own-sentences.ts'
import type { AddressForm } from './profile.ts'

/** The language of most of the words, where it is that of two thirds of them at least. */
export function mainLanguage(prose: readonly Sentence[]): (Learnt & { field: 'language' }) | null {
  const texts = [...Map.groupBy(prose, ({ documentId }) => documentId).values()]
  const read = texts.flatMap((sentences) => {
    const whole = sentences.map(({ text }) => text).join(' ')
    const language = languageOf(whole)
    return language === null ? [] : [{ language, words: wordsOf(whole).length, sentences }]
  })
  const all = read.reduce((sum, { words }) => sum + words, 0)
  const ranked = [...Map.groupBy(read, ({ language }) => language)]
    .map(([language, ofIt]) => ({ language, ofIt, words: ofIt.reduce((sum, { words }) => sum + words, 0) }))
    .toSorted((a, b) => b.words - a.words)
  const [main] = ranked
  if (!main || all < 100 || main.words < (2 / 3) * all) return null
  const why = `${main.ofIt.length} of ${texts.length} texts are in it`
  return { field: 'language', value: main.language, why, evidence: seenIn(main.ofIt.flatMap(({ sentences }) => sentences)) } // prettier-ignore
}

type Spoken = { form: AddressForm; words: RegExp }

/** The words of each way to speak to a reader. `Sie` and `Ihr` begin sentences of any kind: only inside one do they tell. */
const spoken: Readonly<Partial<Record<Language, readonly Spoken[]>>> = {
  en: [{ form: 'you', words: /\b(?:you|your|yours)\b/i }],
  nl: [
    { form: 'je', words: /\b(?:je|jij|jou|jouw)\b/i },
    { form: 'u', words: /\b(?:u|uw)\b/i },
  ],
  de: [
    { form: 'du', words: /\b(?:du|dich|dir|dein(?:e|en|em|er|es)?)\b/i },
    { form: 'Sie', words: /(?<=\p{L}[,;:]? )(?:Sie|Ihnen|Ihr(?:e|en|em|er|es)?)\b/u },
  ],
  fr: [
    { form: 'tu', words: /\b(?:tu|toi)\b/i },
    { form: 'vous', words: /\b(?:vous|votre|vos)\b/i },
  ],
}

/** How readers are spoken to: the way of nine in ten of the sentences that speak to them, where there are some. */
export function addressOf(prose: readonly Sentence[], language: Language | null): Learnt[] {
  const forms = (language === null ? undefined : spoken[language]) ?? []
  const counted = forms.map(({ form, words }) => ({ form, shown: prose.filter(({ text }) => words.test(text)) }))
  const all = counted.reduce((sum, { shown }) => sum + shown.length, 0)
  return counted
    .filter(({ shown }) => shown.length >= 5 && shown.length >= 0.9 * all)
    .map(({ form, shown }) => ({ field: 'addressForm', value: form, why: `${shown.length} of ${all} sentences that speak to a reader`, evidence: seenIn(shown) }))
} // prettier-ignore
