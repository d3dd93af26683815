import { describe, expect, it } from 'vitest'
import { checkCopy, copyFactsSchema } from '#rag/guardrails/check-copy.ts'

const house = copyFactsSchema.parse({
  facts: [
    'Ethiopia Aricha costs €13.20 for 250 g.',
    'Filter Explorer costs €22.00 a month.',
    'Filter Explorer can be paused for up to three months at a time.',
    'The trial of Filter Explorer lasts 14 days.',
    'Kenya Gichatha tastes of blackcurrant, grapefruit and cane sugar.',
    'Colombia Decaf Nariño is decaffeinated in Colombia with ethyl acetate made from sugar cane.',
    'Subscribers get 10% off equipment.',
    'The workshop lasts 90 minutes.',
    'Alder House Espresso is roasted in Utrecht.',
    'Gift cards are valid for two years.',
    'A repair takes five working days.',
    'The club meets every Thursday.',
    'The grinder uses 150 watts.',
    'Decaf Box costs €18.00 every two weeks.',
    'The annual plan costs €220.00 a year.',
    'Rent of a machine costs €3.50 per day.',
  ],
  business: { name: 'Alder & Ash' },
  countries: ['NL', 'DE', 'US'],
})

/** The rules that object to a text. */
const objecting = (text: string): string[] =>
  checkCopy(text, house, new Date('2029-11-01T00:00:00Z')).flatMap(({ rule, verdict }) =>
    verdict === 'pass' ? [] : [rule],
  )

const told: Readonly<Record<string, readonly string[]>> = {
  'figures-match': [
    'Filter Explorer costs €22.00 per week.',
    'Filter Explorer is €22.00 weekly.',
    'Filter Explorer costs €22.00 a year.',
    'For €22.00 a day you get Filter Explorer.',
    'The annual plan costs €220.00 a month.',
    'The annual plan costs €220.00 per quarter.',
    'Rent of a machine costs €3.50 per week.',
    'Rent of a machine costs €3.50 an hour.',
    'Decaf Box costs €18.00 every week.',
    'Decaf Box costs €18.00 a month.',
    'Filter Explorer costs €22.00/week.',
    'Filter Explorer: €22.00 every fortnight.',
    'The trial of Filter Explorer lasts 14 weeks.',
    'The workshop lasts 90 hours.',
    'Gift cards are valid for two months.',
    'A repair takes five weeks.',
    'Filter Explorer can be paused for up to three weeks at a time.',
    'Filter Explorer costs €22.00 per bag.',
    'Ethiopia Aricha costs €13.20 per kilo.',
  ],
  supported: [
    'Kenya Gichatha tastes of honey and almonds.',
    'Kenya Gichatha tastes of blackcurrant, grapefruit and dark chocolate.',
    'Kenya Gichatha has notes of jasmine and peach.',
    'A cup of Kenya Gichatha brings toffee and red apple.',
    'Kenya Gichatha tastes of strawberry.',
    'Expect vanilla and cinnamon in Kenya Gichatha.',
    'Kenya Gichatha tastes smoky and bitter.',
    'Kenya Gichatha tastes of grapefruit and marzipan.',
    'Alder House Espresso is roasted in Rotterdam.',
    'Alder House Espresso is grown in Brazil.',
    'Alder House Espresso comes from Sumatra.',
    'Kenya Gichatha is grown in Rwanda.',
    'Colombia Decaf Nariño is decaffeinated with carbon dioxide.',
    'Colombia Decaf Nariño is decaffeinated in Germany with ethyl acetate.',
  ],
  sensitive: [
    'We noticed that you are struggling to pay your bills.',
    'Since your wages were cut, this smaller bag may suit you.',
    'Now that you are out of work, here is a cheaper coffee.',
    'We know you cannot afford much at the moment.',
    'Short of cash this month? We saw it in your orders.',
    'After your mother’s death you deserve some quiet.',
    'As someone with high blood pressure you will like our decaf.',
    'Your recent miscarriage must be hard.',
    'Because you vote Green, you will love this.',
    'As a Jewish household you may want kosher beans.',
    'We see that you have been ill lately.',
    'Since you broke up with your husband, one bag is enough.',
    'You seem to be in therapy; take it slowly.',
    'For gay couples like you.',
  ],
  testimonials: [
    '“I drink nothing else any more,” writes Tom.',
    'Four out of five customers come back.',
    '98% of our guests are satisfied.',
    'Our customers call it the coffee of the year.',
    'Voted roastery of the year.',
    'Onze klanten geven ons een 9,4.',
    'Unsere Kunden lieben uns.',
    'Trusted by 10,000 homes.',
    'Nos clients nous adorent.',
    'Reviewers gave it 5 stars.',
  ],
}

const ofHealth: readonly string[] = [
  'Our coffee protects against dementia.',
  'Two cups a day keep diabetes away.',
  'Coffee reduces your risk of stroke.',
  'It relieves headaches within minutes.',
  'Good for your liver.',
  'Drink it and stay free of colds.',
  'Calms your nerves and helps you sleep.',
  'It burns fat while you rest.',
  'Lowers cholesterol.',
  'Prevents Parkinson’s.',
  'Slows down ageing.',
  'Strengthens your bones.',
  'A natural remedy for migraine.',
  'Doctors recommend our decaf.',
  'It fights inflammation.',
  'Reduces stress and anxiety.',
  'Verlaagt je bloeddruk.',
  'Onze koffie beschermt tegen hart- en vaatziekten.',
  'Helpt bij afvallen.',
  'Versterkt je weerstand.',
  'Goed voor je hart.',
  'Voorkomt dementie.',
  'Senkt den Blutdruck.',
  'Schützt vor Diabetes.',
  'Hilft beim Abnehmen.',
  'Stärkt das Immunsystem.',
  'Beugt Alzheimer vor.',
  'Gut für Ihr Herz.',
  'Fait baisser la tension.',
  'Protège contre le diabète.',
  'Aide à maigrir.',
  'Renforce les défenses immunitaires.',
  'Bon pour le cœur.',
  'Prévient la maladie d’Alzheimer.',
  'Baja la presión arterial.',
  'Protege contra la diabetes.',
  'Ayuda a adelgazar.',
  'Refuerza el sistema inmunitario.',
  'Bueno para el corazón.',
  'Previene el cáncer.',
  'Abbassa la pressione.',
  'Protegge dal diabete.',
  'Aiuta a dimagrire.',
  'Rafforza il sistema immunitario.',
  'Fa bene al cuore.',
  'Previene l’Alzheimer.',
]

const innocent: readonly string[] = [
  'Does the pressure of your machine drop?',
  'We reduced the risk of stale beans with a new valve.',
  'The valve protects against damp.',
  'A strong cup at the heart of the day.',
  'The bag prevents light from reaching the beans.',
  'Grind finer to lower the flow.',
  'Good for filter and espresso.',
  'Sleep in on Saturday: we open at ten.',
  'De koffie is goed voor filter en espresso.',
  'Der Druck der Maschine sinkt.',
  'Schützt vor Licht und Feuchtigkeit.',
  'Bon pour le filtre et l’espresso.',
  'La pression de la machine baisse.',
  'Bueno para filtro.',
  'La pressione della macchina scende.',
  'Protegge dalla luce.',
  'Voorkomt klonten in het filter.',
  'Helpt bij het doseren.',
  'Short of time? Order before noon.',
  'Since you ordered filter papers, here is a tip.',
  'We know you like Kenya Gichatha.',
  'As a subscriber you get 10% off equipment.',
  'You can pay your bill by card.',
  'Now that you have a grinder, grind finer.',
  'After your holiday you deserve some quiet.',
  'We saw your order come in.',
]

const right: readonly string[] = [
  'Filter Explorer costs €22.00 per month.',
  'Filter Explorer costs €22.00 monthly.',
  'Filter Explorer costs €22.00/month.',
  'Filter Explorer costs €22.00 every month.',
  'The annual plan costs €220.00 yearly.',
  'The annual plan costs €220.00 per year.',
  'Rent of a machine costs €3.50 a day.',
  'Decaf Box costs €18.00 every two weeks.',
  'Filter Explorer costs €22.00.',
  'The workshop lasts 90 minutes.',
  'Gift cards are valid for two years.',
  'A repair takes five working days.',
  'Kenya Gichatha tastes of blackcurrant.',
  'Kenya Gichatha tastes of grapefruit and cane sugar.',
  'Blackcurrant, grapefruit and cane sugar: Kenya Gichatha.',
  'Kenya Gichatha has notes of blackcurrant and grapefruit.',
  'Expect blackcurrant and grapefruit in Kenya Gichatha.',
  'Alder House Espresso is roasted in Utrecht.',
  'Ethyl acetate made from sugar cane takes the caffeine out of Colombia Decaf Nariño.',
  'Colombia Decaf Nariño is decaffeinated in Colombia.',
]

describe('copy that says more than it may', () => {
  it.each(Object.entries(told).flatMap(([rule, texts]) => texts.map((text) => [rule, text] as const)))(
    'is met by %s: “%s”',
    (rule, text) => {
      expect(objecting(text)).toContain(rule)
    },
  )

  it.each(ofHealth)('makes a claim about health, in whatever language: “%s”', (text) => {
    expect(objecting(text).some((rule) => rule === 'prohibited' || rule === 'regulated')).toBe(true)
  })
})

describe('copy near it', () => {
  it.each(innocent)('is no claim about health, nor about the reader: “%s”', (text) => {
    expect(objecting(text)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:prohibited|regulated|sensitive)$/)]),
    )
  })

  it.each(right)('is let through where the facts say it: “%s”', (text) => {
    expect(objecting(text)).toEqual([])
  })
})
