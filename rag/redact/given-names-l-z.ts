/** Given names of five continents beside those of `ingest/columns/given-names.ts`, lower case without accents: L to Z. */
export const givenNamesLToZ = `
  labib lacey lachlann lacramioara lada ladislao ladislav laila laima laimonis lajos lale lalit lalita lamai lamar
  lambert lamberto lambertus lamia lamin lamis lan lana lance landolfo lane lanh larisa larry larysa lasse lassi
  laszlo lata latasha lateef latif latifa latisha latoya laureano laurel laurentiu laurette lauri lauris lauro lautaro
  lavinia lawan lawrence layla lazaro leandra leandro lech leda leela leena lehel leida leif leila leilani leland
  leman lembit lene lenke lennie lenny leocadia leona leonel leonhard leonid leonida leonidas leonilda leonor leonore
  leontin leontine leopold leopolda leopoldo leos lester leticia letitia letizia lev levent levente leyla li lian
  liang liban libby liberato libero licia lidia lidija lidmila lien lieselotte lieve liga ligia lihua liina liisa
  liivi lili liliana liliane liliya liljana lilla lillian lilou lin linas line ling linh linnea linneo lino lionel
  lisbet lisbeth liu liv livia livio liviu liz liza lizzie ljerka ljiljana ljubica ljubo ljubomir ljudmila llew llinos
  lloyd loan lobna lodewijk loic lolita lone long lonnie loraine lorand lorant lorcan loredana lorella loren lorena
  lorenz lorenza lori loriana lorinc lorna lothar lotta lottie lou louella louie loukas loup lourdes lovisa lovre
  lovro lowell lowri luan luana luay lubna lubomir lubos lucette lucian luciana luciano lucien lucienne lucija lucilla
  lucille lucinda lucio lucius lucja lucrecia lucrezia lucyna lucza ludger ludivine ludmila ludovic ludovica ludovico
  ludvik ludwik luella luigia luigina luise luisella luka lulwa luminita luther lutz luz lwam lyle lyn lynda lyndon
  lynette lyudmila maarika maarja mabel macarena macej machiko mack madalina maddalena maddie maddison madeline madge
  madhavi madhu madhuri madis madlena madoka mads mae maelle maeve mafalda magda magdalini magdolna maggie magne
  magnhild magni maha mahdi mahendra maher mahesh mahin mahir mahmood mahmoud mahmut mahnaz mahsa mai maie maija maike
  maiko mairead mairi maisie maite maj majd majdi majed majid majken makar maki makiko makoto makram maksim maksym
  mala malai malak malati malene mali malia malik malika malin mall malle mallory malte malthe malvina malwina mamadou
  mami mamie mamiko mamoru mamta mana manabu manaia manal manami mandeep mandla mandy manee manfredi manish manisha
  manja manjit manju manlio manoel manoj manolis mansi mansoor mansour mao maram marat marceau marcelino marcell
  marcella marcelle marcello marcia marcie maredudd mareike margarete margarethe margarita margaux marge margery
  margherita margie margita margreet margret margrethe margriet marguerite margus mari mariam mariama marian
  mariangela mariann mariano maribel marica maricarmen maricetta maricica mariela marielle marietta marija marijan
  marijke marika marike mariko marilena marin marine marinka marinko marino mariola maris mariska marisol marissa
  maristela maristella marit marius marja marjan marjana marjatta marjo marjolaine marjorie marketa markku markos
  marla marleen marlies marlon marsha marshall mart marte marten marthe martins marton martti marty martyna maruca
  marusya marva marvin marwa marwan maryann marzena marzia marzio masaaki masafumi masahiko masahiro masaki masako
  masami masanori masao masaru masashi masato masayoshi masayuki masoud masouma massima massimiliano massimo masud
  masumi masuyo mate matej mateja matheus mathew mathias matija matilde matjaz mats matsuko matt matthaios mattheus
  matti mattia matyas maude maura mauri mauricio maurilia maurizia maurizio mavis mawia maxence maximiliano maximino
  maxine mayada maysa mayu mayuko mayumi mazen mckenzie meagan mebrahtu mechthild medhanie meelis meena meera meghan
  meghna megumi mehran mehrdad mehri mehtap mei meifang meike meiko meiling meinhard meinir mekonnen mel melba melchor
  mele melek melike melina melinda melisa melitta melody meltem melvin menno menyhert meral mercede meredith merete
  merike merja merle merlin mert merve mervi mervyn mesut metin mette meurig mevlut micaela michalis micheal michela
  michelangelo michi michie michiel michiko michio mickey midori mieczyslaw mieko mihael mihaela mihail mihaly mihkel
  mihnea mikhail miki mikiko mikio mikkel mikko miklos mikoto mikula mikulas milad milada milagros milana mildred
  miles mileva milica milijana milind milivoj miljenko milka milko millicent milo miloje milos miloslav miloslava
  milovan miltiadis milton mimma mina minako minami minato mindaugas mindy mine minerva minh minho minjun minna minnie
  minoo minoru mio mira miran miranda miray mircea mirco mireille mirela mirella mirja mirjami mirjana mirka mirko
  miro miron mirona miroslav miroslava misaki misako misao misha mislav misty mitch mithun mitra mitsuko mitsuo
  mitsuru mitsuyo miu miwa miya miyako miyoko miyu miyuki mizuki mladen moammar modestas modesto modou moe mogens
  mohamad mohan mohini mohit mohsen moin moina moira moises mojca mojgan mojmir mojtaba mollie momoka momoko mona
  mongkut monir montserrat monty moosa morad morag moreno morgane morna morris morten morteza mortimer morven moses
  moshe mostafa motoko mounir mousa moussa mozes mridula mubarak mucahit mufid muge muhamad muhammed muhammet muhanad
  muharrem muhsin muireann mujahid mukesh mukhtar mukta muna mungo munir munira muntasir murad murali muriel murray
  murtaza musa mushtaq mustapha mutsumi muzaffer muzna myfanwy mykola myra myrna myron myrtle myrto nabil nabila nada
  nadege nader nadezda nadezhda nadim nadir nadira nadja nael nafisa nagisa nagla naglis nahid nahla nail naila naima
  naina naiyana najat naji najib najla najma najwa nako nalan nalani nalini nam namrata nana nanako nanami nandini
  nandor nanna nao naoki naoko naoto naoya narayan narcisa narciso narendra naresh narges nariman narong nasir nasira
  nasrin nasser natale natalija natalina natalya natasa natsuki natsuko natsumi nattapong naveen navid navin nawal
  nawar nawra nayef naz nazan nazanin nazario nazim nazli nazzareno neal nebahat nebojsa necati necla ned neda nedal
  nedeljko nedim neelam neema neeme neera neeraj neeta nefeli nektarios nela nelida nell nellie nelson nelu nenad
  nereo neriman nermin nerys nese neslihan nestor nestore nettie nevena nevenka nevia neville nevin nevine nga ngaire
  ngan ngoc nguyet nhan nhi nhung nia niamh nicanor nichole nicol nicolae nicoleta nicolette nicolo nicos nicusor
  nidhi niek nieves nihal nihat niilo niina nika nikhil nikica nikifor nikiforos nikita niko nikodem nikola nikolai
  nikolaj nikolaos nikolay nikoleta nikolett nikos nil nilay nilesh nilgun niloufar nilufer nima nimet nimisha nimrod
  ning nino ninon ninoslav niraj niran nirmala nisha nishant nitin nitya nives niyazi nizar njal njeri nkechi nkem
  nkiru nnamdi nnenna noa noboru nobu nobuko nobuo nobuyuki noelani noelia noelle noemie nok nola nolan noor noppadon
  norah norberto noreen nori noriaki noriko norio noriyuki normunds norris nouf noura novak nozomi nozomu nuh nuha
  nuno nunzia nunzio nur nura nuran nuray nurcan nurdan nurgul nuri nuria nuriye nurten nurullah nuttaporn nwabueze
  nyasha oana oanh obi obiageli obinna obioma octavia octavian octavio odd oddbjorg oddvar odile odinaka odon odysseas
  ofelia ogechi oguz oisin ojars okan okechukwu okoro oksana oktay okwudili ola olabisi oladele olav olavi olayinka
  olbracht oldrich oldriska olegario oleksandr olena olev olgierd olimpia olive oliviero oliwia olli ollie olof oluf
  olufemi olumide oluwaseun olympia omari ombretta omer omero omid omkar omnia omur onder ondrej onni onofrio onur
  onwuka onyeka onyekachi onyinye oonagh opal ophelia ophelie ora orazio orcun oresta oreste orhan oriane orietta orla
  orlando ornella orsina orsola orsolya ortensia ortrud ortwin orville osagie osama oskari osman osmo ossi osvaldo
  oszkar ota otakar otavio othman otis otmar ottavia ottavio ottilia ottilie ottone otylia ousmane outi ove ovidiu
  ozan ozcan ozge ozgur ozkan ozlem paavo padma padraic padraig pakorn pal pallavi palle palma palmira palmiro paloma
  pam panagiota panagiotis pancho panit panka pankaj pankracy panni pansy pantelis paolina par parag paramjit
  paraschiva paraskevi paris parisa parsa parth parvati parvin parviz parya pascale pascual pasquale pasqualina
  patcharee patience patricio patrizia patrizio patsy patti patty paulette pauli paulina paulino paulius paulo pavao
  pavel pavla pavlina pavlos pawan payal pearl pedram peep pegah pei pekka pelin pelle pembe peng penina pensri per
  percival percy perihan periklis perla pernille perrine pertti peteris peterke petr petre petri petrica petro
  petronela petronilla petros petru petruta petter petula phaithoon phichit philibert phong phuc phuong pia pichai
  piera pierangelo pierce piergiorgio pierina pierluigi piero pierrette piers piersilvio piia pina pinar ping pino pio
  piret pirjo pirkko pirooz piroska piti pjotr placido platon plinio ploy polat polina polyxeni pompeo pongrac pontus
  poonam porfirio porntip portia porzia poul pouya prabha prabhakar pradeep prakash pramod pranav prasad prasert
  prashant prasit pratap pratibha pratik praveen preben preecha preeti prem premysl preston priit primitivo primo
  primrose prisca priscilla pritam priti prospero prudence prudenzia przemek puja puneet purificacion purnima pushpa
  pyotr qadir qasim qian qiang qing qiu quan quang quentin quincy quinn quintilio quirin quirino quoc quy quyen quynh
  raakel rabab rabee rabia rachael rachan rachele rachid rachida rada rade radek radha radhia radhika radim radka
  radmila radomir radoslav radoslava radovan radu radwan rafaela rafe raffaele raffaella rafi rafiq raghad raghda
  raghu ragna ragnar ragnhild raha raheem rahel rahim rahma rahman rahmi raija raili raimo raimondo raimonds raimundo
  raina raivo raja rajaa rajab rajan rajani rajat rajeev rajendra rajiv rajko rajkumar rajni raju rakel rakesh rallou
  raluca rama ramadan raman ramazan ramesh rami ramin ramiro ramla ramona ramunas rana randa randall randolph randy
  rangi rani rania raniero ranjit raouf raoul raphaelle rasa rasha rashad rasheed rashid rashida rashmi rasim rasmus
  rasool rasto ratana ratko ratna rauha rauno ravindra rawan rayan raymonde razan razvan reba rebeca rebeka rebekah
  recep reece reem refik reggie regimantas reginald regis regolo rei reidar reidun reijo reiko rein reina reinaldo
  reine reiner reinhold reinier reino reka rekha rembrandt remedios remi remo remus remzi rena renato renaud reni renu
  renzo reshma resul reuben rex reyansh reyhan reynaldo reynaud reza rezso rhea rhian rhiannon rhoda rhodri rhona
  rhonda rhydian ribka rickey ricky rida riddhi rie rieko rigoberto riho riina riitta rika rikako rikke riko riku rima
  rimantas rin rina rinad rinaldo rino rio risa rishabh rishi risto ritesh ritika ritsuko ritu riza roald roar
  robinette robyn rocco rochana rochelle rocio roderick rodger rodica rodion rodney rodolfa rodolfo rodrigue roel
  roelof rogelio rohan rohini rohit roisin rok rokas roksana roksaneh rolando rolands rolv romana romano romeo romilda
  romina romolo romulus romy ronda rong ronja ronny roohi roosevelt rory rosalba rosalia rosalind rosalinde rosanna
  rosanne rosaria rosaura roscoe roseanne rosella rosemarie rosemonde rosetta roshan rosica rosina rosita rossana
  rossella rostislav rostyslav rou rouhollah rowan rowena roxana roxane roya rozalia rozsa ruairi ruaridh ruba ruchi
  rudi rudiger rudolph rufino rufus ruggero ruggiero ruhi ruka rukhsana rukia rumi rumiko runar rune ruolan rupa
  rupali ruprecht ruqayyah ruslan russ rustem rusty ruud ruut ruxandra ruya ruza ruzena ryo ryoichi ryoji ryoko
  ryosuke ryota ryuichi ryuji ryunosuke saad saadet saadia saara saba sabah sabahat sabatino saber sabiha sabina sabir
  sabri saburo sachi sachiko sachin sadaf sadao sade sadek sadia sadie sadik sadiq sae safa safaa safia safiye safiyya
  safwan saga sagar sahar sahil sahin said saida saif saija sait sakari sakda saki sakiko sakine sakis saku sakurako
  saladin salah salam salama saleem saleh salem salih salim salima salla salman salme salome salvador salvatora
  salvatore salwa samaa saman samanta samar sameer sameh samer sami samia samih samir sammy samorn sampo samson samu
  samuele samuli sana sanaa sanaz sancar sancho sanda sandeep sandhya sandor sandro sandy sangeeta sanja sanjana
  sanjeev sanna sanni sanoh sante santeri santina santo santos santosh sanziana saoirse saowanee sapna sarala
  saraswati sarawut sardar sari sarika sarita sarolta sasa sasha satish satoko satomi satoru satoshi satsuki satu
  satya saul saulius saurabh sava savannah savas saverio savino savita savo saya sayaka sayed sayeed sayoko sayuri
  scot scottie seamus sebastiana sebastiano sebastjan sebestyen secondo seda sedat sedef seema sefa segolene segundo
  seher seiichi seiji seiko selam selamawit selami selcuk selda selen selena selim selin selma selvaggia semih semra
  semyon senait senem senga seojun seoyeon seppo serafin serafina serap sercan serdar seren sergei sergej sergey
  sergiu serhat serkan serpil sertac setsuko settimio seung sevda severine severino sevgi sevil sevilay sevim seyfi
  seymour sezen sezer shaaban shaban shabnam shada shadi shadia shahab shahad shahid shahin shahla shahram shahrzad
  shaima shakir shakti shakuntala shalini shamim shams shamsa shan shang shankar shanta shanti sharad sharda shari
  sharif sharifa sharmila sharmin shashi shawn shawna shaza sheela shefali sheida shelby sheldon shelia shelly shen
  sheng sheree sheri sherif sherine sherman sherri sherrie sherry sheryl shi shigeki shigeko shigemi shigeo shigeru
  shiho shikha shilpa shima shin shingo shinichi shinichiro shinji shinjiro shinobu shinya shiori shirin shiro shiv
  shiva shivani shizue shizuka shizuko sho shobha shogo shohei shoichi shoji shola shona shota shozo shraddha shreya
  shruti shu shuang shubham shui shuichi shuji shunichi shunsuke shweta shyam siamak sibel sibilla sibongile sibyl sid
  siddharth sidonie siegbert sieglinde siegmund sif sigge sighvatur sigita sigitas sigmundur signe signy sigridur
  sigrun sigrunn sigurd sigurdur sigve sihem siim siiri silas silja silje silvana silvano silvestre silvestro silvi
  silvija silvio silviu simeon simin simonetta simran simret sinan sinead sinem sinisa siobhan sioned siraj siri siria
  sirichai siriporn siriwan sirje sirkka siro sirpa sita siv sjaak sjur skaidrite skyler slavica slavka slavko
  slavomir slobodan slobodanka smaranda sneha snezana snorri socorro sofija soha sohail sohan sohrab soini sol
  solbritt soledad solene solfrid solomon solveig solvi solvita soma sombat somchai somjit somkid sompong somporn
  somsak somsri son sonal sonali sonam sondra song songkran songul sonya sook sopa sopon sora soraya sorcha soren
  sorin sorina sosuke sota sotiria sotirios souad soumaya spartaco spomenka spyridon spyros srdan sridhar srinivas
  staci stacie staffan stamatis stanislav stanislava stanko stanley stavros stavroula stefania stefanija stefanos
  stein steinar steinn steinunn stela stelios steluta stepan stepanka sterling stian stig stijn stina stipe stjepan
  stojan strahinja stratos sture sturla suad suat subaru subhash suda sudarat sudha sudhir suellen suha suhail sujata
  sukran sukru sulaiman suleman sulev suleyman sultan sumalee suman sumaya sumayyah sumie sumiko sumire sumit sumitra
  sun suna sunanda sundar sune sunee sung sunil sunniva supachai suphan supriya suraj surat surendra suriya surya
  susann susannah sushil sushila sushma susie susumu suwat suwon suzan suzette suzu suzue suzuko suzy svanhild svante
  svatopluk sveinn svenja sverre sverrir svetozar swantje swapna swati sybil sydney sylvaine sylvester sylvestre
  sylwester sylwia synnove szabina szabolcs szczepan szebasztian szidonia szilard szilveszter szilvia szymon taavet
  taavi tabatha tabitha tadao tadashi tadeja tadeo tadhg taeko taha tahani taher tahir tahira tahsin tai taichi taiki
  taina taisiya taisto takaaki takahiro takako takao takashi takayuki takehiko takeo takeru takeshi taku takuma takumi
  takuya tala talal talha talib tam tama tamae tamaki tamas tameka tamer tami tamika tamiko tamim tammi tammie tammy
  tan tancredi tane taner tanguy tannaz tanner tanvi tao tapan tapani tapio taras tarek tareq tarik tariq tarja tarkan
  tarmo taro tarsila tarun tasha tatjana tatsuo tatsuya tatu tatyana tawan tawfik tayeb tayfun tazio tea teemu tegan
  teija teiko tejas tekin tekle telemaco telmo temel temitope tengo teodolinda teodor teodora teodoro teofil teofilo
  teoman teppo terenzio teresita terez tereza terezija terhi teri terje tero terra terrance terrence terri terrie
  teruko teruo teseo tetsuo tetsuro tetsuya teun teuvo tewolde tezcan thaddeus thaksin thalia tham thanasis thandiwe
  thang thanh thanom thao thawan thekla thelma themis theodor theodora theodoros theofilos theresia thi thiago thibaut
  thien thilo thinh tho thoa thomine thora thorben thorbjorn thordis thorgeir thorir thorleif thormod thorsteinn
  thorunn thorvald thu thuan thuy tia tian tiberio tiberiu tibor tida tien tihamer tihana tihomir tiina tiit tiiu
  tijani tilda tilly tilmann timea timmy timo timofei timofey timotej timoteo timothee timotheos tin tineke ting
  titouan titu tivadar tiziana tiziano tjasa toan toini toivo toki tokiko tokuro tolga tomasa tomaz tomiko tomio
  tomislav tommi tommie tomo tomoe tomohiro tomoka tomoki tomoko tomomi tomos tomoya tomoyo tomoyuki toms tone tong
  tonia tonino tonis tonka tonu tonya tor tora torben tord tore torfi torfinn torgeir torgny torhild toril torild
  torill torkel torleif tormod torolf torquil torstein toru torvald tosca toshiaki toshie toshihiko toshihiro toshiko
  toshio toshiyuki toste toussaint traci tracie traian tram trang tranquillo trent trenton tri tricia triin trina
  trine trinh trinidad tripti trish trisha troels trond trong troy trudi trudy truls trung truong tryggvi trygve
  tsehay tsubasa tsukasa tsuneko tsuneo tsutomu tsuyoshi tuan tudor tufan tugba tugce tuija tulay tulin tullia tullio
  tuncay tung tuomas tuomo turan turgay turgut turid turkan turki tushar tuula tuuli tuulikki tuyen tuyet tvrtko tyra
  tyrone tyyne uba ubaldo uberto ubon ubul uche uchechi uchenna uday udom ufuk ughetto ugo ugochi ugur ulderico uldis
  ulf uli ulises ulku ulla ulla-maija ullar ulrik ulrika ulysse ulysses uma umaru umberto ume umeko umesh umit umm
  umut una unal unni unnur uno urbain urbano urho urmas urmila uros urska urszula urvashi usha uthman utku uttam uzoma
  vaclav vadim vahid vahit vaia vaibhav vaida vaidotas valborg valdas valdimar valdis valdur valente valentine
  valentino valentyna valere valeri valerio valeriu valeriya valery valgerdur valto van vanda vandana vanesa vangelis
  vanja vanna vappu varsha varun varvara vasant vasco vasil vasile vasileios vasilica vasilij vasiliki vasilis
  vasilisa vasily vassilis vasudha vasyl vaughn vazul vebjorn ved vedat vedran vedrana veena vegard veikko veiko veit
  velimir velma venceslav vendel vendula verica verna verner vernon vesa veselin vesna veta viacheslav vibeke vibha
  vickie vicky victoire victoriano vidar vidya viera vigdis vigfus viggo viive viivi vijaya vikas vikram viktoria
  viktorija vildan vilde vilem vilfredo vilhelm vilho vilim viljami viljo vilko ville vilma vilmos vilnis vimal vimala
  vinay vince vincenza vineet vinh vinicius vinita vinko vinod violante violeta viorel viorica vipin vipul virag viraj
  virat virgil virgilio virginija virginio virve vishal vishnu vislava vit vitale vitaliy vitaly vitezslav vito vitor
  vittoria vittorio vivek viveka viviana vivien vjekoslav vlad vladan vladimira vladislav vladislava vlado vlaicu
  vlasta vlastimil vlatka vlatko voitto vojislav vojtech volkan volkmar volodymyr vonda vsevolod vuk vyacheslav
  vytautas waclaw wafa wafaa wagdi wahid wai wail wajdi wajih wakana walaa walburga waleed walid walker wallace wally
  walther waltraud wan wanchai wanida wanjiru waqas warda waseem wasim wataru wattana weimin wen wendelin wendell
  wenjun weronika wichai widad wieslawa wiktor wiktoria wilbert wilbur wilda wiley wilfred wilfredo wilhelmina
  wilhelmine willa willard willemijn willi willis wilma wincenty winfried winifred winnie winston wipada wirat wiremu
  wirote wisam wit witthaya wladyslaw wlodzimierz wolf wolfram woo woodrow wyatt wyn xandra xanthi xaviere xenia xia
  xian xiang xiao xiaoming ximena xing xiu xiulan xiuying xristos xuan xue xun yaa yae yaeko yago yahia yahya yakub
  yakup yalcin yamila yamini yana yang yanina yann yannis yao yaqub yaroslav yasar yaseen yasemin yash yashoda yasin
  yasir yasmeen yasser yasu yasuhiro yasuko yasunori yasuo yasushi yavuz yazan yefim yegor yekaterina yelena yeliz
  yelizaveta yemane yemi yen yesica yesim yevgeni yewande yiannis yichen yifan yigit yijun yildiz yilmaz yin yingluck
  yngvar yngve yogesh yohannes yoichi yoko yolande yonas yong yongyuth yoon yorgos yori yoriko yoshi yoshiaki yoshie
  yoshihiro yoshiko yoshimi yoshinori yoshio yoshiro yoshiteru yoshito yosief yosuke you young yousef yrjo yrsa yu
  yuan yue yui yuichi yuina yuji yuka yukari yukie yukihiro yukiko yukio yuko yulan yulia yume yumeko yumi yumiko yun
  yuna yunus yuri yuriko yuriy yusra yusuke yuta yutaka yuu yuudai yuvraj yuya yuzuki yvo yvon zacarias zachariah
  zacharias zacharie zack zafar zafer zahid zahir zaid zain zaina zainab zaira zakaria zaki zakia zalan zamfir zamzam
  zan zaneta zayd zbynek zdenka zdravko zdzislaw zehra zeinab zekai zeki zekiye zelda zeliha zeljka zeljko zemin zeno
  zenon zerihun zerrin zewdi zhen zheng zhi zhiming zhong zhou zhu ziad zigmas zihan zina zinaida zineb zita ziva
  zivko zixuan ziya zlata zlatan zlatko zoi zoltan zora zoran zorana zorica zorka zoubida zoya zsanett zsigmond zsofia
  zsoka zsolt zsombor zsuzsa zsuzsanna zubair zuhair zuhal zuleikha zulema zumrut zuzana zvonimir zvonko zygmunt zyta
`
