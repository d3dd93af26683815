/** How a language says that something acts on a body, and against what ill, as alternatives of a pattern. */
type Words = { acts: string; body: string; ills: string }

const languages: readonly Words[] = [
  {
    acts: 'lowers?|reduces?|improves?|boosts?|strengthens?|supports?|regulates?|balances?|cleanses?|slows?|burns?|calms?|soothes?|eases?|relieves?|fights?|combats?|prevents?|protects?|wards? off|keeps?|stays? free|remed(?:y|ies)|good for|heals?|treats?|helps?',
    body: 'blood (?:pressure|sugar)|cholesterol|liver|(?<!the )heart|bones?|immun\\w+|digestion|metabolism|gut|nerves|memory|concentration|ageing|aging|joints|kidneys|brain|(?:body )?fat(?= |\\W*$)|(?:you )sleep',
    ills: 'alzheimer\\w*|parkinson\\w*|dementia|diabetes|cancer|strokes?|heart (?:attacks?|disease)|colds|flu|migraines?|headaches?|inflammations?|arthritis|asthma|depression|anxiety|osteoporosis|diseases?|illness(?:es)?|infections?',
  },
  {
    acts: 'verlaagt|vermindert|verbetert|versterkt|verhoogt|vertraagt|beschermt|voorkomt|verlicht|bestrijdt|geneest|goed voor|helpt|houdt',
    body: 'bloeddruk|bloedsuiker|cholesterol|weerstand|immuunsysteem|hart|lever|spijsvertering|stofwisseling|botten|geheugen|slaap|slapen|afvallen|veroudering',
    ills: 'hart- en vaatziekten|dementie|diabetes|kanker|alzheimer\\w*|parkinson\\w*|hoofdpijn|migraine|verkoudheid|griep|ontstekingen|stress|\\w*ziektes?|ziekten',
  },
  {
    acts: 'senkt|reduziert|verbessert|stärkt|verlangsamt|schützt|beugt|hilft|heilt|lindert|bekämpft|gut für|verhindert',
    body: 'blutdruck|blutzucker|cholesterin\\w*|immunsystem|abwehrkräfte|herz(?:ens)?|leber|verdauung|stoffwechsel|knochen|gedächtnis|schlaf(?:en)?|abnehmen|alterung',
    ills: 'demenz|diabetes|krebs|alzheimer\\w*|parkinson\\w*|kopfschmerzen|migräne|erkältung(?:en)?|grippe|entzündung(?:en)?|stress|krankheiten|herzinfarkt|schlaganfall',
  },
  {
    acts: '(?:fait )?baisser?|réduit|abaisse|améliore|renforce|ralentit|protège|prévient|aide|guérit|soulage|combat|lutte|bonn?e? pour',
    body: '(?:la|votre|ta) tension(?= artérielle|\\W*$)|tension artérielle|cholestérol|immunit\\p{L}+|défenses|cœur|coeur|foie|digestion|métabolisme|mémoire|sommeil|dormir|maigrir|mincir|vieillissement',
    ills: 'démence|diabète|cancer|alzheimer|parkinson|maux de tête|migraines?|rhumes?|grippe|inflammations?|stress|maladies?',
  },
  {
    acts: 'baja|reduce|mejora|refuerza|fortalece|retrasa|protege|previene|ayuda|cura|alivia|combate|buen[oa] para',
    body: 'presión arterial|(?:la|tu) tensión(?=\\W*$)|colesterol|inmun\\p{L}+|defensas|corazón|hígado|digestión|metabolismo|memoria|dormir|sueño|adelgazar|perder peso|envejecimiento|huesos',
    ills: 'demencia|diabetes|cáncer|alzheimer|párkinson|dolor(?:es)? de cabeza|migrañas?|resfriados?|gripe|inflamación|estrés|enfermedad(?:es)?',
  },
  {
    acts: 'abbassa|riduce|migliora|rafforza|rallenta|protegge|previene|aiuta|cura|allevia|combatte|fa bene|fanno bene',
    body: '(?:la|tua) pressione(?= sanguigna|\\W*$)|colesterolo|immunit\\p{L}+|difese|cuore|fegato|digestione|metabolismo|memoria|dormire|sonno|dimagrire|perdere peso|invecchiamento|ossa',
    ills: 'demenza|diabete|cancro|tumor[ei]|alzheimer|parkinson|mal di testa|emicrani[ae]|raffreddor[ei]|influenza|infiammazion[ei]|stress|malatti[ae]',
  },
] // prettier-ignore

const claims = (of: 'body' | 'ills'): RegExp =>
  new RegExp(
    languages
      .map((words) => `(?<!\\p{L})(?:${words.acts})(?!\\p{L})[^.!?;]{0,40}?(?<!\\p{L})(?:${words[of]})(?!\\p{L})`)
      .join('|'),
    'giu',
  )

/** That something heals an illness, or keeps it away: no food may say so (Regulation (EU) 1169/2011, art. 7 (3)). */
export const againstIllness = claims('ills')

/** That something does the body good: only what the register of health claims has may be said. */
export const goodForBody = claims('body')
