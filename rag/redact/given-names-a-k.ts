/** Given names of five continents beside those of `ingest/columns/given-names.ts`, lower case without accents: A to K. */
export const givenNamesAToK = `
  aage aakash aarav aarti aase abbas abbie abby abd abdallah abdel abdelaziz abdelkader abdelkarim abdelrahman
  abderrahim abderrahmane abdirahman abdulaziz abdulkadir abdullahi abdulrahman abeba abebe abelardo abena abeni abhay
  abhijit abhinav abhishek abidemi abiodun abiola abrar abril achieng achille achilleas adalgisa adama adamantia
  adamma adanna adaobi adebayo adebola adel adela adelaide adelheid adelina adelmo adem adeola aderonke adesina
  adetokunbo adhira adil adina adisa adithep aditi aditya adnan adolf adolfo adorjan adrienne adrijana afaf afia
  afolabi afra afroditi afua agatha agathe agathi aggelos agnese agneta agnete ago agostino agoston agustin ahlam
  ahmad aibhlinn aicha aida aigars aikaterini aiko ailbhe aileen aili ailsa aime aimee aimi ain ainars aine aisling
  aivar aivars ajay ajit akane akanksha akash akemi akhil aki akihiro akihito akiko akin akinori akinyi akio akiyoshi
  akos akosua aksel akshay akua akwasi alaa aladar alana alasdair alastair alba alberta albertine albie albin albina
  albrecht alcide alda aldis aldo alec alejo aleksandr aleksei aleksej aleksey alena alenka ales alesa alev alexa
  alexandrine alexandros alf alfhild alfio alfons alfonsina alfreda algernon algis alia alin alisa alix aliya aliye
  aliyu aliz aljaz aljosa alkis alla allison alma almaz almos almudena alois alojz alojzy alok alonso aloysius alp
  alper alphonse alva alvaro alvin alwin alyssa alzbeta amadeo amadi amado amadou amal amalia amani amar amare amarjit
  ambika ambre ambroz ambrus amedeo amerigo aminah aminata amira amita amitabh ammar amos amparo amr amrita amund
  anabel anacleto anais anan anand anas anastasia anastasija anastasios anastasiya anatole anatolij anatoly anca
  andela andjela andor andras andre andree andreea andrei andrej andreja andrey andris andrus andy andzelika ane aneta
  anette anezka anfisa ang ange angele angelica angelika angeliki angeline angharad angie anh anibal anica aniela
  aniket aniko anirudh anisha anitta anjali anju anka ankit ankita anna-maija annabelle annalisa annamaria anne-lise
  annegret anneke anneli annelies anneliese annemiek annett annikki annmarie annunziata anong anselme anselmo ansgar
  anssi antal antanas antigoni antje antonella antonie antonietta antonija antonin antonina antonis ants antti antun
  anuj anup anupam anuradha anurak anushka anwar anwen anwuli aodhan aoife aparna apinya apolline apolonia apostolos
  araceli aran arash arata archana arda are arend ares arezoo argyro ariadna ariadne arie ariel arild aristea
  aristeidis aristide arjang arkadiusz arkady arlene armaghan arman armand armanda armando armelle armi armida arna
  arnaldo arnar arnav arnd arnfinn arnhild arno arnold arnor aroha arpad arran arrigo arsenij arshia artem artemis
  arthit arto arttu arturo arturs artyom arun aruna arundhati arvid arvind arvo arwa arwel asad asami ase asgeir
  ashish ashlee ashok ashraf ashton ashwin asif asim aslak aslaug asli asma asmaa aspasia assad assunta asta astri
  asuka asuman asuncion atakan ataullah atef atena ates athanasios athina atid atsuko atsushi attila attilio atul aud
  audrius auguste augustin auguszta aulis aune aurel aurelia aurelien aurelio aurica aurimas aurora aurore ausilia
  ausra avdotya avery avgust avinash awa awad awet axel axelina axelle aya ayaka ayako ayame ayan ayanna ayano ayat
  aydin ayesha ayhan ayla aylin ayman aynur ayo ayodele aysegul aysel aysen aysin aysun aytac ayub ayumi ayush azadeh
  azar aziz aziza azubuike azucena azusa azzurra babajide babak badr baha bahar bahram bakr bala balaji balazs
  baldassarre baldur balint baltasar balthasar bao baqir barak baraka barbora barend baris barna barnabas barney
  barrie bartek barthelemy bartlomiej bartolome bartolomeo basak basel bashar bashir basile basilio bassam bastiaan
  bastien battista batuhan bayram beate beatrix becky bedrich bedwyr begona begum behnam behrouz behzad bekir bela
  belen belgin belinda bence bendeguz benedek benedetta benedetto benedicte beniamino benicio benito benny bent bente
  berat berend berglind bergljot bergthora berhane berhe berit berk berkay berna bernadett bernarda bernardino
  bernardo berndt bernhard bernice berrin berta bertalan bertha berthe bertram bessie betsy bettina betul beverley
  beyza bhanu bharat bharti bhaskar bhavana bhavya biagio bianka bich bijan bilal bilge billie bimal bin bina bing
  biniam birger birgitta birgitte birkir birna birte birute bjarki bjarne bjarni bjorg blaise blanca blanche blandine
  blaz blazej blazena blodwen bo bobbie bodil bodo bodog bogdana boglarka bogumil boguslaw bohdan bohumil bojan bojana
  bola boldizsar boleslaw bolin bonnie boonmee boonsri bora borbala borge borghild boriska borislav borivoj borna
  borut boubacar bouchra bowen boyd bozena bozidar bozo brad bradford bradley brady bragi brahim brandi brando brandy
  branimir branislav branka branko bratislav bret bretislav brett brice bridie brigid brigita brigitta brita britney
  britt britta brittany bronislava bronislaw bronwyn bruna brunella brunilde brynja brynjar bryony bulent burak burcu
  burkhard bushra busra byron caetano cai caio caitriona calin calogero calvin camelia camilla camilo can canan
  candace candela candice candido caner cansu capucine cara carey carlton carmel carmela carmelo carmina carolin
  carrie carroll carwyn casey casimiro casper cassie catalin cato catriona cayetano cecil cecilija cedric cees celal
  celeste celestin celestina celestine celestino celestyna celso cem cemal cemil cemile cengiz ceren ceri cerise
  cesaire cesar cesare cesarina cevdet ceyda cezar cezary chai chaisai chakrii chalerm chanarong chandan chandra
  chandrika chang channarong chanthara chao chara charalampos charity charley charline charlot charmaine chatri chau
  cheikh cheng cherie chester chetan chi chia chiamaka chibueze chibuike chibuzo chico chidi chidiebere chidimma
  chidinma chidubem chie chieko chiemeka chih chihiro chijioke chika chikako chike chikezie chima chimezie chin
  chinatsu chinaza ching chinonso chinwe chinyere chioma chisato chitra chiyo chiyoko chizoba chong chow chrissy
  christel christelle christen christer christi christiaan christie christof christos chrysanthi chrysoula chuachai
  chukwudi chukwuemeka chukwuma chumphon chun chung cian ciaran cigdem cihan cillian cintia cinzia ciprian cirilla
  ciro claas clarence clarissa clarisse clark claudette claudine clayton clelia clemence clemente clementine cliff
  clifford clifton clint clinton clio clodagh clothilde clotilde clovis clyde codrin coen colby colleen colm conall
  concepcion concetta conchita cong connie conny constantin constanza consuelo cor cora coral coralie cordelia
  corentin corey corina corinna cormac cornel cornelius corrado cosimo cosmin costantino costanza costel costin
  crescencia crina cristi cristiano cristobal cristoforo cruz csaba csenge csilla csongor ctibor cui curt curtis
  cyprien cyril cyrille cyrus cyryl daan dace dacian dafne dafydd dag dagfinn dagmara dagny dagur daichi daiki dainis
  daire daisuke daisy daiva daiyu dakota daksha dalal dale dalia dalibor damiano damir damjan damla damon dana
  danguole dania danica daniil danijel danijela danil danuta dao darija darina dario darius dariush darja darko darla
  darlene darragh darrell darryl darshan daryl davina davood davor davorin davut deanna deanne debora decebal decha
  deepa deepika deiniol deirdre delaram delbert delfina delia delilah delinda della delores demet demetrio demetrios
  demid demyan denes deniz denny derk dermot derrick derya desanka desiderio desire desiree desmond despina desta
  detlef dev devendra devi devika devin devon dewey dewi dexter dezso dhananjay dharma dhruv dianne didem diederik
  dietrich dieudonne dilara dilek diletta dilip dilys dimitra dimitrios dimitris dina dinah dinesh dinh dino dionysia
  dionysios dipak dipika ditte divya dixie djamila djibril dmitrij dmitry dmytro doaa dobromila dobroslav dogan doina
  dolly domagoj domen domenica domenico domicela domingo domokos don donal donatella donatien donato dong donnie
  donovan dorian doriane dorin dorina dorottya dorte dorthe doru dot doug dougal dragan dragana dragica drago dragomir
  dragos dragoslav dragutin drahomira drazen duane duangkamol dubravka duc dudley duha dumisani dumitra dumitru dung
  dunja duong durdica durga dusan dusanka duygu dwayne dwight dzenana eamon earl earnest ebba ebbe ebele ebere
  eberhard ebony ebrahim ebru ece eckhard ed edanur edda edelmira edgaras edgardo edgars edina edit edita edmee edmond
  edmondo edmund edna edoardo edouard eduarda edwina eero efe effie efi efisio efosa efrain efstathios eftychia egidio
  egil egle egon egor eha ehsan eija eiji eike eikichi eiko eila eilert eilidh eilish eimear einar eino eira eirian
  eirik eirlys eivind ejike ekaterina ekene ekkehard elba elda electra eleftheria eleftherios elek elemer elen eleni
  eleonora eleonore eleri elfriede elham elian eliana eliane eligio elina elinor eliot elis elisabetta eliska
  elissavet eliza elizaveta elke elli ellinor elliott elmer elmo elnaz elodie elof eloisa eloise eloy elsbeth else
  elsebeth elsie elton eluned elvira elvis elzbieta emad eman emanuela emanuele emel emeline emerson emese emi emiko
  emil emile emiliano emilienne emilija emilio emin emina emir emmanouil emmanuelle emmerich emmett emmi emoke emory
  emrah emre emrys encarnacion endel ender endre enea engelbert engin enid eniko enis enitan enn enoch enrica eoghan
  eoin epifanio epp ercan ercole erdal erdem erdogan eren erhan eri erick eriko eriks erkan erki erkki erlend erlendur
  erling ermanno ermenegilda ermes ermias ernesta ernestine ernesto erno erol errol ersilia ersin ertan ertugrul eryk
  erzsebet esen esha esin eskil esko esma espen esra essam essie estanislao esteban estefania estela estelle ester
  estrella eszter etelka ethel etienne etsuko etta ettore euan eufemia eufrasia eugen eugenia eugenie eugenio
  eugeniusz eulalia eunice eusebio eustace evald evangelia evangeline evangelos evanthia evariste evaristo evelien
  evelin evelina everett evert evgeni evgenia evgenij evgeny evi evren ewald ewelina ewout eydis eylul eyob eythor
  eyvind ezequiel ezgi ezinne fabiana fabiano fabienne fabiola fabrice fabricio fabrizia fabrizio fadi fadia fadil
  fadl fahad fahd fahim fahri faisal faiza faizan fakhri falk fang fanny farah faraj faraz farhad farhan fariba farid
  farida farouk farrukh farshad faruk faruq farzad farzaneh fathi fatih fatin fatoumata fausta faustino fausto fawzi
  fawzia faye fayruz faysal fearghal fedele fedor fei felice felicia feliciana felicidad felicien felicite felicja
  feliks femi feng fenna ferdinand ferdinanda ferdinando ferdo ferenc fereshteh fergus ferhat feride ferit fermin fern
  fernand feroz ferruccio feyza ffion fiamma fidel figen fikre fikret filiberto filippa filippo filiz filomena fionn
  fionnuala fiorella fiorenza fiorenzo firas firat firmin flaminia flavia flaviana flavie flavio fletcher fleur floor
  florencia florencio florent florentin florentina florica florin florina floyd folake folkert foma forrest fortunata
  fortunato fosca fotini fotis fouad fran franc franca france francine francisca franciszka franco frane franjo franka
  frankie franklin frantisek franziska fraser freda frederick frederique fredrik freek freja freweini frida frieda
  friederike frigyes frits frode fuad fulgencio fulvia fulvio fumie fumiko fumio funda funmilayo furkan futoshi gabe
  gabi gabino gabor gabriella gabrijela gad gael gaelle gaetan gaetana gaetano gaku galal galeazzo galina galini galip
  gamal gamze ganesh gang gard garrett garry garth gaspar gaspare gasper gaston gastone gaurav gauri gautam gauthier
  gavril gayle gediminas geert geertje geertruida geeta geir gellert gena genaro generosa genet geneva genevieve genji
  gennady gennaro geoff georgette georgi georgie georgios geraldine gerardo gerda gergely gergo geri gerlinde germaine
  german geronima geronimo gertrud gertruda gertrude gethin geza ghada ghassan ghazal gheorghe ghislaine ghita
  giacinta giada giambattista giampaolo giampiero giancarlo gianfranco giang gianluigi gianmarco gianna gianni giannis
  gianpaolo gica gideon giedrius gijs gilberte gilberto gilda ginny gino gintaras gioacchino gioia giordano giorgia
  giorgos giosue giovana girma girolamo girts gisele giselle gislaine gisli gita giti gitte giuditta giuliana giuliano
  giulietta giulio giuseppa giuseppina giustina giusto gizella gizem gjertrud gleb glenda glenys godefroy godfrey
  goffredo gokce gokhan goli gonca gontran gonul gopal goran gorazd gordana goro goronwy gottfried govind graciela
  grady graeme grazia graziana graziella gregg gregoire gregorio gretchen grethe griet griffin grigore grigori grigory
  gro guadalupe guan guang gudbjorg gudmund gudmundur gudrun guerino guglielma guglielmo gui guillermina guinevere
  gulay gulcan guler gulsah gulsen gulshan gulten gulzar gunda gunes gungor gunhild gunilla gunn gunnar gunnhild
  gunnvor gunta guntars guo guoliang gurkan guro gurpreet gustaf gustave gustavo gusztav guven gwen gwenaelle
  gwendolyn gwenllian gwilym gwyn gwyneth gyasi gyongyi gyorgy gyula haakon habib habiba habtom hacer hachiro hadi
  hadia hadiya hafiz hafsa hagos hai haidar haifeng haile hailey haim hajar hajime hajnalka hakan hakeem hakim hakki
  hakon hal hala halide halil halime halina halldor halldora hallgrim hallur hallvard hamad hamdan hamed hameed hamid
  hamida hamza hana hanaa hanako hanan handan hande hando hang hani hania hanif hanka hanneke hannele hannelore hannu
  hansa hansjorg hao haoran hari harish harith haroun harpreet harri harriett harris harsha harshad hartmut haru harue
  haruka haruki haruko harumi haruo hasan hashem hashim hasina havva hawa hayat hayate hayato haydar hayden hayri
  haytham hedda hedvig hedvika hedwig heide heidrun heikki heiner heino heitor heledd helge helgi heliodoro helju
  hella helle helmer helmi helmuth helvi hema hemant hemi hendrika heng henning henriette henriikka henrik henrique
  henryk henryka herdis heribert heriberto hermina hermine herminia hernan herta hesham hester hettie hiba hicham
  hideaki hidehiko hideki hideko hidenori hideo hidetoshi hien hieu hikari hikaru hilal hilario hilda hildur hilja
  hilkka hillar hilma hiltrud hinata hind hine hinrich hipolito hippolyte hiro hiroaki hirofumi hiroki hiroko hiromi
  hiromichi hiromitsu hironori hiroto hiroyasu hiroyuki hisae hisako hisao hisashi hisham hitesh hitomi hitoshi
  hjalmar hjalti hjordis hoa hoai hoang hoda holden hollie homer hong hongmei honoka honore honorine honza hooman hope
  horace horacio horatiu horia hormoz hortense hortensia hossam hossein hotaru houda houssam hrafn hrvoje hua huan
  huang huda huguette huiling hulda hulya humberto humphrey hung hunor huong hurrem hurriyah husam husayn hussain
  hussien huy huyen hynek hyun hywel iacob iacopo iain iakovos iben ibolya ibrahima ibtisam ichiro idar idil idris
  ieuan ifan ifeanyi ifeoma ifeyinwa igino ignac ignacy ignatius ignazio ihab ijeoma ike ikechukwu ikenna ikuko ilaria
  ilayda ildefonso ildegarda ildiko ileana ilham ilhan ilias ilie ilija ilinca ilinka ilka ilkay ilker ilkka illtyd
  ilmar ilmari ilpo ilta ilya ilze imad imam iman imane imants imbi imelda imke immacolata imran imre ina inari inas
  inci india indira indra indrek inese inessa ineta ingebjorg ingeborg ingegerd ingemar inger ingibjorg ingmar ingo
  ingolf ingolfur ingunn ingvar ingvild inmaculada inna inta ioan ioana ioanna ioannis iolanda iolo ion iona ionel
  ionela ionut iorwerth ioulia ipek iphigenia ippolita iqbal ira iraj irem irenee irenke irfan irina irini irja irma
  irvin irving irwin iryna isa isabela isabell isaiah isaias isamu isao isha ishaan ishaq ishita isidora isidore
  isidro isil ismael ismail ismet isobel isolde isotta isra issa issam isto istvan itai italia italo itsuki iulia
  iulian iuliana iva ivanka ivano ivar ivars ivett ivica ivie ivo ivona ivor iwao iwo iyabo iza izabela izabella
  izidor izolda izumi izzet jaafar jaak jaakko jaan jaanus jaber jabir jabril jacinthe jacinto jacky jaclyn jacoba
  jacobus jacopo jacquelyn jacquette jadranka jadwiga jae jafar jagdish jagoda jahan jai jaime jakab jakov jalal jalil
  jamaal jamal jameel jamil jamila jamshid jan-erik janaki janelle janez janie janis janja janka janko janne janneke
  jannes jannis janos jari jarkko jarl jarle jarmila jarmo jaromir jaroslav jaroslava jarrod jarvis jasbir jasim jasna
  jaspreet jassim jatin javad jawad jawahir jaya jayant jayanti jayesh jayne jeannie jeannine jeannot jed jedrzej
  jefferson jeffery jehan jelena jelka jelmer jemima jemma jenni jennie jeno jeppe jere jeremiah jermaine jernej
  jeronimo jesper jess jessika jethro jewel jia jiahao jian jiang jianguo jianhua jianjun jiao jie jihad jiho jillian
  jimena jimin jimmie jin jindrich jindriska jingyi jiri jirina jiro jisoo jitendra jiwon jo joakim joann joaquina
  joar jobst jocelyn jochem jochen jodi jodie jody joey johanne johnathan johnnie jolan jolana jolene jomana jomo
  jonah jonatan jonathon joni jonna jonny joon joost jorgen jorma jorn jorunn josefa josefina josette josh josiah
  josiane josip josipa jost jostein josue jouko joumana jouni jovan jovana jovica joy joyce jozefa jozica jozo jozsef
  jozsua judah judicael judit juha juhan juhana juhani juho jukka julcsa julianna julianne juliet julieta julija
  julius jumana junaid june junichi junior junji junjie junko juozas juraj jure jurgis juri jurij juris juro jussi
  justo jyoti jyrki kaan kaare kaarel kaarina kabir kadiatou kadir kadri kadriye kaede kahu kaido kaie kaija kailash
  kaisa kaito kaja kajal kalani kalev kalevi kalju kalle kalliope kalman kalpana kaltham kalyan kamal kamala kamilla
  kamini kamran kana kanae kanako kaname kanchan kanda kang kanji kanon kanya kaori kaoru kapil kara karan kareem kari
  karim karima karita karla karlheinz karlis karmen karol karoliina karoly karsten kartik kasem kasey kasia kasim
  kaspar kasper kata katalin katariina katayoun katelyn katerina katica katla katri katrine katsuhiko katsumi katsuo
  katsuro katsuya katy kauko kaushal kaushik kaveh kavya kawthar kaye kayleigh kayo kayoko kazem kazim kazimierz
  kazimir kazue kazuhiko kazuhiro kazuki kazuko kazuma kazumi kazunori kazuo kazushi kazuya kazuyuki kazys keanu
  keegan keely kees kei keigo keiichi keiji keijo keiko keira keisuke keita kelechi kelemen kelley kellie kelsey
  kelvin kemal kenan kendall kende kendra kendrick kengo kenichi kenjirou kenna kent kenta kentaro kenza kerem kerim
  kermit kerri kersti kerttu kestutis ketan ketil khadiga khadija khadijah khalid khalida khalifa khalil khalilah
  khanh khawla khayri khidir khoa khosrow kian kiet kikue kikuko kimberley kimiko kimmo kin kinga kinuko kiran kiri
  kirill kirk kirsi kirstin kishore kit kitti kittibun kitty kiyoko kiyomi kiyoshi kjartan kjell kjersti kjetil
  klaudia klavdiya klemens klementina klementyna kleopatra knud knut kohei koichi koji kojiro kolbjorn komal konosuke
  konstantin konstantina konstantinos koray korkut kornel kornelia kornelius kory kostas kosuke kota kotaro kotone
  kouji kraisee krassimir kresimir krishna krista kristaps kristi kristie kristiina kristijan kristine kristjan
  kristofer kristoffer kristy kriszta krisztian krisztina kriti krystian krystof ksenia ksenija kuba kubra kulap
  kuldeep kulli kumari kumi kumiko kun kunal kunigunde kunihiko kuniko kunio kursat kurtis kustas kvetoslava kwabena
  kwaku kwanjai kwasi kyla kylie kyllikki kyo kyoichi kyoko kyosti kyriaki kyriakos kyung
`
