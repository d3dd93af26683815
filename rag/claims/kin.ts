import { stemOf } from '../guardrails/words.ts'

/** Words that may stand for one another in news and reference prose: one group a line. Read as stems, never as proof. */
const groups = `
win won victory beat defeat champion triumph
announce say said state statement reveal confirm declare report tell told
release issue publish launch unveil debut drop
born birth birthplace
die died death dead kill pass passed fatal deceased
buy bought purchase acquire acquisition
film movie picture feature
song track single tune
album record lp
begin began begun start launch open commence onset
end finish conclude close final
appoint name become became elect select choose chosen pick
make made create produce build built develop design construct
write wrote written author pen writer
direct director helm
play star portray role cast character appear actor actress
leave left depart departure quit resign exit
join sign
receive get got award earn give given honor honour
show series programme program
teach taught teacher professor instructor
study attend graduate educate degree university college school
work serve employ job
wife husband marry marriage spouse wed
son daughter child children kid
father mother parent dad mom
brother sister sibling
city town municipality
country nation state
big large huge major great
small little minor tiny
old former ex previous earlier prior
new recent latest
use utilize employ
grow grew increase rise rose gain expand
fall fell decrease decline drop reduce cut lower
several many multiple various numerous number
team club side squad
game match fixture contest
season campaign year
coach manager boss
move relocate transfer
live reside home resident
found establish founder create set
company firm business corporation
money fund finance cash
lawsuit sue suit court
arrest detain custody jail prison
attack assault raid strike
ship vessel boat
plane aircraft airplane jet
car vehicle automobile
house home residence building
road street highway route
doctor physician
include feature contain comprise consist
help assist aid support
lead led head leader chief chair chairman president
meet met meeting
call name know known dub title
indicate demonstrate suggest reveal
think thought believe consider view regard
critic reviewer review
praise acclaim positive laud
part portion section
approximately about around roughly nearly almost estimate
area region district zone
group band ensemble
army military troop soldier force
police officer
vote poll ballot election elect
law legislation act bill
kill murder homicide slain
injure wound hurt
replace succeed successor
return back comeback
compete competition tournament championship contest event
rank position place
score goal point
cost price worth
america american us usa states
britain british uk england english kingdom
france french
germany german
italy italian
spain spanish
russia russian
china chinese
japan japanese
canada canadian
netherlands dutch holland
ireland irish
scotland scottish
video footage clip
fire shoot shot
destroy damage
site location place
photo photograph picture image
shop store
deliver delivery ship shipping post
parcel package
return refund
coffee bean roast espresso
pupil student
illness disease sickness
quick fast rapid
cheap inexpensive affordable
`

const groupsOf = new Map<string, Set<number>>()
for (const [index, line] of groups.trim().split('\n').entries()) {
  for (const word of line.split(' ')) {
    const stem = stemOf(word)
    groupsOf.set(stem, (groupsOf.get(stem) ?? new Set()).add(index))
  }
}

/** What a word is worth for another: itself 1, one of its kin or a longer form 0.8, a likely form 0.6, else 0. */
export function kinship(one: string, other: string): number {
  if (one === other) return 1
  const groupsOfOther = groupsOf.get(other)
  if (groupsOfOther !== undefined && groupsOf.get(one)?.isDisjointFrom(groupsOfOther) === false) return 0.8
  const longest = Math.max(one.length, other.length)
  const shared = sharedStart(one, other)
  if (shared >= 4 && shared / longest >= 0.65) return 0.8
  return shared >= 5 && shared / longest >= 0.55 ? 0.6 : 0
}

function sharedStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}
