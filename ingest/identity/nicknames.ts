/** Given names that one person may go by: English, Dutch and German, in the form `names.ts` compares (lower case, no accents). */
const families = `
  abigail abby gail | albert bert al | alexander alex sander lex sasha xander | alexandra alex sandra sasha | alfred fred alf
  amanda mandy | andreas andre dries andy | andrew andy drew | angela angie | anna ann anne annie anneke anna-maria
  annemiek miek annemieke | anthony antony tony ton | antonius anton toon ton tony | arthur art | barbara babs barb
  bartholomeus bart | bastiaan bas sebastiaan sebastian | beatrice bea trix beatrix | benjamin ben benny benno
  bernard bernie ben bernd bernhard | catharina catherine cathy kate katie katharina kathy katrien trijn ina
  charles charlie chuck karel karl carl | charlotte lotte lot charly | christiaan christian chris | christina christine tina chris stien
  christopher chris kit | cornelis kees cor cees | cornelia cor corrie nelly | daniel dan danny daan | david dave davy
  deborah debbie deb | diederik dirk rik | dominic dom | dorothea dora thea dorothy dot dottie | edward ed eddie ted eduard
  eleanor ellie nora nell | elisabeth elizabeth els elsbeth liesbeth lisa liz lizzie beth betty bep lies elise ilse
  emily em emmy | florence flo florrie | frances fran franny | francis frank frans franciscus | frederik fred frits freddy frederick fritz
  gabriel gabe | gerard gerrit gert ger gerhard gerd | gregory greg | hannah hanna | harriet hattie harry | harry harold henry
  hendrik henk henry rik heinrich heiner | henrietta etta jet henriette | isabella bella isabel isa belle | jacob jaap jake kobus koos sjaak jakob
  jacobus koos jaap cobus sjaak | james jim jimmy jamie | jan johannes johan hans john johann jo | janneke jannie | jasper jesper
  jennifer jen jenny | jeremy jerry | jessica jess jessie | johanna jo joke hanneke annie hanna | jonathan jon jonny nathan
  joseph joe joey jozef jos joost sjef josef sepp | josephine jo josie fien | joshua josh | judith judy juul | julia jules
  katarina kat | kenneth ken kenny | koenraad koen coen conrad | lambertus bert lambert | laurens laurent lars lau larry laurence
  leonard leo len lenny leonardus | louis lodewijk lou luis ludwig | lucas luuk luc lukas luke | maarten martin mart marten
  magdalena lena magda leen | margaret maggie meg peggy greta margaretha griet margriet greet marga | maria marie mary mia ria mies rie
  marieke mariek marijke | matthew matt matty | matthias matze matthijs thijs mathias ties matt | maximilian max | michael mike mick michiel mickey
  michelle shelly | mohammed mohamed muhammad mo mohammad | nathaniel nate nathan | nicholas nick nicolaas klaas nico nicky niklaas claus klaus nikolaus
  nicole nicky nikki | niels nils | oliver ollie olly | olivia liv livvy | pamela pam | patricia pat trish patty tricia | patrick pat paddy rick
  paulus paul pauwel | peter pete pieter piet petrus peer pit | philip phil philippe flip filip philipp | pieter piet peter pier
  rebecca becky bec becca | richard rick dick rich richie ricky rik | robert rob bob bobby robbie bert robin | roland roel rolf
  ronald ron ronnie | rudolf rudi ruud dolf rolf | samantha sam sammy | samuel sam sammy | sarah sara sally saar | saskia sas
  sebastiaan bas sebas seb sebastian | simon siem symen | sophie sofie sophia sofia fie soof | stephen steve stephan stef stefan steven stevie
  susanna susan sanne suzanne sue susie suze suzan | theodoor theo ted theodore dorus | theresa tess terry tessa | thomas tom tommy
  timothy tim timmy | veronica ronnie vera | victoria vicky tori vic | vincent vince vin | wilhelmina mina willemijn wil minnie willy mien
  willem wim will wil pim bill william willy wilhelm | william bill will billy liam | yvonne von | zachary zach zack`

const groups = families.split(/[|\n]/).map((family) => family.trim().split(/\s+/))

const groupsOf = new Map<string, Set<number>>()
for (const [index, group] of groups.entries()) {
  for (const name of group) groupsOf.set(name, (groupsOf.get(name) ?? new Set()).add(index))
}

/** The groups of names a given name belongs to: two names that share one may be one person's. */
export const nicknameGroups = (name: string): number[] => [...(groupsOf.get(name) ?? [])]

/** True when two given names may be the same person's: `piet` and `pieter`. Not transitive. */
export function areNicknames(one: string, other: string): boolean {
  const left = groupsOf.get(one)
  const right = groupsOf.get(other)
  return left !== undefined && right !== undefined && [...left].some((index) => right.has(index))
}
