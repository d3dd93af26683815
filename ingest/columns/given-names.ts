/** Given names that are common in one of a dozen languages, lower case without accents: enough to know a column of them. */
export const givenNames: ReadonlySet<string> = new Set(
  `
  aaron abdul abdullah abigail achim ada adam adele adriana adrian adrien agata agnes agnieszka ahmed ahmet aidan aisha
  aino alain alan albert alberto aleksander aleksandra alejandra alejandro alessandra alessandro alessia alex alexander
  alexandra alexandre alexis alfie alfonso alfred ali alice alicia alicja alina alisha alison alistair allan amanda amber
  amelia amelie amina amir amy ana anders andrea andreas andres andrew andrzej angel angela angelina angelo angus anita
  anja anke ann anna annabel anne annemarie annette annie annika anouk antoine anton antonia antonio antony anthony april
  archie ariana arjan arjen arne arnaud arthur artur asha ashley astrid audrey august aurelie austin ava ayse baptiste
  barbara barry bart bartosz bas bastian beata beatrice beatriz bella ben benedikt benjamin benoit bernadette bernard
  bernd bert beth bethany betty beverly bianca bill billy birgit bjorn blake bob bogdan boris brandon bram brenda brendan
  brent brian bridget brigitte brooke bruce bruno bryan caitlin caleb callum cameron camila camille carina carl carla
  carlo carlos carly carmen carol carole carolina caroline carsten cassandra catalina catarina caterina catherine
  cathy cecile cecilia celia celine chantal charlene charles charlie charlotte chelsea cheryl chiara chloe chris
  christa christian christiane christina christine christoph christophe christopher ciara cindy claire clara claude
  claudia claudio claus clemens clement clive cody colette colin connor conor constance corinne cornelia cornelis courtney
  craig cristian cristina crystal cynthia czeslaw dagmar damian damien dan daniel daniela daniele danielle danny
  daphne darcy daria dariusz darren dave david davide dawid dawn dean debbie deborah debra declan delphine denis denise
  dennis derek diana diane dick didier diego dieter dietmar dimitri dirk dmitri dolores dominic dominik dominique
  donald donna dora doreen doris dorota dorothea dorothy douglas duncan dustin dylan eddie edgar edith eduard
  eduardo edward edwin eileen elaine eleanor elena eli elias elif elijah elin elisa elisabeth elise elizabeth ella ellen
  ellie elliot els elsa emanuel emily emilia emilie emine emma emmanuel enrico enrique enzo eric erica erik erika erin
  ernest ernst erwin esme esther ethan eugene eva evan eve evelyn evie ewa ewan fabian fabien fabio faith fatima
  fatma federica federico felicity felipe felix femke fernanda fernando filip filipe finlay finn fiona flora florence
  florian floris frances francesca francesco francis francisco franciszek francois francoise frank frans franz
  fred freddie frederic frederik freya friedrich fritz gabriel gabriela gabriele gail gareth gary gavin gemma
  geoffrey georg george georges georgia georgina gerald gerard gerd gerhard gerrit gert giacomo gianluca gilbert gilles
  gillian gina giorgio giovanna giovanni gisela giulia giuseppe gladys glen glenn gloria gonzalo gordon grace graham
  grazyna greg gregor gregory greta grzegorz guido guillaume guillermo gunter gunther gustav guy hanna hannah hanne
  hannes hans harald harold harriet harrison harry harvey hassan hatice hayley hazel heather hector heidi heike
  heiko heinrich heinz helen helena helene helga helmut hendrik henk henri henry herbert hermann hilary hilde holger
  holly horst howard hubert hugh hugo hussein huseyin ian ibrahim ida ignacio igor ilona ilse imogen ines inga inge ingrid
  irena irene iris irmgard isaac isabel isabella isabelle isla ivan ivana ivy iwona jaap jack jackie jackson jacob
  jacek jacqueline jacques jade jake jakob jakub james jamie jan jana jane janet janice janina janine jannik janusz jared
  jaroslaw jasmin jasmine jason jasper javier jay jean jeanette jeanne jeff jeffrey jelle jenna jennifer jenny jens jeremy
  jerome jeroen jerry jerzy jesse jessica jessie jesus jill jim jimmy jitka joachim joan joana joanna joanne joao joaquin
  joe joel joelle joerg johan johann johanna johannes john johnny jolanda jolanta jon jonas jonathan jordan jordi jorge
  jorg joris jos jose josef josefine joseph josephine joshua josie jozef juan juana juanita judith judy jules julia julian
  juliana julie julien juliette julio justin justine justyna jurgen jutta kacper kai kaitlyn kamil kamila karel karen
  karin karina karl karolina katarina katarzyna kate katharina katherine kathleen kathrin kathryn kathy katie katja
  katrin katrina kay kayla keith kelly ken kenneth kenny kerry kerstin kevin khaled kieran kim kimberly kirsten
  kirsty klaas klara klaus koen konrad kristen kristian kristin kristina kristof krystyna krzysztof kurt kyle lachlan laetitia
  lara lars laura laure lauren laurence laurent laurie lea leah leanne lee leigh lena lennart leo leon leonard leonardo leonie
  leroy lesley leslie leszek lewis lia liam liesbeth lieke lila lilian lilly lily lina linda lindsay lindsey linus lisa
  lisanne loes logan lois lola lonneke lorenzo loretta lorraine lotte louis louisa louise luc luca lucas lucia
  lucie lucy ludwig luigi luis luisa luiz lukas lukasz luke luna lydia lynn lynne maaike maarten macy maciej mackenzie
  madeleine madison magdalena magnus maja malcolm malgorzata manfred manon manuel manuela mara marc marcel marcela
  marcelo marcin marco marcos marcus marek margaret margarida margit margot maria mariana marianne marie mariette marieke
  mariella marilyn marina mario marion marisa mariusz marjolein mark marko markus marlene marta martha martijn martin martina
  martine martyn mary maryam maryse mateo mateus mateusz mathieu mathilde mathis matias matilda matteo matthew matthias
  matthieu matthijs maud maureen maurice mauro max maxim maxime maximilian maxwell maya megan mehmet mehdi melanie
  melissa mercedes mia micah michael michaela michal michel michele michelle mick mieke miguel mihai mika mikael mike
  mikolaj mila milan milena millie miriam mirjam miroslaw mitchell mohamed mohammad mohammed molly monica monika monique
  morgan moritz muhammad murat mustafa myriam nadia nadine nancy naomi natalia natalie natasha nathalie nathan
  nathaniel neil nele nelly niall nick nicholas nicky nico nicola nicolas nicole nicoletta niels nigel nikki niklas
  nikolas nils nina noah noel noemi nora norbert norma norman odette olaf ole oleg olga oliver olivia olivier omar oscar
  oskar oswald otto owen pablo paige pamela paola paolo pascal pat patricia patrice patrick patrik patrycja paul paula
  pauline pawel pedro peggy penelope penny perry petar peter petra phil philip philipp philippa philippe phillip phoebe
  phyllis pierre piet pieter pietro pilar piotr polly poppy priya przemyslaw rachel radoslaw rafael rafal raimund rainer
  ralf ralph ramon raphael raquel raul ray raymond rebecca regina reinhard remy renata renate rene renee reto rhys
  ricardo riccardo richard rick riley rita rob robbie robert roberta roberto robin rod rodrigo roger roland rolf roman romain
  ron ronald ronnie rosa rosalie rosario rose rosemary rosie ross roxanne roy ruben rudolf rudy rui rupert russell ruth ryan
  ryszard sabine sabrina sally salma sam samantha samira samuel sandra sander sandrine sanne santiago sara sarah sascha
  saskia scarlett scott sean sebastian sebastien selina serena serge sergio seth shane shannon sharon shaun shauna sheila
  shelley shirley sian sidney siegfried sienna sigrid silke silvia simon simona simone sjoerd skye slawomir sofia
  sofie solange sonia sonja sophia sophie spencer stacey stacy stan stanislaw stefan stefanie stefano steffen stella sten
  stephan stephane stephanie stephen steve steven stewart stuart sue susan susana susanna susanne suzanne svein sven
  svetlana sybille sylvain sylvia sylvie tadeusz talia tamara tania tanja tanya tara tatiana taylor ted teresa terence terry
  tess tessa thea theo theodore theresa therese thibault thierry thijs thomas thorsten tiago tiffany tijn tim timothy
  tina tobias toby todd tom tomas tomasz tommaso tommy toni tony torsten tracey tracy travis trevor tristan tyler udo ulrich
  ulrike umar urs ursula ute uwe valentin valentina valeria valerie vanessa vera verena veronica veronika veronique
  vicente vicki victor victoria viktor vincent vincenzo viola violet virginia virginie vivian viviane vladimir volker
  wade waldemar walter wanda warren wayne wendy werner wesley wiebke wieslaw wilfried wilhelm will willem william
  willie wim wojciech wolfgang wouter xander xavier yan yannick yara yasmin yasmine ylva yolanda yosef youssef yusuf yvan yves
  yvette yvonne zac zachary zahra zara zbigniew zdenek zeynep zoe zofia zuzanna
  chen wei hui jing ying xin yan min jun lei ming hiroshi yuki kenji akira haruto sakura yuto aoi raj rahul amit anil
  sanjay vijay rajesh suresh ravi priyanka deepak pooja neha arjun ananya kavita sunita lakshmi kwame kofi ama chinedu
  ngozi emeka amara thabo sipho nomsa tunde olu aliyah jayden aiden mason ethan caden brayden hunter tyson jacinta bronte
  harley tahlia brianna alexia lochlan mikayla jaxon cooper hamish indiana zane kane kiana teagan talan holli finley
  `
    .trim()
    .split(/\s+/),
)
