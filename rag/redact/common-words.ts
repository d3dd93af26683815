/** English words that begin sentences and headings, or stand in them with a capital: alone they name nobody and no place. */
const listed = new Set(
  `
  a an the this that these those i you he she it we they me him her us them my your his its our their mine yours hers ours theirs
  myself yourself himself herself itself ourselves themselves who whom whose which what when where why how whether if then else than
  and or but nor so yet for of to in on at by with from into onto upon over under above below between among through during before after
  since until till while as because although though unless despite without within about against along around across behind beside besides
  beyond near off out up down away back here there everywhere somewhere nowhere now soon later today tomorrow yesterday tonight
  never ever always often sometimes usually rarely seldom already still just only even also too very quite rather almost nearly perhaps maybe
  not no yes yeah yep nope ok okay oh ah hey hi hello goodbye bye thanks thank please sorry excuse pardon welcome cheers congratulations
  is am are was were be been being isn aren wasn weren have has had having haven hasn hadn do does did done doing don doesn didn
  will would shall should can could may might must cannot couldn wouldn shouldn won let lets got get gets getting go goes going gone went
  make makes made making take takes took taken taking give gives gave given giving come comes came coming see sees saw seen seeing look
  looks looking know knows knew known think thinks thought want wants wanted need needs needed like likes liked love loves loved hate
  use uses used using find finds found tell tells told ask asks asked work works worked working seem seems feel feels felt try tries tried
  leave leaves left call calls called keep keeps kept begin begins began start starts started stop stops stopped show shows showed shown
  hear hears heard play plays played run runs ran move moves moved live lives lived believe hold holds held bring brings brought happen
  write writes wrote written sit stand lose lost pay pays paid meet meets met meeting include continue set learn change lead understand
  watch follow create speak speaks spoke read spend grow open walk win offer remember consider appear buy buys bought wait serve die
  send sends sent expect build stay fall cut reach kill remain suggest raise pass sell require report decide pull return explain hope
  develop carry break receive agree support hit produce eat cover catch draw choose cause point listen realise realize place close
  add update updates updated updating block blocked cancel cancelled confirm contact contacts contacted check checks checked book order
  orders ordered ship ships shipped deliver deliver delivered delivery register sign log login enter click visit browse search view
  post posted promise promised announce announced share shared join joined follow introduce introducing present presents meet
  one two three four five six seven eight nine ten eleven twelve hundred thousand million billion first second third fourth fifth last next
  once twice half quarter dozen many much more most some any each every all both either neither few several other others another such same
  own enough little less least good better best bad worse worst big bigger small large long short high low great new old young early late
  right wrong true false real sure able free full easy hard difficult simple clear possible important different similar nice fine happy sad
  black white red green blue yellow orange purple pink brown grey gray dark light hot cold warm cool fresh clean dry wet sweet
  time times year years month months week weeks weekend day days hour hours minute minutes second seconds morning afternoon evening night
  noon midnight moment date dates deadline spring summer autumn winter fall season holiday holidays birthday anniversary
  man men woman women child children boy boys girl girls baby people person persons family families friend friends guy guys
  mother father parent parents mom mum dad son daughter brother sister husband wife partner uncle aunt cousin grandmother grandfather
  customer customers client clients user users member members guest guests boss chef owner staff team colleague manager director
  president minister secretary doctor nurse teacher student lawyer judge officer agent engineer analyst king queen prince princess royal
  mr mrs ms miss dr prof sir madam madame lord lady rev reverend captain colonel general major sergeant saint
  company companies business businesses firm office offices shop shops store stores market bank banks school schools university college
  hospital hotel restaurant bar cafe church museum library station airport park garden street road avenue lane square city town village
  country countries state states county region world earth house home homes room rooms door floor building apartment flat suite unit
  address addresses phone phones telephone mobile number numbers email emails mail message messages letter letters name names surname
  account accounts card cards credit debit money cash cheque check price prices cost costs fee fees charge charges tax taxes discount
  payment payments refund refunds invoice invoices bill bills balance amount limit loan mortgage insurance policy transfer deposit
  withdrawal statement statements transaction transactions currency dollar dollars euro euros pound pounds cent cents percent rate rates
  product products item items goods gift gifts box bag bags bottle pack package parcel label code codes link links page pages site
  website websites web internet online app apps software system systems computer laptop screen keyboard device file files folder data
  document documents form forms list lists table chart image images photo photos picture pictures video videos film films movie movies
  music song songs album albums band singer concert show shows game games sport sports match team race news article blog story stories
  book books chapter title author writer poem word words line lines text note notes question questions answer answers reply example
  problem problems issue issues error errors fault reason reasons result results idea ideas plan plans project projects task tasks
  job jobs career service services support help information info detail details fact facts case cases part parts piece side top bottom
  end beginning middle center centre front group groups kind kinds type types sort way ways thing things something anything nothing
  everything someone anyone everyone nobody everybody somebody anybody
  water food coffee tea milk sugar bread cheese meat fish fruit egg eggs rice salt oil wine beer drink drinks lunch dinner breakfast
  bean beans roast roasted roaster roastery espresso filter grinder brew brewing cup cups grams kilo kilos tasting flavour flavor taste
  subscription subscriptions workshop workshops washed natural honey decaf blend origin harvest farm farms farmer farmers
  car cars bus train trains taxi plane flight flights bike boat ship trip travel tour ticket tickets visa passport driver driving license
  licence insurance health medical medicine care body head hand hands eye eyes face heart blood foot feet hair skin
  sun moon star stars sky sea ocean river lake mountain mountains hill island beach forest tree trees flower flowers animal animals
  dog dogs cat cats bird birds horse north south east west northern southern eastern western central international national federal
  public private local global social political economic legal official personal professional commercial industrial digital electronic
  government council committee department ministry agency court law laws rule rules right rights vote election war peace army police
  military history science art arts culture language languages religion god bible nature design style fashion color colour
  size shape form quality quantity level class grade standard test tests exam score value values power energy force
  monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
  january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
  english french german dutch spanish italian portuguese russian chinese japanese korean american british european african asian
  indian irish scottish welsh canadian australian mexican brazilian greek turkish polish swedish norwegian danish finnish swiss
  austrian belgian hungarian czech arab arabic latin christian muslim jewish catholic buddhist hindu thai vietnamese
  ok usa uk eu un us id ids faq faqs pdf csv html url api atm asap pin sms vat ssn iban bic cvv cc cv ceo cto cfo hr pr pm am
  dear regards sincerely best kind warm hugs love subject re fwd cc bcc attn tel fax date from sent ps nb etc eg ie vs via per
  according actually additionally after again ahead alas alternatively altogether anyway apparently apart basically being below besides
  briefly certainly clearly consequently currently despite due during either especially eventually everybody exactly except finally
  following formerly fortunately frankly furthermore generally given hence honestly hopefully however immediately indeed instead
  interestingly lately later likewise listen look luckily mainly meanwhile moreover mostly namely naturally nevertheless next nonetheless
  obviously occasionally originally otherwise overall particularly personally possibly previously primarily probably provided quickly
  really recently regarding regardless remember respectively sadly seriously shortly similarly simply slowly specifically subsequently
  suddenly supposedly surely surprisingly therefore thereafter thus together typically ultimately undoubtedly unfortunately unlike usually
  weekly daily monthly yearly annual annually dr whenever wherever whatever whoever wisdom discipline justice freedom truth beauty
  knowledge mercy honesty courage entertainment boogie magazine journal times post daily weekly monthly review award awards festival
  championship league cup olympic olympics world prize series season episode part volume edition version chapter
  action adventure comedy drama horror thriller documentary anthem band capital population citizens resident residents
  street bridge tower palace castle temple garden gardens gate place terrace close drive court way row crescent boulevard
  suite apt apartment floor unit box po psc apo fpo dpo aa ae ap
  inc ltd llc corp co plc gmbh limited incorporated corporation group holdings partners associates sons bros
  dear madam sir team all everyone everybody folks guys ladies gentlemen customer friend
  block blocks paragraph section column row cell field button menu option options setting settings default
  lucky dying singing written sung named born located situated based listed directed starring founded raised capitalized often
  `
    .split(/\s+/)
    .filter(Boolean),
)

const endings = ['s', 'es', 'ed', 'd', 'ing', 'ly', 'er', 'ers', 'est']

/** Whether a word, in any case, is an everyday one, as it stands or without its ending. */
export function isCommon(word: string): boolean {
  const lower = word.toLowerCase().replace(/['’](?:s|re|ve|ll|d|m|t)$/u, '')
  if (listed.has(lower)) return true
  return endings.some((ending) => {
    if (!lower.endsWith(ending) || lower.length - ending.length < 3) return false
    const stem = lower.slice(0, -ending.length)
    return listed.has(stem) || (/^(?:ed|ing|er|ers|est)$/.test(ending) && listed.has(`${stem}e`)) || listed.has(stem.replace(/(.)\1$/, '$1'))
  })
} // prettier-ignore
