import { block, type Language, type Rule } from './rule.ts'
import { wordsOf } from './words.ts'

/** The commonest short words of each language: in any text of some length they tell it. Words of two languages count for both. */
const commonest: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: setOf('the of and to in is that it for was with as on be at by this have from or had not are but we you your our they an were which their has will would there can more if about who what when all been one'),
  nl: setOf('de het een en van in is dat op te zijn met voor niet aan er om ook als maar dan bij nog uit kan geen je jij jouw ons onze wij zij hun wordt worden heeft hebben naar door over deze dit die wat wie waar of tot u uw'),
  de: setOf('der die das und in den von zu mit ist im für auf nicht ein eine einen einem einer dem des sich auch es an als wir sie ihr ihre unser unsere sind wird werden hat haben aus bei nach wie oder aber wenn noch nur durch über dass kann du dein'),
  fr: setOf('le la les de des du un une et à en est que qui dans pour pas sur au aux avec ce cette ces il elle nous vous votre vos notre nos sont être ont plus par ou mais se son sa ses leur où comme tout'),
  es: setOf('el la los las de del un una y en que es por con para se no su sus lo al como más pero este esta son nos nuestro nuestra usted tu tus está han hay muy o si también desde cuando'),
  it: setOf('il lo la i gli le di del della dei un una e è in che per con non si su da al alla come più ma questo questa sono nostro nostra vostro suo sua tu tuo ha hanno o se anche nel nella delle'),
} // prettier-ignore

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '))
}

const names: Readonly<Record<Language, string>> = {
  en: 'English', nl: 'Dutch', de: 'German', fr: 'French', es: 'Spanish', it: 'Italian',
} // prettier-ignore

/** Fewer words do not tell. */
const fewest = 8

/**
 * The language of a text by its commonest words (Grefenstette 1995, “Comparing two language identification schemes”), or
 * null when the text is too short or two languages are as likely.
 */
export function languageOf(text: string): Language | null {
  const words = wordsOf(text).map((word) => word.text.toLowerCase())
  if (words.length < fewest) return null
  const ranked = (Object.keys(commonest) as Language[])
    .map((language) => ({ language, hits: words.filter((word) => commonest[language].has(word)).length }))
    .toSorted((a, b) => b.hits - a.hits)
  const [first, second] = ranked
  if (!first || !second || first.hits < 2 || first.hits < second.hits * 1.3) return null
  return first.language
}

/** The copy is written in the language that was asked for. */
export const language: Rule = {
  name: 'language',
  version: 1,
  what: 'The copy is in the language that was asked for',
  why: 'Readers were promised their language, and rules that read words know only that one',
  check: ({ copies, context }) => {
    if (context.language === undefined) return []
    const whole = copies.map((copy) => copy.text).join(' ')
    const strangers = copies.flatMap((copy) => {
      const found = languageOf(copy.text)
      return found === null || found === context.language ? [] : [{ copy, found }]
    })
    const asked = names[context.language]
    if (strangers.length === 0) {
      const found = languageOf(whole)
      return found === null || found === context.language
        ? []
        : [block({ where: 'body' }, null, `This is ${names[found]}, not ${asked}`, `Write it in ${asked}`)]
    }
    return strangers.map(({ copy, found }) =>
      block(copy, { start: 0, end: copy.text.length }, `This is ${names[found]}, not ${asked}`, `Write it in ${asked}`),
    )
  },
}
