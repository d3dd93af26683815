import { stemOf } from '../guardrails/words.ts'

/** The commonest words of English, in any form; those of its grammar stand first. */
const words = `
the be to of and a in that have it for not on with he as you do at this but his by from they we say her she or an will my one all would
there their what so up out if about who get which go me when make can like time no just him know take people into year your good some
could them see other than then now look only come its over think also back after use two how our work first well way even new want because
any these give day most us is are was were been being has had does did said made went got
man woman child world life hand part place case week company system program question government number night point home water room mother
area money story fact month lot right study book eye job word business issue side kind head house service friend father power hour game
line end member law car city community name president team minute idea body information parent face other level office door health person
art war history party result change morning reason research girl guy moment air teacher force education foot boy age policy process music
market sense nation plan college interest death experience effect class control field development role effort rate heart drug show leader
light voice wife police mind price report decision son view relationship town road arm difference value building action season society tax
director position player record paper space ground form event matter center couple site project activity star table need court oil
situation cost industry figure street image phone data picture practice piece land product doctor wall news test movie north love step
baby computer type attention film tree source hair window culture chance brother energy period course summer plant opportunity term letter
condition choice rule south husband floor campaign material population call economy hospital church risk fire future bank west sport board
subject officer rest behavior performance fight top goal second bed order author blood agency nature color store sound movement page
race concern series language response animal factor decade article east artist scene stock career treatment approach size dog fund media
sign thought list individual quality pressure answer resource meeting disease success cup amount ability staff character growth loss degree
attack region television box training trade deal election feeling standard bill message analysis benefit sex lawyer section glass skill
sister professor operation crime stage authority design sort knowledge gun station strategy truth song example check environment leg dark
find tell ask seem feel try leave keep let begin help talk turn start might run move believe hold bring happen write provide sit stand
lose pay meet include continue set learn lead understand watch follow stop create speak read allow add spend grow open walk win offer
remember consider appear buy wait serve die send expect build stay fall cut reach kill remain suggest raise pass sell require decide pull
return explain hope develop carry break receive agree support hit produce eat cover catch draw choose cause put mean become play live
great high small large next early young important few public bad same able long little own old big different last free sure real true
full special easy clear recent certain personal open red difficult available likely short single medical current wrong private past
foreign fine common poor natural significant similar hot dead central happy serious ready simple left physical general white black blue
green hard low late whole main strong possible best better many much more every each both another such while where why before between
under never always often still through during without again around however against though since until within along become ago later soon
today tomorrow yesterday here there too very almost enough quite rather really already maybe perhaps yes please thank ever far away once
three four five six seven eight nine ten hundred thousand million half third several second less least
sent kept gave given told found known taken left felt brought written date dates bigger smaller
year years month months week weeks day days hour hours working monday tuesday wednesday thursday friday saturday sunday january february
march april may june july august september october november december`

/** By their stems (`stemOf`), as texts are counted. */
export const everydayWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/).map(stemOf))
