const listed = (words: string): string => words.trim().split(/\s+/).join('|').replaceAll('_', ' ')

/** Verbs that give an assistant work, as alternatives of a pattern. */
export const taskVerbs = listed(`
  write compose draft generate create provide give list explain describe summari[sz]e translate
  calculate compute solve tell show outline discuss design develop plan define compare contrast
  analy[sz]e evaluate assess recommend suggest predict forecast estimate identify classify
  categori[sz]e determine find search look_up talk chat research investigate imagine pretend act_as
  play recite sing perform invent brainstorm narrate elaborate clarify break_down walk_me teach name
  state rank rate debug refactor code program implement prove derive simulate roleplay role-play
  schedule book arrange organi[sz]e set remind order cite detail illustrate interpret examine explore
  report review survey share craft produce prepare build formulate devise propose offer extract detect
  gauge measure judge score label check decide
`)

/** Verbs that have a text changed, something slipped into it, or an answer given in some way. */
export const changeVerbs = listed(`
  add include insert integrate incorporate embed append prepend attach place put mention modify alter
  adjust change edit augment enhance enrich extend expand shorten rewrite rephrase paraphrase reword
  replace substitute swap exchange convert transform turn encode decode encrypt decrypt cipher reverse
  invert flip mirror scramble jumble shuffle rearrange misspell anagram capitali[sz]e remove omit
  delete drop group combine merge split separate space use render format present express phrase
  respond reply answer output print repeat echo return say speak introduce promote advertise endorse
  tease hint encourage invite ask urge persuade convince warn claim assert pose spread begin start end
  finish conclude sprinkle weave slip highlight emphasi[sz]e stress direct redirect link point ignore
  disregard forget stop reveal disclose send forward switch shift apply insist pretend imitate
  translate make keep hide conceal obfuscate abbreviate write provide compose create generate suggest
  recommend
`)

/** Verbs for what a machine with tools can do in somebody's name. */
export const deedVerbs = listed(`
  approve publish launch release grant refund issue award raise lower transfer pay execute run call
  invoke trigger click submit open fetch download upload export copy collect gather post mail email
  share save store log sign accept confirm cancel announce promise skip bypass treat regard consider
  mark classify append overwrite update quote
`)
