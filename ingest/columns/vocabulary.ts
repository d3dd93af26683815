import type { Field } from './field.ts'

/** Names of columns that mean one thing, lower case, without accents, blanks and signs; in a dozen languages. */
export const strong: Partial<Record<Field, string>> = {
  'record-id': `id recid recordid recordkey rid uniqueid uniquekey rowid rownum rownumber rowno index idx key pk primarykey uuid guid recno recnr recordno
    recordnumber recnum lfdnr laufendenummer volgnummer volgnr sourceid sysid systemid unnamed0 unnamed datensatz datensatzid
    idregistro idrecord numeroregistro idenregistrement obs caseid entryid lineid lineno`,
  'user-id': `ssn socsecid socsec socialsecurity socialsecuritynumber socialsecuritynr socialsecurityno sin nationalid nationalidnumber
    nationalinsurancenumber nationalinsurance nino bsn burgerservicenummer sofinummer nhsnumber nhsno nhsnr medicare medicareno medicarenumber
    passport passportno passportnumber driverslicense driverlicense driverslicence driverlicence licensenumber licenceno dlnumber taxid
    taxnumber tin steuerid steuernummer steueridnr sozialversicherungsnummer svnr ahv dni nif nie codicefiscale codfiscale pesel insee nir
    numerosecuritesociale cpf curp personnummer personalnumber fodselsnummer cprnummer cpr cnp rodnecislo customerid customerno
    customernumber customernr custid custno custnr clientid clientno clientnumber klantnummer klantnr klantid kundennummer kundennr kdnr
    kundenid numeroclient idcliente codigocliente codicecliente accountid accountno accountnumber acctno acctid memberid memberno
    membernumber membershipno membershipid loyaltyid loyaltyno cardnumber patientid patientno mrn medicalrecordnumber employeeid
    employeeno staffid staffno studentid studentno voterid voterregnum voterregno voterregistrationnumber userid userno username login
    externalid crmid contactid stripeid hubspotid shopifyid aadhaar ausweisnummer personalausweis cedula rut lidnummer`,
  truth: `cluster clusterid clusterno clusterlabel truecluster label labels truelabel entity entityid entid truth groundtruth gold goldid golden
    goldenid goldenrecordid goldstandard goldlabel matchid matchgroup matchlabel trueid truematch trueentity trueperson truepersonid realid
    realentity dupid dupgroup dupof duplicateid duplicateof duplicategroup dupcluster ismatch isduplicate originalid origid household
    householdid hhid masterid truehousehold uniqueentity uniqueentityid identityid groupid`,
  given: `given givenname givennames gname givenn first firstname firstnm firstn fname frstname forename forenames fornavn christianname vorname vname
    vornamen rufname voornaam voornamen voorn vnaam roepnaam prenom prenoms nombres primernombre nombredepila nombrepila primeironome prenome
    imie imiona jmeno krestnijmeno fornamn tilltalsnamn etunimi keresztnev utonev prenume eesnimi vards vardas isim onoma imya`,
  middle: `middle middlename middlenames mname midname middleinitial mi middleinit secondname secondgivenname zweitername tweedenaam deuxiemeprenom
    segundonombre secondonome drugieimie patronymic othernames othernms`,
  family: `family familyname last lastname lastnm lastn lname lstname surname surnames sname surn nachname nname familienname zuname achternaam achternm
    anaam familienaam nomfamille nomdefamille apellido apellidos apellido1 primerapellido cognome sobrenome apelido ultimonome nazwisko
    prijmeni priezvisko efternavn efternamn etternavn sukunimi vezeteknev csaladnev numefamilie prezime priimek perekonnanimi uzvards
    pavarde soyad soyadi soyisim eponymo familiya`,
  full: `fullname full completename wholename volledigenaam nomcomplet nometprenom nomprenom prenomnom nombrecompleto nombreyapellidos nomecompleto
    nomecognome nominativo displayname personname personalname customername clientname contactname patientname membername voterpname namefull
    imieinazwisko jmenoaprijmeni ansprechpartner vollername vollstandigername vorundnachname firstandsurname firstlastname firstandlastname
    fullnm recipient recipientname holdername kontaktname klantnaam kundenname`,
  dob: `dob dateofbirth dateofbirthdt birthdate birthday bday bdate birthdt birthdat dtofbirth dtob dateob datebirth borndate bornon born birth geburtsdatum
    gebdat gebdatum gebdt geburtstag geburt geboortedatum geboorte geboren gebd gbdatum datenaissance datedenaissance datenaiss ddn naissance nele
    datnaiss fechanacimiento fechadenacimiento fecnac fechanac fnacimiento fecnacimiento nacimiento datanascita datadinascita dtnascita nascita natoil
    datanascimento datadenascimento nascimento dtnasc dtnascimento datanasc dataurodzenia dataur urodzony urodzenie datanarozeni narozeni
    datumnarozeni fodelsedatum fodselsdato fodselsdag fodt syntymaaika szuletesidatum szuletesiido szuletett datanasterii datumrodenja
    datumrojstva dogumtarihi gimimodata dzimsanasdatums sunniaeg`,
  'birth-year': `birthyear yearofbirth yob yearbirth byear birthyr yrofbirth bornyear geburtsjahr geboortejaar anneenaissance anneedenaissance anonacimiento
    annonascita annodinascita anonascimento rokurodzenia roknarozeni fodelsear fodselsar`,
  email: `email mail emailaddress emailaddr emailadr emailadress emailadresse emailid eml mailaddress mailadresse mailadres emailadres correo
    correoelectronico email1 courriel adresseemail adressemail adresemail epost epostadress epostadresse eposta postaelettronica indirizzoemail
    sahkoposti mel electronicmail workemail personalemail primaryemail`,
  phone: `phone phonenumber phoneno phonenr phonenum phone1 tel tel1 telephone telephonenumber telephoneno telno telnr telnum telefon telefonnummer
    telefonnr telefono numerotelefono telefone telefoon telefoonnummer telefoonnr tlf tlfnr tfno fone mobile mobileno mobilenumber mobilephone
    mob mobno cell cellphone cellno cellnumber celular movil telefonomovil handy handynummer handynr mobiel mobielnummer gsm telmobile portable
    telephoneportable cellulare telemovel komorka nrtelefonu numertelefonu puhelin puhelinnumero contactnumber contactno contactphone msisdn
    rufnummer landline landlineno festnetz homephone workphone whatsapp telefonszam mobil mobilnummer mobilnr phonemobile fullphonenum`,
  street: `street streetname streetnm streetaddress streetaddr streetad address addr address1 addr1 addressline addressline1 addrline1 addrln1 adress adresse
    adresse1 adres adres1 adresa adreslijn1 strasse strassenname straat straatnaam rue nomrue voie nomvoie calle direccion direccion1 domicilio
    indirizzo rua endereco morada logradouro ulica ulice utca gata gatuadress gatenavn gateadresse vejnavn adressevej katuosoite
    osoite residentialaddress homeaddress postaladdress mailingaddress fulladdress addressfull residence anschrift wohnadresse lakcim resstreet
    resstreetaddress billingaddress shippingaddress`,
  'house-number': `housenumber houseno housenr housenum hausnummer hausnr hnr hno huisnummer huisnr streetnumber streetno streetnr streetnum stno strno
    streetnbr numerocivico civico ncivico numerorue numvoie numerovoie numerodevoie nrdomu numerdomu nrbudynku buildingnumber buildingno
    bldgno cislodomu cislopopisne husnummer husnr hazszam gatenummer premisenumber`,
  unit: `unit unitno unitnumber unitnum apt aptno aptnr aptnumber apartment apartmentno flat flatno suite address2 addr2 addressline2 addrline2 line2 adresse2
    adres2 toevoeging huisnummertoevoeging huisnrtoev adresszusatz hausnrzusatz complementadresse complement complemento interno nrlokalu
    nrmieszkania mieszkanie roomno addresssupplement direccion2 building buildingname`,
  city: `city cityname town townname suburb suburbname locality municipality stad plaats plaatsnaam woonplaats gemeente stadt ort wohnort ortschaft ortsname ville nomville commune
    localite ciudad poblacion localidad citta comune cidade localita miasto miejscowosc mesto obec kaupunki varos telepules oras sehir posttown
    citytown towncity rescity rescitydesc bostadsort postort poststed bynavn paikkakunta gmina`,
  postcode: `postcode postalcode zip cp zipcode zip5 zip4 zipcd zipplus4 plz postleitzahl postnr postnummer postkode postcod pcode postcd postalcd postal codepostal
    codigopostal codpostal cap cep kodpocztowy kodpoczt psc iranyitoszam irsz postinumero postinro eircode pincode codicepostale`,
  state: `state statename stateprovince stateabbr statecd statecode province provincename prov provincia provincie bundesland departement estado uf
    wojewodztwo county countyname canton kanton regione distrito region territory fylke`,
  country: `country countrycode countryname countrycd ctry cntry pays pais paese nazione staat landcode landkode isocountry zeme ulke orszag maa`,
  gender: `gender gendercode gendercd sex sexcode sexcd geschlecht geslacht sexe sexo sesso genero genere plec pohlavi kjonn kon sukupuoli cinsiyet gndr genre`,
  exact: `occupation job jobtitle profession beruf beroep fonction profesion ocupacion professione profissao zawod birthplace placeofbirth placebirth pob
    birthcity cityofbirth birthtown birthcountry countryofbirth birthstate stateofbirth geburtsort geboorteplaats lieunaissance lieudenaissance
    lugarnacimiento lugardenacimiento luogonascita luogodinascita localnascimento naturalidade miejsceurodzenia race racecode ethnicity
    ethnic ethniccode nationality nationalite nationalitat staatsangehorigkeit nationaliteit nacionalidad nazionalita language maritalstatus
    familienstand religion bloodtype bloodgroup party partycd culture initial initials voorletters title titel nametitle prefix nameprefix
    suffix namesuffix namesufx salutation anrede aanhef tussenvoegsel voorvoegsel civilite tratamiento titolo age alter leeftijd edad eta idade wiek
    birthmonth monthofbirth bmonth geburtsmonat dayofbirth dateofdeath dod deathdate sterbedatum emaildomain domain ip ipaddress
    deviceid segment type category status source sourcedataset dataset sourcesystem faxno fax faxnumber`,
  fuzzy: `company companyname organisation organization organisationname organizationname employer employername firma firmenname bedrijf bedrijfsnaam
    societe entreprise empresa azienda ragionesociale maidenname geburtsname meisjesnaam nomdejeunefille mothersmaidenname mothername mothersname
    fathername fathersname spousename alias aliasname nickname aka nicknames district neighbourhood neighborhood birthname school`,
  ignore: `created createdat createdon createddate createdate creationdate updated updatedat updatedon updateddate lastupdated lastmodified modified
    modifiedat modifieddate timestamp ts datetime insertedat loaddate loadedat importdate registrationdate registerdate regdate regdt signupdate
    signup signedup joindate joined joinedat lastlogin lastseen lastvisit lastorder lastorderdate lastpurchase firstorder orderdate visitdate
    admissiondate downloadmonth notes note comment comments remark remarks description bemerkung bemerkungen opmerking opmerkingen commentaire
    observaciones amount price total totalspent spend balance salary income revenue score quantity qty orders ordercount ordertotal version
    url website checksum rowhash weight probability blockingnumber`,
}

/** Names that may mean one of several things: the contents decide. */
export const weak: Partial<Record<Field, string>> = {
  'record-id': `no nr num number numero nummer ident identifier uid code ref reference person personid pid individual individualid customerid custid clientid
    patientid contactid userid memberid voterid subjectid ncid sampleid nodeid record rec`,
  'user-id': `uid identifier ident ref reference customer client account member externalreference socialno idnumber idno idnr doc document documento cf
    pan idcard idcode ni handle`,
  truth: `person personid pid individual individualid subjectid humanid`,
  given: `name1 nombre nome ime meno ad adi fn prn name nom f1`,
  family: `nom name name2 nume ln fam familie lastsurname maiden`,
  full: `name names naam nom nombre nome namn navn nimi nev nazwa contact kontakt customer client person patient employee holder owner who nominee member`,
  dob: `date birthd bd datum geb db dbirth nac nasc narodenia`,
  'birth-year': `year by jahr jaar annee ano anno rok`,
  phone: `ph contact number telephon fon`,
  street: `domicile st str road via dir cim gade ul line1 location address3 addr3 place`,
  'house-number': `number numero nr no num house portal n`,
  unit: `floor room piso zusatz toev bus address3 addr3`,
  city: `by place parish village district area location grad lieu plats dorp`,
  postcode: `pc cp code post pst`,
  state: `st land lan kraj region area`,
  country: `land nation kraj`,
  gender: `g mf kon`,
  exact: `bm bd month day monat maand mois mes mese occupationcode`,
}

/** Words around the one that tells, and what they do not change: `customer_first_name`, `postcode_fake`, `fname_c1`. */
export const noise: ReadonlySet<string> = new Set(
  `fake raw clean cleaned std standardised standardized norm normalised normalized orig original value val field fld col column txt text str string
  cust customer client person contact patient user voter kunde kunden klant employee applicant member guest subscriber cliente billing bill shipping ship home
  primary main current res residential private work personal postal mail c a b l r left right x the of de del du da di der des van y p
  new old src source tmp temp full data info attr dt cd desc 1 my your current legal preferred best record`.split(
    /\s+/,
  ),
)

/** Somebody or something else's: `mother_first_name`, `company_address` say nothing of this person's name or home. */
export const others: ReadonlySet<string> = new Set(
  `mother mothers father fathers parent guardian spouse partner husband wife child emergency kin referrer doctor gp agent manager company firm firma organisation
  organization org business employer school bank product file shop store merchant vendor supplier device campaign server host table job event`.split(
    /\s+/,
  ),
)
