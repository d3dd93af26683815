/** Places a column of cities is known by: the large ones of some countries, lower case without accents. */
export const cities: ReadonlySet<string> = new Set(
  `
  london,birmingham,leeds,glasgow,sheffield,bradford,liverpool,edinburgh,manchester,bristol,cardiff,leicester,wakefield,coventry
  nottingham,newcastle,newcastle upon tyne,sunderland,brighton,hull,kingston upon hull,plymouth,derby,stoke-on-trent,southampton
  swansea,belfast,aberdeen,portsmouth,york,peterborough,dundee,lancaster,oxford,preston,cambridge,norwich,reading,luton
  bolton,blackpool,bournemouth,middlesbrough,ipswich,exeter,gloucester,bath,swindon,watford,slough,northampton,warrington
  dublin,cork,galway,limerick,amsterdam,rotterdam,den haag,the hague,utrecht,eindhoven,groningen,tilburg,almere,breda,nijmegen
  apeldoorn,haarlem,arnhem,enschede,amersfoort,zaandam,den bosch,'s-hertogenbosch,zwolle,leiden,leeuwarden,maastricht,dordrecht
  delft,alkmaar,deventer,hilversum,gouda,antwerpen,gent,brugge,brussel,bruxelles,brussels,liege,charleroi,namur,leuven,mechelen
  berlin,hamburg,munchen,muenchen,munich,koln,koeln,cologne,frankfurt,frankfurt am main,stuttgart,dusseldorf,duesseldorf,leipzig
  dortmund,essen,bremen,dresden,hannover,nurnberg,nuernberg,duisburg,bochum,wuppertal,bielefeld,bonn,munster,muenster,mannheim
  karlsruhe,augsburg,wiesbaden,aachen,kiel,freiburg,mainz,rostock,kassel,potsdam,erfurt,wien,vienna,graz,linz,salzburg,innsbruck
  zurich,zuerich,geneve,genf,basel,bern,lausanne,luzern,paris,marseille,lyon,toulouse,nice,nantes,montpellier,strasbourg,bordeaux
  lille,rennes,reims,saint-etienne,toulon,le havre,grenoble,dijon,angers,nimes,brest,limoges,tours,amiens,metz,rouen,nancy
  madrid,barcelona,valencia,sevilla,seville,zaragoza,malaga,murcia,palma,bilbao,alicante,cordoba,valladolid,vigo,gijon,granada
  vitoria,elche,oviedo,pamplona,almeria,salamanca,roma,rome,milano,milan,napoli,naples,torino,turin,palermo,genova,bologna,firenze
  florence,bari,catania,venezia,venice,verona,messina,padova,trieste,brescia,parma,modena,lisboa,lisbon,porto,braga,coimbra,faro
  aveiro,setubal,sao paulo,rio de janeiro,salvador,brasilia,fortaleza,belo horizonte,manaus,curitiba,recife,porto alegre
  warszawa,warsaw,krakow,lodz,wroclaw,poznan,gdansk,szczecin,bydgoszcz,lublin,bialystok,katowice,gdynia,praha,prague,brno
  ostrava,plzen,bratislava,kosice,budapest,debrecen,bucuresti,bucharest,cluj-napoca,timisoara,sofia,zagreb,beograd,ljubljana
  stockholm,goteborg,gothenburg,malmo,uppsala,oslo,bergen,trondheim,kobenhavn,copenhagen,aarhus,odense,aalborg,helsinki,espoo
  tampere,turku,athens,istanbul,ankara,izmir,new york,los angeles,chicago,houston,phoenix,philadelphia,san antonio,san diego
  dallas,san jose,austin,jacksonville,fort worth,columbus,charlotte,indianapolis,seattle,denver,washington,boston,el paso
  nashville,detroit,oklahoma city,portland,las vegas,memphis,louisville,baltimore,milwaukee,albuquerque,tucson,fresno
  sacramento,kansas city,mesa,atlanta,omaha,raleigh,miami,cleveland,tulsa,oakland,minneapolis,wichita,arlington,tampa
  new orleans,honolulu,cincinnati,pittsburgh,st louis,orlando,durham,greensboro,winston salem,fayetteville,buffalo,springfield
  toronto,montreal,vancouver,calgary,edmonton,ottawa,winnipeg,quebec,hamilton,halifax,sydney,melbourne,brisbane,perth,adelaide
  gold coast,newcastle,canberra,wollongong,geelong,hobart,townsville,cairns,darwin,toowoomba,ballarat,bendigo,launceston,mackay
  rockhampton,bunbury,bundaberg,parramatta,penrith,blacktown,liverpool,auckland,wellington,christchurch,dunedin,johannesburg
  cape town,durban,pretoria,lagos,nairobi,cairo,mumbai,delhi,new delhi,bangalore,bengaluru,hyderabad,chennai,kolkata,pune,ahmedabad
  karachi,lahore,dhaka,beijing,shanghai,guangzhou,shenzhen,hong kong,singapore,tokyo,osaka,seoul,bangkok,manila,jakarta
  mexico,ciudad de mexico,guadalajara,monterrey,bogota,medellin,lima,santiago,buenos aires,caracas,quito
  `
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== ''),
)

/** Codes of the states of Australia, the United States and Canada. */
export const stateCodes: ReadonlySet<string> = new Set(
  `act nsw nt qld sa tas vic wa
  al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc
  sd tn tx ut vt va wv wi wy dc pr ab bc mb nb nl ns nu on pe qc sk yt`.split(/\s+/),
)

/** Names of states and provinces, lower case without accents. */
export const stateNames: ReadonlySet<string> = new Set(
  `
  alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,georgia,hawaii,idaho,illinois,indiana,iowa,kansas
  kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire
  new jersey,new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina
  south dakota,tennessee,texas,utah,vermont,virginia,washington,west virginia,wisconsin,wyoming,new south wales,victoria,queensland
  south australia,western australia,tasmania,northern territory,australian capital territory,ontario,quebec,british columbia,alberta
  manitoba,saskatchewan,nova scotia,new brunswick,bayern,baden-wurttemberg,nordrhein-westfalen,hessen,sachsen,niedersachsen
  rheinland-pfalz,brandenburg,sachsen-anhalt,thuringen,schleswig-holstein,mecklenburg-vorpommern,saarland,hamburg,bremen,berlin
  noord-holland,zuid-holland,noord-brabant,gelderland,utrecht,limburg,overijssel,friesland,fryslan,groningen,drenthe,flevoland
  zeeland,england,scotland,wales,northern ireland,kent,essex,surrey,lancashire,yorkshire,west yorkshire,norfolk,devon,cornwall
  andalucia,cataluna,catalunya,madrid,galicia,aragon,castilla y leon,lombardia,lazio,campania,veneto,sicilia,piemonte,toscana
  puglia,emilia-romagna,mazowieckie,malopolskie,slaskie,wielkopolskie,sao paulo,minas gerais,bahia,parana
  `
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== ''),
)
