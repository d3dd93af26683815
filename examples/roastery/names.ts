import type { Country } from './shop.ts'

const words = (text: string): string[] => text.split(',').map((word) => word.trim())

const dutchFirst = words(`Anna, Bram, Sophie, Daan, Emma, Lucas, Julia, Sem, Lotte, Thijs, Sanne, Jeroen, Femke, Ruben,
  Marieke, Pieter, Iris, Joost, Eva, Maarten, Nienke, Stijn, Roos, Wouter, Fleur, Bas, Hanna, Koen, Mila, Gijs, Esther,
  Tom, Ilse, Niels, Zoë, Hugo, Annemiek, Jasper, Fatima, Mehmet, Aylin, Youssef, Noor, Karim, Priya, Sven, Renée,
  Chloé, Wietske, Sjoerd, Margriet, Hendrik, Yvonne, Cornelis, Tess, Floor, Arjan, Elif, Rachid, Saskia, Vera, Olaf`)
const dutchLast =
  words(`de Jong, Jansen, de Vries, van den Berg, Bakker, van Dijk, Visser, Smit, Meijer, de Boer, Mulder,
  de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit, Dijkstra, Smits, de Graaf, van der Meer,
  Kok, Jacobs, Vermeulen, van den Heuvel, van der Veen, Schouten, Willems, van Beek, Hoekstra, Koster, Prins,
  Postma, Blom, Huisman, Kuipers, Yılmaz, El Amrani, Bouzid, Sharma, Kramer, Scholten, van Wijk, Post, Kuiper, Veenstra,
  Bosman, Wolters, Sanders, Mol, Molenaar, Verhoeven, Timmermans, Groen, Zijlstra, van Loon, Driessen, Bosch, Maas`)
const englishFirst = words(`Olivia, George, Amelia, Harry, Isla, Jack, Grace, Oliver, Freya, Arthur, Imogen, Callum,
  Niamh, Rhys, Poppy, Ewan, Harriet, Idris, Maya, Theo, Zainab, Duncan, Beatrice, Fergus`)
const englishLast = words(`Smith, Jones, Taylor, Brown, Wilson, Evans, Walker, Wright, Hughes, Green, Hall, Clarke,
  Patel, Turner, Campbell, Fraser, Ahmed, Morgan, Bennett, Shaw, Kelly, Reid, Barker, Holt`)
const germanFirst = words('Lena, Jonas, Klara, Felix, Greta, Moritz, Ida, Matthias, Frieda, Lukas')
const germanLast = words('Müller, Schneider, Fischer, Weber, Wagner, Becker, Schäfer, Koch, Krüger, Vogel')
const japaneseFirst = words('Haruka, Kenji, Yui')
const japaneseLast = words('Sato, Tanaka, Mori')

export const firstNames: Record<Country, readonly string[]> = {
  NL: dutchFirst,
  BE: dutchFirst,
  DE: germanFirst,
  GB: englishFirst,
  JP: japaneseFirst,
}
export const lastNames: Record<Country, readonly string[]> = {
  NL: dutchLast,
  BE: dutchLast,
  DE: germanLast,
  GB: englishLast,
  JP: japaneseLast,
}

/** City, and the start of its postal codes. */
export const cities: Record<Country, readonly (readonly [readonly [string, string], number])[]> = {
  NL: [
    [['Utrecht', '35'], 30],
    [['Amsterdam', '10'], 24],
    [['Rotterdam', '30'], 10],
    [['Den Haag', '25'], 8],
    [['Amersfoort', '38'], 7],
    [['Haarlem', '20'], 6],
    [['Leiden', '23'], 5],
    [['Zeist', '37'], 5],
    [['Hilversum', '12'], 4],
    [['Nijmegen', '65'], 4],
    [['Groningen', '97'], 4],
    [['Eindhoven', '56'], 4],
  ],
  BE: [
    [['Antwerpen', '20'], 3],
    [['Gent', '90'], 2],
    [['Leuven', '30'], 1],
  ],
  DE: [
    [['Köln', '506'], 2],
    [['Düsseldorf', '402'], 1],
    [['Münster', '481'], 1],
  ],
  GB: [
    [['London', 'E8'], 5],
    [['Bristol', 'BS6'], 2],
    [['Manchester', 'M20'], 2],
    [['Edinburgh', 'EH6'], 2],
    [['Leeds', 'LS7'], 1],
    [['Sheffield', 'S11'], 1],
  ],
  JP: [
    [['Kyoto', '604'], 1],
    [['Tokyo', '153'], 1],
  ],
}

export const streets: Record<Country, readonly string[]> = {
  NL: words(`Dorpsstraat, Kerkstraat, Molenweg, Julianastraat, Wilhelminalaan, Beukenlaan, Lijsterstraat, Havenkade,
    Nieuwegracht, Ooievaarstraat, Lindelaan, Parkstraat, Zonnebloemweg, Merelhof, Oudegracht, Esdoornstraat`),
  BE: words('Kerkstraat, Stationsstraat, Veldstraat, Molenstraat'),
  DE: words('Gartenstraße, Lindenweg, Bahnhofstraße, Bergstraße'),
  GB: words('Station Road, Victoria Road, Church Lane, Mill Lane, Park Avenue, Queens Road, Albert Street, Elm Grove'),
  JP: words('Karasuma 4-12, Meguro 2-7'),
}

/** Only names reserved for documentation and testing: no address here can ever belong to anyone. */
export const mailDomains: readonly (readonly [string, number])[] = [
  ['gmail.example', 34],
  ['example.com', 16],
  ['example.org', 10],
  ['example.net', 10],
  ['ziggo.example', 12],
  ['kpn.example', 8],
  ['outlook.example', 10],
]

export const companies = ['Bureau Noord', 'Studio Kade', 'Praktijk Zuid'] as const

/** Lower-case ASCII letters, as people make an e-mail address of a name. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ı', 'i')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')

/** The name without accents, as an old system writes it. */
export const unaccented = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ı', 'i')
