/** Word lists of the generated people, written for them: no list of real persons stands behind any of it. */
const words = (text: string): string[] => text.trim().split(/\s+/)
const phrases = (text: string): string[] => text.split(',').map((phrase) => phrase.trim())

/** Given names from common to rare. */
export const maleNames = words(`john william david james thomas robert george charles michael peter richard edward henry
  paul joseph andrew mark christopher stephen daniel matthew anthony alexander samuel arthur frederick benjamin philip simon
  albert francis kenneth walter patrick martin alan ronald adam nicholas ian kevin brian jonathan harry jack oliver joshua
  luke ryan nathan liam jacob ethan lewis callum connor dylan jordan kyle aaron sean scott craig gary neil graham stuart
  colin derek raymond douglas donald leonard ernest herbert stanley harold sidney percy alfred reginald cecil hugh ralph
  edmund nathaniel jeremiah isaac abraham gilbert humphrey ambrose barnaby rupert duncan malcolm angus hamish fergus rhys
  gareth owen evan idris emlyn hassan omar tariq imran rajesh vikram arjun kenji marco luca stefan tomasz piotr dmitri`)
export const femaleNames = words(`mary elizabeth sarah anna margaret jane ann catherine emma susan helen alice emily
  rebecca charlotte victoria jessica laura rachel caroline hannah lucy sophie jennifer amy louise patricia christine karen
  julie olivia grace ruth martha ellen florence edith dorothy lilian ethel annie frances harriet eleanor rose ivy violet
  daisy agnes clara ada maud beatrice gertrude constance winifred mabel irene phyllis joan barbara sheila pamela maureen
  janet linda carol angela jacqueline deborah tracy sharon michelle joanne nicola samantha claire lisa kelly gemma leanne
  natalie stacey kirsty chloe megan bethany georgia amelia isla poppy freya niamh eilidh morag bronwen cerys rhiannon
  fatima aisha zainab yasmin priya anjali meera mei yuki sofia elena magdalena agnieszka katarzyna svetlana ingrid annika`)
/** Surnames from common to rare; the long tail is composed. */
export const surnames = words(`smith jones taylor brown williams wilson johnson davies robinson wright thompson evans
  walker white roberts green hall wood jackson clarke patel khan lewis james phillips mason mitchell rose davis rodgers
  turner martin cooper hill ward hughes moore clark king harrison baker allen parker scott young watson harris cook bell
  morgan richardson edwards hughes collins bailey bennett carter shaw murphy miller cox marshall simpson price anderson
  adams wilkinson foster ellis murray chapman mills richards webb lloyd palmer holmes powell stevens gray barnes knight
  hunt rogers matthews fisher owen harvey reid kelly graham campbell stewart fraser mackenzie grant ross macdonald kerr
  duncan ferguson cameron sinclair gordon hussain ahmed ali begum singh kaur sharma shah chowdhury wong chan nowak kowalski
  doyle byrne brennan gallagher dunne fitzgerald osborne pearce holt barker lane dixon brooks porter lambert frost
  hargreaves whitaker pemberton thistlewood fairfax cavendish percy howard stanley russell talbot seymour montague villiers`)
export const givenStarts = words(`al an ar be bri ca ce da de el em fa fi ga ge ha he is ja jo ka ke la le ma me na no
  ol or pa ra re ro sa se sha ta te va vi wi ya za`)
export const givenEnds = words(
  `ric ton den vin rell dan mar son las nan lyn na ra lie ssa nne tta bel dra nia lah sha rie line mira`,
)
export const surnameStarts = words(`ash ald bar beck bent birk black blen bol brad bram brom buck burn cald carl chad
  chel clif col cran croft dal den dray dun eas ed elm fair fel fern ford gar gil glen gold gran green hal ham har hart
  haw hay hel hes high hol hurst kel ken kil king lang law lin lock long mal marsh mel mid mor net new nor oak old orm
  pen pol pres rad ray red rich rip rod row rush sal sed sher shel sker stan staf stoke sut swin tat thorn til tre twy
  under wad wal war wes whit wil win wood wyn yar york`)
export const surnameMiddles = words(`a e i o en er el in an ar ing al or is`)
export const surnameEnds = words(`ton ley ford ham well field worth man by thorpe wick bury shaw ridge combe stead more
  sley son den bourne gate dale hurst croft stone wood brook land mere cliffe beck lock sett`)
export const cities = words(`london birmingham leeds glasgow sheffield manchester liverpool bristol edinburgh leicester
  coventry bradford cardiff belfast nottingham newcastle southampton portsmouth plymouth derby swansea aberdeen norwich
  luton oxford cambridge york exeter gloucester ipswich dundee bath lincoln chester carlisle durham lancaster worcester
  hereford stirling inverness truro wells ripon ely salisbury winchester canterbury bangor newport perth reading preston
  blackpool bolton burnley hull grimsby huddersfield halifax wakefield stockport oldham rochdale wigan warrington crewe`)
export const streetNames =
  phrases(`High, Station, Church, Victoria, Park, London, Green, Manor, Queens, Kings, New, Mill,
  Grange, School, Albert, York, Springfield, Windsor, Alexandra, North, South, West, Chapel, Meadow, Orchard, Elm, Oak, Ash, Cedar,
  Willow, Hazel, Birch, Beech, Rectory, Castle, Bridge, River, Canal, Market, Clarence, Nelson, Wellington, Cromwell, Stanley, Derby,
  Highfield, Woodlands, Northfield, Southfield, Hillside, Brook, Spring, Wood, Field, Cross, Cambridge, Oxford, Lancaster, Balmoral`)
export const streetKinds: readonly (readonly [string, string])[] = [
  ['Street', 'St'],
  ['Road', 'Rd'],
  ['Lane', 'Ln'],
  ['Avenue', 'Ave'],
  ['Close', 'Cl'],
  ['Drive', 'Dr'],
  ['Crescent', 'Cres'],
  ['Gardens', 'Gdns'],
  ['Place', 'Pl'],
  ['Way', 'Way'],
]
/** Reserved names: no address here can belong to anyone. */
export const mailDomains: readonly (readonly [string, number])[] = [
  ['gmail.example', 38],
  ['hotmail.example', 16],
  ['outlook.example', 12],
  ['yahoo.example', 12],
  ['icloud.example', 8],
  ['example.com', 8],
  ['example.org', 6],
]
const shortForms =
  phrases(`william bill will billy, robert bob rob bobby, richard dick rick, james jim jimmy jamie, john jack
  johnny, thomas tom tommy, charles charlie chas, edward ted ed eddie, henry harry hal, michael mike mick, david dave davy,
  christopher chris kit, stephen steve, daniel dan danny, matthew matt, anthony tony, alexander alex sandy, samuel sam,
  frederick fred freddie, benjamin ben, philip phil, albert bert, francis frank, kenneth ken, patrick pat paddy, ronald ron,
  nicholas nick, jonathan jon, joshua josh, nathan nate, andrew andy drew, joseph joe, peter pete, george geordie, walter wally,
  elizabeth liz beth betty eliza, margaret maggie peggy meg, catherine kate cathy kitty, mary molly polly, sarah sally,
  susan sue susie, rebecca becky, victoria vicky, jessica jess, jennifer jenny jen, patricia pat trish, christine chris tina,
  dorothy dot dolly, frances fanny fran, eleanor nell nora, florence flo, harriet hattie, deborah debbie, jacqueline jackie,
  samantha sam, charlotte lottie, caroline carrie, pamela pam, barbara babs, joanne jo, michelle shelly, alice allie,
  helen nell, emily em emmy, anna annie nan, ann nancy annie, rachel rae, hannah hanna, natalie nat, bethany beth, amelia millie`)

/** Short forms by given name. */
export const nicknames: ReadonlyMap<string, readonly string[]> = new Map(
  shortForms.map((family) => {
    const [name = '', ...short] = words(family)
    return [name, short] as const
  }),
)
