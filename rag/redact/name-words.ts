import { cities } from '#ingest/columns/places.ts'
import { familyNames } from '#ingest/columns/family-names.ts'
import { givenNames } from '#ingest/columns/given-names.ts'
import { isCommon } from './common-words.ts'
import { givenNamesAToK } from './given-names-a-k.ts'
import { givenNamesLToZ } from './given-names-l-z.ts'

const moreGivenNames = new Set(`${givenNamesAToK}${givenNamesLToZ}`.split(/\s+/).filter(Boolean))

const strokes: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ð: 'd', æ: 'ae', ß: 'ss', þ: 'th', ı: 'i', œ: 'oe' } // prettier-ignore

/** A word in lower case, without accents and strokes, as the lists have it. */
export const fold = (word: string): string =>
  word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[øłđðæßþıœ]/g, (letter) => strokes[letter] ?? letter)
    .replace(/['’]s$/, '')

const isListed = (name: string): boolean => givenNames.has(name) || moreGivenNames.has(name)

/** A given name in one of some fifty languages; those that are everyday words count only where `proper` is told. */
export function isGivenName(word: string, proper = false): boolean {
  const folded = fold(word)
  const found = isListed(folded) || (folded.includes('-') && folded.split('-').every(isListed))
  return found && (proper || !isCommon(folded))
}

const surname = /(?:ova|eva|ov|ev|ev(?:a|ich)|ovic|evic|ic|sky|ski|ska|cki|czyk|wicz|enko|chuk|yuk|escu|eanu|sen|sson|ssen|sdottir|dottir|nen|stad|strom|lund|quist|qvist|gren|berg|berger|burg|mann|meier|meyer|mayer|bauer|huber|stein|hoff|hofer|inger|elli|etti|ucci|acci|ini|ano|aro|ero|azzo|ez|es|eira|eiro|inho|eau|eaux|ault|ard|oux|ois|yan|ian|oglu|poulos|opoulos|akis|idis|iadis|ou|adze|shvili|iya|wala|ton|well|ford|wood|worth|bury|field|ley|leigh|by|smith|son|kins|ings|man|escu)$/ // prettier-ignore
const syllables = /^(?:(?:[kgsztdnhbpmyrwfj]|sh|ch|ts|ky|gy|ny|hy|by|my|ry)?[aeiou]{1,2}n?){3,6}$/
const beginnings = /^(?:o['’]|mc|mac|d['’]|de|di|du|van|von|la|le|fitz|al-|el-|ben|bin)(?=\p{L}{3})/u

/** Whether a word is a family name of the list, or is built as family names of many languages are. */
export const looksLikeSurname = (word: string): boolean => {
  const folded = fold(word)
  if (familyNames.has(folded)) return true
  return folded.length > 3 && (surname.test(folded) || beginnings.test(folded) || syllables.test(folded))
}

/** Small words inside names of people and places. */
export const particles: ReadonlySet<string> = new Set(
  'van von der den de del della di da do dos das du la le les el al bin ibn ben ter ten op zu zum zur af av y e i of the en sur sous upon nad pod pri aux à'.split(
    ' ',
  ),
)

const codes = 'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'.split(
  ' ',
) // prettier-ignore
const formerNames = 'swaziland,macedonia,burma,czech republic,holland,great britain,england,scotland,wales,northern ireland,usa,u.s.a.,uk,u.k.,united states of america,ivory coast,cape verde,east timor,turkey,congo,democratic republic of the congo,republic of the congo,vatican city,holy see,the gambia,the bahamas,korea,south korea,north korea,russian federation,syrian arab republic,viet nam,lao,brunei darussalam,palestine,micronesia,saint lucia,saint kitts and nevis,saint vincent and the grenadines,antigua and barbuda,trinidad and tobago,bosnia and herzegovina,sao tome and principe,hong kong,macau,macao,myanmar,virgin islands,british virgin islands,falkland islands,pitcairn islands,svalbard and jan mayen,wallis and futuna,netherlands antilles,yugoslavia,soviet union,hawaii,california,texas,florida,new jersey,washington,oregon,nevada,arizona,colorado,georgia,ohio,michigan,illinois,pennsylvania,virginia,massachusetts,ontario,quebec,catalonia,bavaria,tuscany,sicily,crimea,kosovo,tibet,siberia,europe,africa,asia,australia,america,north america,south america'.split(
  ',',
) // prettier-ignore

/** Names of the countries of the world in some languages, as the runtime knows them, and of some regions; folded. */
const countries: ReadonlySet<string> = new Set(
  ['en', 'nl', 'de', 'fr', 'es', 'it', 'pt']
    .flatMap((language) => {
      const names = new Intl.DisplayNames([language], { type: 'region' })
      return codes.map((code) => fold(names.of(code) ?? code).replace(/ & /g, ' and ').replace(/^st\.? /, 'saint ').replace(/ sar china$/, '').replace(/ \(.*\)$/, '')) // prettier-ignore
    })
    .concat(formerNames),
)

/** Countries that are also given names or everyday words of some language: a capital is wanted. */
export const isCountry = (phrase: string): boolean => {
  const folded = fold(phrase)
    .replace(/[\s]+/g, ' ')
    .replace(/^st\.? /, 'saint ')
  return folded.length > 2 && countries.has(folded)
}

/** A large city, or a country. */
export const isPlace = (phrase: string): boolean => isCountry(phrase) || cities.has(fold(phrase))
